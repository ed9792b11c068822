import { constants, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { errnoOf } from './durable-file.ts'

/** Something that is no file lies where a file should. */
export class NotAFile extends Error {
  /** What lies there, such as `a named pipe`. */
  readonly what: string
  constructor(path: string, what: string) {
    super(`${path} is ${what}, not a file`)
    this.name = 'NotAFile'
    this.what = what
  }
}

/** A pipe that nobody writes into must not keep us waiting. Windows knows no such pipes in folders, nor the flag. */
const NOT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** Opens a file to read, and waits for nobody, whatever lies at the path. Throws `NotAFile`, and what the system says. The caller closes it. */
export async function openPlainFile(path: string): Promise<{ readonly handle: FileHandle; readonly facts: Stats }> {
  const handle = await open(path, NOT_WAITING).catch((error: unknown) => {
    const what = unopened.get(errnoOf(error) ?? '')
    throw what === undefined ? error : new NotAFile(path, what)
  })
  try {
    const facts = await handle.stat()
    if (!facts.isFile()) throw new NotAFile(path, kindOf(facts))
    return { handle, facts }
  } catch (error) {
    await handle.close()
    throw error
  }
}

/** Ours are a few thousand bytes. */
const MAX_BYTES = 1_000_000

/** The text of a small file of ours; of one that is far too long to be ours, no more than its beginning. Throws as `openPlainFile` does. */
export async function readPlainFile(path: string): Promise<string> {
  const { handle, facts } = await openPlainFile(path)
  try {
    const buffer = Buffer.alloc(Math.min(facts.size, MAX_BYTES))
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await handle.close()
  }
}

/** What the system does not open: a socket, a link to itself, and a folder where that cannot be opened. */
const unopened: ReadonlyMap<string, string> = new Map([
  ['ENXIO', 'a socket'],
  ['ELOOP', 'a link to itself'],
  ['EISDIR', 'a folder'],
])

function kindOf(facts: Stats): string {
  if (facts.isDirectory()) return 'a folder'
  return facts.isFIFO() ? 'a named pipe' : 'a device'
}
