/**
 * Mbox files of any size as streams: bytes in, mails out, and the other way. `Content-Length` is not believed; mails are
 * told apart by their `From ` lines alone (https://www.loc.gov/preservation/digital/formats/fdd/fdd000383.shtml).
 */
import { AppError } from '../../../shared/errors.ts'
import { asBuffer, CR, LF } from '../bytes.ts'
import { readSeparator, type Separator, writeSeparator } from './mbox-lines.ts'
import { readTakeoutFields, takeoutId } from './takeout.ts'

/**
 * How lines that begin with `From ` are quoted in the mails. `mboxrd`: one `>` before any such line, however many it has
 * already (exact both ways). `mboxo`: only before `From ` itself. `none`: as they stand.
 */
export type MboxQuoting = 'mboxrd' | 'mboxo' | 'none'

export interface MboxMail {
  /** The mail's bytes, unquoted, with the line ends they have in the file. */
  readonly bytes: Uint8Array
  /** Where the mail lies in the file, its `From ` line included. */
  readonly range: { readonly start: number; readonly end: number }
  /** Milliseconds since 1970 from the `From ` line. */
  readonly date?: number
  /** Of a Takeout mbox: ids as the API writes them, labels by name. */
  readonly gmailId?: string
  readonly threadId?: string
  readonly labels?: readonly string[]
}

export interface ReadMboxOptions {
  /** Default 'mboxrd'. */
  readonly quoting?: MboxQuoting
  /** A mail larger than this means the file is damaged or no mbox. Default 200 MB. */
  readonly maxMailBytes?: number
}

const FROM = Buffer.from('From ', 'latin1')
const QUOTE = 0x3e
const STANDARD_MAX = 200 * 1024 * 1024
/** A line longer than this is passed on in pieces. */
const LONG_LINE = 256 * 1024

/** Collects the pieces of one mail. */
interface Collector {
  push(piece: Buffer): void
  /** The last bytes so far, to see whether a blank line stands before what comes next. */
  endsBlank(): boolean
  take(): Buffer
}

function createCollector(maxBytes: number): Collector {
  let pieces: Buffer[] = []
  let size = 0
  let tail: Buffer = Buffer.alloc(0)
  return {
    push(piece) {
      if (piece.length === 0) return
      size += piece.length
      if (size > maxBytes)
        throw new AppError('bad_input', `A mail in the mbox is larger than ${Math.round(maxBytes / 1024 / 1024)} MB`, {
          remedy: 'Check that the file is an mbox and not damaged',
        })
      pieces.push(piece)
      tail = piece.length >= 3 ? piece.subarray(-3) : Buffer.concat([tail, piece]).subarray(-3)
    },
    endsBlank() {
      const end = tail.length
      if (size === 0) return true
      if (tail[end - 1] !== LF) return false
      const before = tail[end - 2] === CR ? end - 3 : end - 2
      return before < 0 ? size <= 2 : tail[before] === LF
    },
    take() {
      const all = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces)
      pieces = []
      size = 0
      tail = Buffer.alloc(0)
      return all
    },
  }
}

/** Without the blank line that closes each mail in the file. */
function withoutClosingLine(bytes: Buffer): Buffer {
  const end = bytes.length
  if (bytes[end - 1] !== LF) return bytes
  const line = bytes[end - 2] === CR ? end - 2 : end - 1
  return line === 0 || bytes[line - 1] === LF ? bytes.subarray(0, line) : bytes
}

function mailOf(separator: Separator, collected: Buffer, range: MboxMail['range']): MboxMail {
  const bytes = withoutClosingLine(collected)
  const date = separator.date === null ? {} : { date: separator.date }
  const gmailId = takeoutId(separator.sender)
  if (gmailId === null) return { bytes, range, ...date }
  return { range, ...date, gmailId, ...readTakeoutFields(bytes) }
}

/** Reads an mbox piece by piece; each call gives the mails that are complete. */
export interface MboxReader {
  write(chunk: Uint8Array): MboxMail[]
  end(): MboxMail[]
}

/**
 * A reader that holds one mail at a time. Blank lines before the first `From ` line are passed over. Throws
 * `AppError('bad_input')` when other bytes come first (it is no mbox) or a mail exceeds `maxMailBytes`. The chunks given
 * must not be written to afterwards.
 */
