import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { asAppError } from '../../shared/errors.ts'
import type { Log, SecretBox } from '../ports.ts'
import { errnoOf } from './durable-file.ts'
import { readSealed, writeSealed } from './sealed-file.ts'

/**
 * Seals what lies unencrypted in these folders, since there is a box now: each file is sealed or as it was, whatever happens in between.
 * What cannot be sealed now still works, and is tried again at the next start.
 */
export async function sealPlainFiles(folders: readonly string[], box: SecretBox, log: Log): Promise<void> {
  let sealed = 0
  for (const folder of folders) {
    for (const name of (await namesIn(folder)).filter((each) => each.endsWith('.json') && !each.startsWith('.'))) {
      const path = join(folder, name)
      try {
        const file = await readSealed(path, box, log)
        if (file.kind !== 'open' || file.box !== 'plain') continue
        await writeSealed(path, box, file.value)
        sealed++
      } catch (error) {
        // Another passphrase's is told where it is used.
        if (asAppError(error).code === 'sealed_elsewhere') continue
        log.warning('A credential file stays unencrypted for now', { file: path, error: asAppError(error).message })
      }
    }
  }
  if (sealed === 0) return
  log.info(`${sealed} files with credentials were kept unencrypted until now, and are sealed from now on`)
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}
