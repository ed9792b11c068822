import { open } from 'node:fs/promises'
import { AppError } from '../../shared/errors.ts'
import type { CommandContext } from './command.ts'

/** Files with secrets of Google's are a few thousand bytes. */
const MAX_BYTES = 50_000

/** What the file should be, for messages. */
export interface Wanted {
  /** Such as `token file`. */
  readonly what: string
  readonly remedy: string
}

/**
 * The JSON object in a file, or in standard input with `-`. Throws `bad_token_file`, without a word of its content: it may be a secret.
 * A link is followed; what is no plain file, or too large, is not read.
 */
export async function readJsonFile(
  { readStdin }: Pick<CommandContext, 'readStdin'>,
  file: string,
  wanted: Wanted,
): Promise<Record<string, unknown>> {
  const text = file === '-' ? await readStdin() : await read(file, wanted)
  if (text.length > MAX_BYTES) throw refuse(`Standard input is too large to be a ${wanted.what}`, wanted)
  try {
    const value: unknown = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // The parser's own words would quote the secret.
  }
  throw refuse(`${file === '-' ? 'Standard input' : file} does not hold a JSON object`, wanted)
}

async function read(file: string, wanted: Wanted): Promise<string> {
  try {
    const handle = await open(file, 'r')
    try {
      const facts = await handle.stat()
      if (facts.isDirectory()) throw refuse(`The ${wanted.what} ${file} cannot be read: it is a folder`, wanted)
      if (facts.size > MAX_BYTES) throw refuse(`${file} is too large to be a ${wanted.what}`, wanted)
      // Pipes and devices have no size: no more is read than could be right.
      const { buffer, bytesRead } = await readUpTo(handle, MAX_BYTES + 1)
      if (bytesRead > MAX_BYTES) throw refuse(`${file} is too large to be a ${wanted.what}`, wanted)
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('bad_token_file', `The ${wanted.what} ${file} cannot be read`, {
      remedy: 'Check the name, and that you may read the file',
      cause: error,
    })
  }
}

async function readUpTo(
  handle: Awaited<ReturnType<typeof open>>,
  most: number,
): Promise<{ readonly buffer: Buffer; readonly bytesRead: number }> {
  const buffer = Buffer.alloc(most)
  let filled = 0
  while (filled < most) {
    const { bytesRead } = await handle.read(buffer, filled, most - filled, null)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return { buffer, bytesRead: filled }
}

const refuse = (message: string, { remedy }: Wanted) => new AppError('bad_token_file', message, { remedy })
