/**
 * Makes an empty database folder: `node electron/store/pglite/make-template.ts <folder> [<folder of PGlite's files>]`.
 * A program of its own because it takes 800 MB, which only the end of the process gives back. Also a build step.
 */
import { PGlite } from '@electric-sql/pglite'
import { loadAssets } from './assets.ts'

const [dir, assetsDir] = process.argv.slice(2)
if (dir === undefined) throw new Error('Usage: make-template <folder> [<folder of PGlite files>]')
const pg = await PGlite.create({ dataDir: dir, ...(await loadAssets(assetsDir ?? null)) })
await pg.exec('checkpoint')
await pg.close()
