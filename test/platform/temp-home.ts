import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type DataPaths, prepareDataFolder } from '../../electron/platform/data-folder.ts'

/** An empty folder that lives as long as the test. */
export async function tempFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

/** A data folder that lives as long as the test. */
export async function tempHome(): Promise<DataPaths> {
  return prepareDataFolder(join(await tempFolder(), 'home'))
}
