import { copyFileSync, cpSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { defineConfig } from 'vite'

const here = import.meta.dirname

/**
 * Bundles the service for Node: the command and its two worker threads, with everything they need from npm inside. What is read from
 * disk at run time (PGlite's own files, migrations) is laid beside it.
 */
export default defineConfig({
  build: {
    outDir: `${here}/dist/main`,
    emptyOutDir: true,
    target: 'node22',
    ssr: true,
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: {
        cli: `${here}/electron/cli/bin.ts`,
        worker: `${here}/electron/store/pglite/worker.ts`,
        'make-template': `${here}/electron/store/pglite/make-template.ts`,
        'mail-worker': `${here}/electron/sync/mail-worker.ts`,
      },
      external: [...builtinModules, /^node:/],
      // PGlite's generated code evaluates its own strings; nobody else's.
      onwarn: (warning, warn) => {
        if (warning.code !== 'EVAL') warn(warning)
      },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
  ssr: { noExternal: true },
  plugins: [
    {
      name: 'beside-the-bundle',
      writeBundle: ({ dir: out = '' }) => {
        cpSync(`${here}/electron/store/migrations`, `${out}/migrations`, { recursive: true })
        const pglite = `${here}/node_modules/@electric-sql/pglite/dist`
        for (const file of ['pglite.wasm', 'pglite.data', 'initdb.wasm', 'unaccent.tar.gz']) {
          copyFileSync(`${pglite}/${file}`, `${out}/${file}`)
        }
      },
    },
  ],
})
