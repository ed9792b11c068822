import { createHash } from 'node:crypto'
import { cpSync, globSync, readFileSync } from 'node:fs'
import { cp, mkdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBuilder } from 'vite'
import { emptyTemplate } from './database.ts'
import { onceOf } from './once.ts'

const root = join(import.meta.dirname, '..', '..')

/** What a build is made of. */
const ingredients = [
  'shared/**/*',
  'electron/**/*',
  'renderer/**/*',
  'build/tray/*',
  'build/mailtide.mjs',
  'build/{licences,gallery-page}.ts',
  'vite.config.ts',
  'package.json',
]

/**
 * The folder of the app as `npm run build` leaves it: `dist` with its bundles and the empty database, `build/tray`, the command, package.json. Made once
 * for the present sources and kept, since it takes many seconds.
 */
export async function builtApp(): Promise<string> {
  return await builtOf('built', ingredients, async (dir) => {
    await mkdir(dir, { recursive: true })
    await buildProduct(join(dir, 'dist'))
    await cp(join(root, 'package.json'), join(dir, 'package.json'))
    await cp(join(root, 'build', 'tray'), join(dir, 'build', 'tray'), { recursive: true })
    await cp(join(root, 'build', 'mailtide.mjs'), join(dir, 'build', 'mailtide.mjs'))
    cpSync(await emptyTemplate(), join(dir, 'dist', 'empty-database'), { recursive: true })
  })
}

/** Where each part of the product lies in `dist`. */
const parts = { main: 'main', preload: 'preload', client: 'renderer' }

async function buildProduct(dist: string): Promise<void> {
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

/** What is built of these sources by now, or is made of them: a folder of that name. */
export async function builtOf(
  name: string,
  sources: readonly string[],
  make: (dir: string) => Promise<void>,
): Promise<string> {
  const hash = createHash('sha256')
  for (const file of globSync(sources, { cwd: root, withFileTypes: true }).filter((entry) => entry.isFile())) {
    const path = join(file.parentPath, file.name)
    hash.update(path.slice(root.length)).update(readFileSync(path))
  }
  return await onceOf(join(tmpdir(), `mailtide-${name}-${hash.digest('hex').slice(0, 16)}`), make)
}
