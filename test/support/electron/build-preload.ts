import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createBuilder } from 'vite'

/** Bundles the product's preload as `npm run build` does, into a folder of its own. */
export async function buildPreload(): Promise<{ readonly file: string; remove(): Promise<void> }> {
  const outDir = await mkdtemp(join(tmpdir(), 'mailtide-preload-'))
  const builder = await createBuilder({
    configFile: join(import.meta.dirname, '..', '..', '..', 'vite.config.ts'),
    logLevel: 'warn',
    environments: { preload: { build: { outDir } } },
  })
  await builder.build(builder.environments['preload']!)
  return { file: join(outDir, 'preload.cjs'), remove: () => rm(outDir, { recursive: true }) }
}
