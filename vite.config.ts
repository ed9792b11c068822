import { copyFileSync, cpSync } from 'node:fs'
import { builtinModules } from 'node:module'
import react from '@vitejs/plugin-react'
import { defineConfig, type EnvironmentOptions, type Plugin } from 'vite'
import { galleryPage } from './build/gallery-page.ts'
import { licences } from './build/licences.ts'

const here = import.meta.dirname

/** A bundle for Node with everything it needs from npm inside; Electron brings its own module. */
function forNode(outDir: string, format: 'es' | 'cjs', input: Readonly<Record<string, string>>): EnvironmentOptions {
  return {
    consumer: 'server',
    resolve: { noExternal: true },
    build: {
      outDir: `${here}/dist/${outDir}`,
      emptyOutDir: true,
      target: 'node22',
      minify: false,
      sourcemap: true,
      copyPublicDir: false,
      rolldownOptions: {
        platform: 'node',
        input: { ...input },
        external: ['electron', ...builtinModules, /^node:/],
        // PGlite's generated code evaluates its own strings; nobody else's.
        onwarn: (warning, warn) => {
          if (warning.code !== 'EVAL') warn(warning)
        },
        output: {
          format,
          entryFileNames: format === 'cjs' ? '[name].cjs' : '[name].js',
          chunkFileNames: '[name].js',
        },
      },
    },
  }
}

/** What is read from disk at run time (PGlite's own files, migrations) is laid beside the bundle. */
const besideTheBundle: Plugin = {
  name: 'beside-the-bundle',
  applyToEnvironment: ({ name }) => name === 'main',
  writeBundle: ({ dir: out = '' }) => {
    cpSync(`${here}/electron/store/migrations`, `${out}/migrations`, { recursive: true })
    const pglite = `${here}/node_modules/@electric-sql/pglite/dist`
    for (const file of ['pglite.wasm', 'pglite.data', 'initdb.wasm', 'unaccent.tar.gz']) {
      copyFileSync(`${pglite}/${file}`, `${out}/${file}`)
    }
  },
}

/**
 * Three bundles: `main`, the command, the desktop app and their worker threads; `preload`, one CommonJS file, as Electron's sandbox
 * wants it; `client`, the window.
 */
export default defineConfig({
  root: `${here}/renderer`,
  base: './',
  plugins: [react(), besideTheBundle, licences(), galleryPage()],
  builder: {
    buildApp: async (builder) => {
      const { main, preload, client } = builder.environments
      for (const environment of [main, preload, client]) await builder.build(environment!)
    },
  },
  environments: {
    main: forNode('main', 'es', {
      cli: `${here}/electron/cli/bin.ts`,
      main: `${here}/electron/main.ts`,
      worker: `${here}/electron/store/pglite/worker.ts`,
      'make-template': `${here}/electron/store/pglite/make-template.ts`,
      'mail-worker': `${here}/electron/sync/mail-worker.ts`,
      'demo-worker': `${here}/electron/demo/demo-worker.ts`,
    }),
    preload: forNode('preload', 'cjs', { preload: `${here}/electron/preload.ts` }),
    client: {
      build: {
        outDir: `${here}/dist/renderer`,
        emptyOutDir: true,
        sourcemap: true,
        modulePreload: { polyfill: false },
      },
    },
  },
})
