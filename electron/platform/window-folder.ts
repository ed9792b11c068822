import { readFile, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'

/**
 * Reads files of a folder by the names on the way to them; null where there is none. The names are checked by whoever asks. A link below the folder
 * is as good as none: no build makes one, and it could lead anywhere.
 */
export const readWindowFrom =
  (folder: string) =>
  async (names: readonly string[]): Promise<Uint8Array<ArrayBuffer> | null> => {
    try {
      // The folder itself may be reached by a link: an installed app, or a checkout.
      const root = await realpath(folder)
      const path = join(root, ...names)
      if (!path.startsWith(`${root}${sep}`) || (await realpath(path)) !== path) return null
      return new Uint8Array(await readFile(path))
    } catch {
      return null
    }
  }
