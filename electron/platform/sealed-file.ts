import { chmod, readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import type { Log, SecretBox } from '../ports.ts'
import { errnoOf, PRIVATE_FILE, writeDurably } from './durable-file.ts'

/** A file that holds a secret. `box` names what sealed it, so that another host can tell that it cannot open it. */
const SealedFile = z.object({ version: z.literal(1), box: z.string(), sealed: z.string() })

/** What a sealed file turned out to be. `elsewhere`: another host's box sealed it. */
export type Unsealed =
  | { readonly kind: 'missing' | 'damaged' }
  | { readonly kind: 'elsewhere'; readonly box: string }
  | { readonly kind: 'open'; readonly value: unknown }

/** Reads and opens a file; never changes one but to close it to other users. Throws what the system says, and what the box says. */
export async function readSealed(path: string, box: SecretBox, log: Log): Promise<Unsealed> {
  const text = await readOrNull(path)
  if (text === null) return { kind: 'missing' }
  await closeToOthers(path, log)
  const file = SealedFile.safeParse(parseOrNull(text))
  if (!file.success) return { kind: 'damaged' }
  if (file.data.box !== box.kind) return { kind: 'elsewhere', box: file.data.box }
  return { kind: 'open', value: parseOrNull(await box.open(file.data.sealed)) }
}

/** Seals a value into a file that its owner alone can read: the old content or the new, whatever happens. */
export async function writeSealed(path: string, box: SecretBox, value: unknown): Promise<void> {
  const sealed = await box.seal(JSON.stringify(value))
  await writeDurably(path, `${JSON.stringify({ version: 1, box: box.kind, sealed }, null, 2)}\n`)
}

/** Where what a box sealed can be opened, in words. */
export const openerOf = (kind: string): string => openers[kind] ?? 'the host that made them'

const openers: Readonly<Record<string, string>> = {
  'safe-storage': 'the desktop app of the person who signed in, on this computer',
  passphrase: 'a service started with MAILTIDE_PASSPHRASE or MAILTIDE_PASSPHRASE_FILE',
}

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw error
  }
}

async function closeToOthers(path: string, log: Log): Promise<void> {
  if (process.platform === 'win32' || ((await stat(path)).mode & 0o077) === 0) return
  log.warning('A credential file was readable by others and has been closed to them', { file: path })
  await chmod(path, PRIVATE_FILE)
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
