import { constants } from 'node:fs'
import { open, readlink, realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { isNoRoom } from '../../shared/no-room.ts'
import { errnoOf, writeDurably } from './durable-file.ts'

/** What a new file of the person's may be before the umask, as every program makes it. */
const USUAL_FILE = 0o666

/**
 * Writes a text as the file that the person chose, where one may lie: whatever happens meanwhile, the whole old or the whole new text is
 * there. A file that is replaced keeps who may read it; a link stays one, and the file it leads to is replaced. Throws `AppError('disk')`.
 */
export async function writeChosenFile(path: string, text: string): Promise<void> {
  try {
    const target = await behindLinks(path)
    const old = await stat(target).catch(nullWhereNothingIs)
    if (old === null) return await writeDurably(target, text, { mode: USUAL_FILE })
    if (!old.isFile()) {
      throw new AppError('disk', `${path} is not a file, so nothing is written there`, {
        remedy: 'Choose another name',
      })
    }
    // A new file in its place would not ask whether the old one may be written.
    await (await open(target, constants.O_WRONLY)).close()
    await writeDurably(target, text, { like: old }).catch((error: unknown) => {
      throw mayNot(error) ? besideForbidden(path, dirname(target), error) : error
    })
  } catch (error) {
    throw error instanceof AppError ? error : notWritten(path, error)
  }
}

/** As many as the systems themselves follow. */
const MAX_LINKS = 40

/** Where a file is, or will be, to which links lead. */
async function behindLinks(path: string): Promise<string> {
  let at = path
  for (let links = 0; links < MAX_LINKS; links++) {
    const real = await realpath(at).catch(nullWhereNothingIs)
    if (real !== null) return real
    const next = await readlink(at).catch(() => null)
    if (next === null) return at
    at = resolve(await realpath(dirname(at)), next)
  }
  return at
}

function nullWhereNothingIs(error: unknown): null {
  if (errnoOf(error) === 'ENOENT') return null
  throw error
}

const mayNot = (error: unknown): boolean => ['EACCES', 'EPERM', 'EROFS'].includes(errnoOf(error) ?? '')

/** Written over directly, the old text would be lost with the new one on a full disk. */
const besideForbidden = (path: string, folder: string, cause: unknown): AppError =>
  new AppError(
    'disk',
    `${path} is left as it is: its folder permits no new file, without which it cannot be replaced safely`,
    {
      remedy: `Choose another folder, or give your user write permission in ${folder}`,
      cause,
    },
  )

const remedies: Readonly<Record<string, string>> = {
  EBUSY: 'Close the program that has it open, or choose another name',
  ENAMETOOLONG: 'Choose a shorter name',
}

const notWritten = (path: string, cause: unknown): AppError =>
  new AppError('disk', `The file ${path} cannot be written`, {
    remedy: isNoRoom(cause)
      ? 'Free some space on this disk, or choose another folder'
      : (remedies[errnoOf(cause) ?? ''] ?? 'Choose another folder, or give your user write permission there'),
    cause,
  })