export function createMboxReader({
  quoting = 'mboxrd',
  maxMailBytes = STANDARD_MAX,
}: ReadMboxOptions = {}): MboxReader {
  const collector = createCollector(maxMailBytes)
  let open: { separator: Separator; start: number } | null = null
  let carried: Buffer = Buffer.alloc(0)
  /** Where in the file the data under work begins. */
  let base = 0
  /** The data that comes next continues a line whose beginning is past. */
  let insideLine = false

  const keep = (piece: Buffer): void => {
    if (open !== null) collector.push(piece)
    else if (/[^\s\u00ef\u00bb\u00bf]/.test(piece.toString('latin1')))
      throw new AppError('bad_input', 'The file does not begin with a "From " line, so it is no mbox', {
        remedy: 'Give an mbox file, or a folder of .eml files',
      })
  }
  const close = (end: number): MboxMail[] => {
    if (open === null) return []
    return [mailOf(open.separator, collector.take(), { start: open.start, end })]
  }

  /** Works through whole lines (the last may lack its end when `last`), giving the mails that end in them. */
  const work = (data: Buffer, last: boolean): MboxMail[] => {
    const mails: MboxMail[] = []
    let kept = 0
    for (let at = data.indexOf(FROM); at !== -1; at = data.indexOf(FROM, at + 1)) {
      let start = at
      while (start > kept && data[start - 1] === QUOTE) start--
      const lineStart = start === 0 ? !insideLine : data[start - 1] === LF
      if (!lineStart) continue
      if (start < at) {
        if (quoting === 'mboxrd' || (quoting === 'mboxo' && at - start === 1)) {
          keep(data.subarray(kept, start))
          kept = start + 1
        }
        continue
      }
      const newline = data.indexOf(LF, at)
      if (newline === -1 && !last) break
      const end = newline === -1 ? data.length : newline
      keep(data.subarray(kept, at))
      kept = at
      const line = data.toString('latin1', at, Math.min(end, at + 998)).replace(/\r$/, '')
      const separator = readSeparator(line, collector.endsBlank())
      if (separator === null) continue
      mails.push(...close(base + at))
      open = { separator, start: base + at }
      kept = newline === -1 ? data.length : newline + 1
    }
    keep(data.subarray(kept))
    base += data.length
    if (data.length > 0) insideLine = data[data.length - 1] !== LF
    return mails
  }

  return {
    write(chunk) {
      const data = carried.length === 0 ? asBuffer(chunk) : Buffer.concat([carried, chunk])
      let whole = data.lastIndexOf(LF) + 1
      if (data.length - whole > LONG_LINE) whole = data.length
      // A copy, so that the rest of the chunk can go.
      carried = Buffer.from(data.subarray(whole))
      return work(data.subarray(0, whole), false)
    },
    end() {
      const mails = work(carried, true)
      carried = Buffer.alloc(0)
      mails.push(...close(base))
      open = null
      return mails
    },
  }
}

/** The mails of an mbox stream; see `createMboxReader`. */
export async function* readMbox(
  chunks: AsyncIterable<Uint8Array>,
  options: ReadMboxOptions = {},
): AsyncGenerator<MboxMail> {
  const reader = createMboxReader(options)
  for await (const chunk of chunks) yield* reader.write(chunk)
  yield* reader.end()
}

export interface MailToWrite {
  readonly bytes: Uint8Array
  /** Milliseconds since 1970 for the `From ` line. Default: 1 January 1970. */
  readonly date?: number
  /** Address for the `From ` line. Default `MAILER-DAEMON`, as usual where none is known. */
  readonly sender?: string
}

/** The mail's bytes with its `From ` lines quoted. */
function* quoted(bytes: Buffer, quoting: MboxQuoting): Generator<Uint8Array> {
  let kept = 0
  for (let at = bytes.indexOf(FROM); at !== -1; at = bytes.indexOf(FROM, at + 1)) {
    let start = at
    while (start > kept && bytes[start - 1] === QUOTE) start--
    if (start > 0 && bytes[start - 1] !== LF) continue
    if (quoting === 'none' || (quoting === 'mboxo' && start < at)) continue
    if (start > kept) yield bytes.subarray(kept, start)
    yield Buffer.from('>')
    kept = start
  }
  yield bytes.subarray(kept)
}

/**
 * An mbox of the mails. In `mboxrd` (default) reading gives back the same bytes, except that a mail whose last line has no
 * end gets one.
 */
export async function* writeMbox(
  mails: AsyncIterable<MailToWrite> | Iterable<MailToWrite>,
  quoting: MboxQuoting = 'mboxrd',
): AsyncGenerator<Uint8Array> {
  for await (const mail of mails) {
    const bytes = asBuffer(mail.bytes)
    yield Buffer.from(`${writeSeparator(mail.sender ?? '', mail.date ?? 0)}\n`, 'latin1')
    yield* quoted(bytes, quoting)
    if (bytes.length > 0 && bytes[bytes.length - 1] !== LF) yield Buffer.from('\n')
    yield Buffer.from('\n')
  }
}
