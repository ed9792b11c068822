/** Single mails as files: `.eml`, and Apple's `.emlx`, which is one with its length before and a property list behind. */
import { AppError } from '../../../shared/errors.ts'
import { asBuffer, LF } from '../bytes.ts'

const STANDARD_MAX = 200 * 1024 * 1024
/** Enough of a file to tell whether it is a mail. */
const LOOKED_AT = 64 * 1024

/** The bytes of one mail, exactly as they come. Throws `AppError('bad_input')` beyond `maxBytes`. */
export async function readEml(chunks: AsyncIterable<Uint8Array>, maxBytes = STANDARD_MAX): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const chunk of chunks) {
    size += chunk.length
    if (size > maxBytes)
      throw new AppError(
        'bad_input',
        `The file is larger than ${Math.round(maxBytes / 1024 / 1024)} MB, too large for a mail`,
      )
    pieces.push(Uint8Array.from(chunk))
  }
  return Buffer.concat(pieces)
}

/** One mail as a stream of bytes. */
export async function* writeEml(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** The mail inside an `.emlx` file (first line: its length in bytes); null when the file is none. */
export function readEmlx(file: Uint8Array): Uint8Array | null {
  const bytes = asBuffer(file)
  const newline = bytes.indexOf(LF)
  const [, digits] = /^(\d{1,12})\s*$/.exec(bytes.toString('latin1', 0, Math.max(0, Math.min(newline, 32)))) ?? []
  if (digits === undefined) return null
  const length = Number(digits)
  return length <= bytes.length - newline - 1 ? file.subarray(newline + 1, newline + 1 + length) : null
}

const FIELDS =
  /^(?:from|to|cc|subject|date|message-id|received|return-path|delivered-to|mime-version|content-type|reply-to|sender|x-[\w-]+):/im

/** Whether bytes look like a mail: header fields in the first lines, one of them a field that mails have. */
export function looksLikeMail(file: Uint8Array): boolean {
  const head = asBuffer(file).toString('latin1', 0, LOOKED_AT)
  const [top = ''] = head.replace(/^From [^\n]*\n/, '').split(/\r?\n\r?\n/, 1)
  const first = top.split(/\r?\n/).find((line) => line.trim() !== '')
  if (first === undefined || !/^>?[!-9;-~]+[ \t]*:/.test(first)) return false
  return FIELDS.test(top)
}
