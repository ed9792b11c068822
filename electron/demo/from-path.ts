/** A person's own mail as a demo mailbox: a folder of mails (`.eml`, Maildir, mbox files in it), one mbox, or a Takeout. */
import { closeSync, createReadStream, openSync, readFileSync, readSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join, relative, sep } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { looksLikeMail, readEmlx } from '../mail/formats/eml.ts'
import { labelsOf, readMaildirName } from '../mail/formats/maildir.ts'
import { createMboxReader, type MboxMail, readMbox } from '../mail/formats/mbox.ts'
import { readSeparator } from '../mail/formats/mbox-lines.ts'
import { arrange, type FoundMail, factsOf, systemLabels } from './found-mail.ts'
import { ensureLabels } from './generator.ts'
import type { LazyMail, SimulatedMailbox } from './types.ts'

export interface FromPathReport {
  readonly mails: number
  /** Files that are no mail, passed over. */
  readonly skipped: number
  /** Mails with a Gmail id that came before. */
  readonly duplicates: number
  readonly mboxFiles: number
}

const HEAD_BYTES = 64 * 1024

const badPath = (path: string, what: string, remedy: string, cause?: unknown): AppError =>
  new AppError('bad_input', `${path} ${what}`, { remedy, ...(cause === undefined ? {} : { cause }) })

const REMEDY = 'Give a folder of .eml files, a Maildir, an mbox file or an unpacked Google Takeout'

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file)
  try {
    const buffer = Buffer.alloc(HEAD_BYTES)
    const { bytesRead } = await handle.read(buffer, 0, HEAD_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

type Kind = 'mail' | 'emlx' | 'mbox' | 'zip' | 'other'

/** A single mail may begin with a `From ` line too; by its name it is taken as it is. */
const SINGLE = /\.(eml|msg|txt)$/i

function kindOf(head: Buffer, name: string): Kind {
  const firstLine = head.toString('latin1', 0, 200).split(/\r?\n/, 1)[0] ?? ''
  if (head.toString('latin1', 0, 4) === 'PK\x03\x04') return 'zip'
  if (readSeparator(firstLine, true) !== null && !SINGLE.test(name)) return 'mbox'
  if (/^\d{1,12}\s*$/.test(firstLine)) return 'emlx'
  return looksLikeMail(head) ? 'mail' : 'other'
}

/** All files below a folder, in the order of their names. Links are not followed: they could lead in circles. */
async function* filesBelow(folder: string): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true })
  entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  const isMaildir = entries.some((entry) => entry.isDirectory() && entry.name === 'cur')
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory() && !(isMaildir && entry.name === 'tmp')) yield* filesBelow(path)
    else if (entry.isFile()) yield path
  }
}

/** The folder a mail lies in, below the one given, as a label; a Maildir's `.Sent` and `.Work.Old` become Sent and Work/Old. */
function folderLabel(root: string, file: string): string | null {
  const parts = relative(root, dirname(file)).split(sep)
  const inMaildir = ['cur', 'new'].includes(parts.at(-1) ?? '')
  const named = (inMaildir ? parts.slice(0, -1) : parts).map((part) =>
    inMaildir && part.startsWith('.') ? part.slice(1).replaceAll('.', '/') : part,
  )
  const label = named.filter((part) => part !== '').join('/')
  return label === '' ? null : label
}

async function mailOfFile(root: string, file: string, head: Buffer, kind: Kind): Promise<FoundMail> {
  const read = (): Uint8Array => {
    const bytes = readFileSync(file)
    return kind === 'emlx' ? (readEmlx(bytes) ?? bytes) : bytes
  }
  const label = folderLabel(root, file)
  const inMaildir = ['cur', 'new'].includes(basename(dirname(file)))
  const labelIds = inMaildir ? labelsOf(readMaildirName(basename(file)), label === null) : ['INBOX']
  const top = kind === 'emlx' ? head.subarray(head.indexOf(10) + 1) : head
  const { mtimeMs } = await stat(file)
  return { ...factsOf(top, mtimeMs), source: file, labelIds, labelNames: label === null ? [] : [label], read }
}

