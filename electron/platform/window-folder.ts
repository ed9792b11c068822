import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Reads files of a folder by the names on the way to them; null where there is none. The names are checked by whoever asks. */
export const readWindowFrom =
  (folder: string) =>
  async (names: readonly string[]): Promise<Uint8Array<ArrayBuffer> | null> => {
    try {
      return new Uint8Array(await readFile(join(folder, ...names)))
    } catch {
      return null
    }
  }
