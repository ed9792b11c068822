import type { Stats } from 'node:fs'
import { type FileHandle, lstat } from 'node:fs/promises'
import { z } from 'zod'
import type { Log, SecretBox } from '../ports.ts'
import { errnoOf, PRIVATE_FILE, writeDurably } from './durable-file.ts'
import { NotAFile, openPlainFile } from './plain-file.ts'
import { plainBox } from './secret-boxes.ts'

/** A file that holds a secret. `box` names what sealed it, so that another host can tell that it cannot open it. */
const SealedFile = z.object({ version: z.literal(1), box: z.string(), sealed: z.string() })
const NewerFile = z.object({ version: z.int().min(2) })

/** Ours are a few thousand bytes. */
const MAX_BYTES = 1_000_000

/**
 * What a sealed file turned out to be. `damaged`: nothing that we wrote, such as half a file, a folder or a pipe; `newer`: a newer
 * version of the program wrote it; `elsewhere`: another host's box sealed it.
 */
export type Unsealed =
  | { readonly kind: 'missing' | 'damaged' | 'newer' }
  | { readonly kind: 'elsewhere'; readonly box: string }
  | { readonly kind: 'open'; readonly box: string; readonly value: unknown }

/**
 * Reads and opens a file; never changes one but to close it to other users, and waits for nobody, whatever lies at the path. Throws what
 * the system says when it does not let us read, and what the box says.
 */
export async function readSealed(path: string, box: SecretBox, log: Log): Promise<Unsealed> {
  const opened = await openOr(path)
  if (typeof opened === 'string') return { kind: opened }
  const { handle, facts } = opened
  let value: unknown
  try {
    if (facts.size > MAX_BYTES) return { kind: 'damaged' }
    value = parseOrNull(await handle.readFile('utf8'))
    if (isOpenToOthers(facts.mode)) await closeToOthers(path, handle, value, log)
  } finally {
    await handle.close()
  }
  if (NewerFile.safeParse(value).success) return { kind: 'newer' }
  const file = SealedFile.safeParse(value)
  if (!file.success) return { kind: 'damaged' }
  // What was kept unencrypted before there was a box, any host can read; it is sealed when it is next written.
  const opener = [box, plainBox].find(({ kind }) => kind === file.data.box)
  if (opener === undefined) return { kind: 'elsewhere', box: file.data.box }
  return { kind: 'open', box: opener.kind, value: parseOrNull(await opener.open(file.data.sealed)) }
}

/** Seals a value into a file that its owner alone can read: the old content or the new, whatever happens. */
export async function writeSealed(path: string, box: SecretBox, value: unknown): Promise<void> {
  const sealed = await box.seal(JSON.stringify(value))
  await writeDurably(path, `${JSON.stringify({ version: 1, box: box.kind, sealed }, null, 2)}\n`)
}

/** Why what a box of that kind sealed cannot be opened here, after "are" or "is"; and what to do, before "or …". */
export function sealedBy(kind: string): { readonly why: string; readonly remedy: string } {
  if (kind === 'passphrase') {
    return {
      why: 'sealed with a passphrase, which Mailtide was not given',
      remedy: 'Start it with MAILTIDE_PASSPHRASE_FILE or MAILTIDE_PASSPHRASE as before',
    }
  }
  if (kind === 'safe-storage') {
    return {
      why: 'sealed by the desktop app',
      remedy: 'Use the desktop app of the person who signed in, on this computer',
    }
  }
  return { why: `sealed by another host (${kind.slice(0, 40)})`, remedy: 'Use the host that made it' }
}

async function openOr(path: string): Promise<{ handle: FileHandle; facts: Stats } | 'missing' | 'damaged'> {
  try {
    return await openPlainFile(path)
  } catch (error) {
    if (error instanceof NotAFile) return 'damaged'
    if (errnoOf(error) === 'ENOENT') return 'missing'
    throw error
  }
}

const isOpenToOthers = (mode: number): boolean => process.platform !== 'win32' && (mode & 0o077) !== 0

/** A link may lead to what is none of ours: that keeps its mode, unless it is a sealed file. */
async function closeToOthers(path: string, handle: FileHandle, value: unknown, log: Log): Promise<void> {
  if (!SealedFile.safeParse(value).success && (await lstat(path)).isSymbolicLink()) return
  try {
    await handle.chmod(PRIVATE_FILE)
    log.warning('A credential file was readable by others and has been closed to them', { file: path })
  } catch (error) {
    // It belongs to another user, or the file system knows no modes: it can be read all the same.
    log.warning('A credential file is readable by others and cannot be closed to them', {
      file: path,
      error: errnoOf(error) ?? 'unknown',
      remedy: 'Let the file belong to the user who runs Mailtide, on a file system with permissions',
    })
  }
}

function parseOrNull(text: string): unknown {
  try {
    // Some editors put a byte order mark first.
    return JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
  } catch {
    return null
  }
}
