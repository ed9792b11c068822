import { join } from 'node:path'
import { createBuilder } from 'vite'

const root = join(import.meta.dirname, '..', '..', '..')

/** Where each part of the product lies in `dist`. */
const parts = { main: 'main', preload: 'preload', client: 'renderer' }

/** Builds the whole product as `npm run build` does, into a `dist` of its own. */
export async function buildProduct(dist: string): Promise<void> {
  const environments = Object.entries(parts).map(([name, folder]) => [name, { build: { outDir: join(dist, folder) } }])
  const before = process.env['NODE_ENV']
  // Vitest says `test`, and React's plugin would build for development then, with the paths of its sources.
  process.env['NODE_ENV'] = 'production'
  try {
    const builder = await createBuilder({
      configFile: join(root, 'vite.config.ts'),
      logLevel: 'error',
      environments: Object.fromEntries(environments),
    })
    await builder.buildApp()
  } finally {
    process.env['NODE_ENV'] = before
  }
}