/** Reads a mail again from where it lies in an mbox. */
function readRange(file: string, { start, end }: MboxMail['range']): Uint8Array {
  const bytes = Buffer.alloc(end - start)
  const handle = openSync(file, 'r')
  try {
    let done = 0
    while (done < bytes.length) {
      const count = readSync(handle, bytes, done, bytes.length - done, start + done)
      if (count === 0) throw badPath(file, 'has become shorter since it was read', 'Start the demo again')
      done += count
    }
  } finally {
    closeSync(handle)
  }
  const reader = createMboxReader()
  return [...reader.write(bytes), ...reader.end()][0]?.bytes ?? bytes
}

async function* mailsOfMbox(file: string): AsyncGenerator<FoundMail> {
  const { mtimeMs } = await stat(file)
  for await (const mail of readMbox(createReadStream(file, { highWaterMark: 1 << 20 }))) {
    const facts = factsOf(Buffer.from(mail.bytes.subarray(0, HEAD_BYTES)), mtimeMs)
    const { labelIds, labelNames } =
      mail.labels === undefined ? { labelIds: ['INBOX'], labelNames: [] } : systemLabels(mail.labels)
    yield {
      ...facts,
      ...(mail.date === undefined ? {} : { date: mail.date }),
      ...(mail.gmailId === undefined ? {} : { id: mail.gmailId }),
      ...(mail.threadId === undefined ? {} : { threadId: mail.threadId }),
      source: `${file}#${mail.range.start}`,
      labelIds,
      labelNames,
      read: () => readRange(file, mail.range),
    }
  }
}

interface Found {
  readonly mails: FoundMail[]
  skipped: number
  mboxFiles: number
}

async function readFileInto(found: Found, root: string, file: string): Promise<Kind> {
  const head = await headOf(file)
  const kind = kindOf(head, file)
  if (kind === 'mbox') {
    found.mboxFiles++
    for await (const mail of mailsOfMbox(file)) found.mails.push(mail)
  } else if (kind === 'mail' || (kind === 'emlx' && readEmlx(readFileSync(file)) !== null))
    found.mails.push(await mailOfFile(root, file, head, kind))
  else found.skipped++
  return kind
}

async function findMails(path: string): Promise<Found> {
  const found: Found = { mails: [], skipped: 0, mboxFiles: 0 }
  const what = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw cause.code === 'ENOENT' || cause.code === 'ENOTDIR'
      ? badPath(path, 'does not exist', REMEDY, cause)
      : badPath(path, 'cannot be read', 'Check that you may read it', cause)
  })
  try {
    if (what.isDirectory()) for await (const file of filesBelow(path)) await readFileInto(found, path, file)
    else if (!what.isFile()) throw badPath(path, 'is neither a file nor a folder', REMEDY)
    else if ((await readFileInto(found, dirname(path), path)) === 'zip')
      throw badPath(path, 'is a zip archive', 'Unpack it first, then give the folder')
  } catch (error) {
    if (error instanceof AppError || !(error instanceof Error) || !('code' in error)) throw error
    throw badPath(path, 'cannot be read to the end', 'Check that you may read everything in it', error)
  }
  if (found.mails.length > 0) return found
  throw badPath(path, `holds no mail (files looked at: ${found.skipped + found.mboxFiles})`, REMEDY)
}

/**
 * Puts the mails found at a path into a mailbox, without history, and says how many. Their bytes stay where they are and
 * are read when asked for, so files must not change meanwhile. Throws `AppError('bad_input')` when there is no mail.
 */
export async function loadFromPath(mailbox: SimulatedMailbox, path: string): Promise<FromPathReport> {
  const { mails, skipped, mboxFiles } = await findMails(path)
  const arranged = arrange(mails)
  const ids = ensureLabels(mailbox, new Set(arranged.flatMap((mail) => mail.labelNames)))
  const lazy = arranged.map(
    ({ id, threadId, date, labelIds, labelNames, read }): LazyMail => ({
      id,
      threadId,
      internalDate: date,
      labelIds: [...labelIds, ...labelNames.map((name) => ids.get(name) ?? '').filter((label) => label !== '')],
      read,
    }),
  )
  mailbox.load(lazy)
  return { mails: lazy.length, skipped, duplicates: mails.length - lazy.length, mboxFiles }
}
