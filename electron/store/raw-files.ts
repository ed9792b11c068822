import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { crc32, deflateRawSync, inflateRaw, inflateRawSync } from 'node:zlib'
import { AppError } from '../../shared/errors.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import { messageId } from '../../shared/ids.ts'
import { deflateMail } from './deflate.ts'
import { DamagedOriginal, storeError } from './faults.ts'
import { createFolderSize } from './folder-size.ts'
import { inParallel } from './in-parallel.ts'
import { assertMarked, assertMarkedNow } from './originals.ts'
import type { RawAccount, RawEntry, RawFacts, RawStore } from './raw.ts'
import { createFileWriter, fileError, isMissing, isThere } from './raw-writer.ts'

/** Originals as files: `<folder>/<account id>/<last 2 hex of the message id>/<message id>.eml.gz`, readable by any gunzip. */
export interface RawFiles extends RawStore {
  readonly kind: 'files'
  /** Writes one original: whole or not at all, but sure to survive a power cut only after `flush`. */
  write(account: AccountId, facts: RawFacts, bytes: Uint8Array): Promise<void>
  /** Writes many and makes them durable, each folder synced once. */
  putMany(
    account: AccountId,
    entries: readonly { readonly facts: RawFacts; readonly bytes: Uint8Array }[],
  ): Promise<void>
  /** Makes the names of everything written so far durable. To be awaited before the rows commit. */
  flush(): Promise<void>
}

const ending = '.eml.gz'

export interface RawFilesOptions {
  /**
   * Only where the folder is marked as that of the originals is anything written, or missing: everything else throws `originals_away`.
   * `list` and `accounts` give what there is all the same: originals make a lost database anew.
   */
  readonly marked?: boolean
}

/** Opens the folder of originals; it need not exist before the first write. No database, no lock: any thread may. */
export function createRawFiles(folder: string, { marked = false }: RawFilesOptions = {}): RawFiles {
  const assertHereNow = (): void => {
    if (marked) assertMarkedNow(folder)
  }
  const writer = createFileWriter(folder, assertHereNow)
  const assertHere = async (): Promise<void> => {
    if (marked) await assertMarked(folder)
  }
  const isHere = async (path: string): Promise<boolean> => {
    if (await isThere(path)) return true
    await assertHere()
    return false
  }
  const accountDir = (account: AccountId) => {
    if (!/^[0-9a-zA-Z_-]+$/.test(account)) throw new AppError('bug', 'An account id cannot name a folder')
    return join(folder, account)
  }
  const pathOf = (account: AccountId, id: MessageId) => join(accountDir(account), bucketOf(id), nameOf(id) + ending)
  const write = async (account: AccountId, facts: RawFacts, bytes: Uint8Array) => {
    assertHereNow()
    await writer.write(pathOf(account, facts.id), packRaw(facts, bytes))
  }
  const flush = async (): Promise<void> => {
    await writer.flush()
    // What lies in another folder is nowhere.
    await assertHere()
  }

  return {
    kind: 'files',
    write,
    flush,
    async putMany(account, entries) {
      await inParallel(entries, ({ facts, bytes }) => write(account, facts, bytes))
      await flush()
    },
    async putAccount(account) {
      const json = Buffer.from(`${JSON.stringify(account, null, 2)}\n`)
      await assertHere()
      await writer.write(join(accountDir(account.id), 'account.json'), json)
      await flush()
    },
    async accounts() {
      const dirs = await subfolders(folder)
      return await Promise.all(dirs.map((name) => readAccount(join(folder, name, 'account.json'))))
    },
    async get(account, id) {
      const path = pathOf(account, id)
      const packed = await readFile(path).catch((error: unknown) => {
        if (isMissing(error)) return null
        throw fileError(error, path)
      })
      if (packed === null) {
        await assertHere()
        return null
      }
      try {
        return await unpackRawAsync(packed)
      } catch (error) {
        if (!(error instanceof DamagedOriginal)) throw error
        throw new DamagedOriginal(`${error.message} (${path})`, error)
      }
    },
    has: (account, id) => isHere(pathOf(account, id)),
    async present(account, ids) {
      const found = new Set<MessageId>()
      await inParallel(ids, async (id) => {
        if (await isHere(pathOf(account, id))) found.add(id)
      })
      return found
    },
    async hasAccount(account) {
      const path = join(accountDir(account), 'account.json')
      if (!(await isHere(path))) return false
      const known = await readAccount(path).catch((error: unknown) => {
        if (error instanceof AppError && error.cause instanceof SyntaxError) return null
        throw error
      })
      return known?.id === account
    },
    async setAside(account, ids) {
      await assertHere()
      const kept: string[] = []
      for (const id of ids) {
        const path = pathOf(account, id)
        let aside = `${path}.damaged`
        for (let n = 2; await isThere(aside); n++) aside = `${path}.damaged-${n}`
        if (await writer.rename(path, aside)) kept.push(aside)
      }
      await flush()
      return kept
    },
    async remove(account, ids) {
      await assertHere()
      await inParallel(ids, (id) => writer.unlink(pathOf(account, id)))
      await flush()
    },
    async removeAccount(account, signal) {
      await assertHere()
      const dir = accountDir(account)
      // A part at a time: a mailbox of a million takes minutes, which nobody waits for who stops the program.
      for (const bucket of await subfolders(dir)) {
        signal?.throwIfAborted()
        await writer.removeFolder(join(dir, bucket))
      }
      await writer.removeFolder(dir)
      await flush()
    },
    async *list(account) {
      const root = accountDir(account)
      for (const bucket of await subfolders(root)) {
        for (const name of await namesIn(join(root, bucket))) {
          if (name.endsWith(ending)) yield idOf(name.slice(0, -ending.length))
        }
      }
    },
    sizeBytes: createFolderSize(folder),
  }
}

// Gmail's ids are lower-case hex. Others (stand-ins) must not meet on a file system that ignores case, nor leave the folder.
const nameOf = (id: MessageId) =>
  [...Buffer.from(id)].map((byte) => (isPlain(byte) ? String.fromCharCode(byte) : `%${hex(byte)}`)).join('')
const idOf = (name: string) =>
  messageId(
    Buffer.from(
      name.replace(/%(..)/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
      'latin1',
    ).toString('utf8'),
  )
const isPlain = (byte: number) => /[0-9a-z_-]/.test(String.fromCharCode(byte))
const hex = (byte: number) => byte.toString(16).padStart(2, '0')

/** Two hex digits that spread the files over 256 folders. */
function bucketOf(id: MessageId): string {
  const [own] = /[0-9a-f]{2}$/.exec(id) ?? []
  return own ?? createHash('sha256').update(id).digest('hex').slice(0, 2)
}

async function readAccount(path: string): Promise<RawAccount> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as RawAccount
  } catch (error) {
    throw storeError(
      `The account file ${path} is missing or damaged`,
      'Restore it from a backup, or write {"id": "<name of its folder>", "email": "…", "created_at": "2026-01-01T00:00:00Z"} into it',
      error,
    )
  }
}

async function namesIn(dir: string): Promise<string[]> {
  return await readdir(dir).catch((error: unknown) => {
    throw fileError(error, dir)
  })
}

async function subfolders(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw fileError(error, dir)
  })
  return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map((entry) => entry.name)
}

/**
 * An original as one gzip file (https://www.rfc-editor.org/rfc/rfc1952): any gunzip gives the exact mail, and what Gmail
 * said of it rides in the header as an extra field of ours, `MT`: the CRC-32 of the JSON, then the JSON. A JSON too long
 * for the header rides deflated as `MZ`.
 */
const extraFlag = 4
const fixedHeader = 10
const trailer = 8
const maxExtra = 65_535
const plainField = [0x4d, 0x54] as const
const deflatedField = [0x4d, 0x5a] as const
/** Far above what Gmail takes (50 MB): a damaged or hostile file must not fill the memory. */
const maxBytes = 512 * 1024 * 1024

/** Packs a mail with its facts. */
export function packRaw(facts: RawFacts, bytes: Uint8Array): Uint8Array {
  const field = factsField(facts)
  const body = deflateMail(bytes)
  const packed = Buffer.alloc(fixedHeader + 2 + field.length + body.length + trailer)
  // Magic, deflate, flags, no time, XFL 4 = fastest, unknown system
  packed.set([0x1f, 0x8b, 8, extraFlag, 0, 0, 0, 0, 4, 255])
  packed.writeUInt16LE(field.length, fixedHeader)
  packed.set(field, fixedHeader + 2)
  packed.set(body, fixedHeader + 2 + field.length)
  packed.writeUInt32LE(crc32(bytes), packed.length - trailer)
  packed.writeUInt32LE(bytes.length % 2 ** 32, packed.length - 4)
  return packed
}

/** The mail and its facts. Throws `AppError('store')` when a bit of either is not as it was packed. */
export function unpackRaw(packed: Uint8Array): RawEntry {
  const { facts, body, check } = split(packed)
  return { facts, bytes: check(inflate(() => inflateRawSync(body, { maxOutputLength: maxBytes }))) }
}

const inflateOutside = promisify(inflateRaw)

/** As `unpackRaw`, with the inflating done outside this thread. */
export async function unpackRawAsync(packed: Uint8Array): Promise<RawEntry> {
  const { facts, body, check } = split(packed)
  const bytes = await inflateOutside(body, { maxOutputLength: maxBytes }).catch((error: unknown) => {
    throw damaged('its content cannot be inflated', error)
  })
  return { facts, bytes: check(bytes) }
}

function inflate(work: () => Buffer): Buffer {
  try {
    return work()
  } catch (error) {
    throw damaged('its content cannot be inflated', error)
  }
}

function split(packed: Uint8Array) {
  const view = Buffer.from(packed.buffer, packed.byteOffset, packed.byteLength)
  if (view.length < fixedHeader + 2 + trailer) throw damaged('it is cut short')
  if (view[0] !== 0x1f || view[1] !== 0x8b || view[2] !== 8) throw damaged('it does not begin as gzip')
  if (view[3] !== extraFlag) throw damaged('it was not packed by Mailtide')
  const bodyStart = fixedHeader + 2 + view.readUInt16LE(fixedHeader)
  if (bodyStart + trailer > view.length) throw damaged('it is cut short')
  const facts = readFacts(view.subarray(fixedHeader + 2, bodyStart))
  const check = (bytes: Buffer): Uint8Array => {
    const same =
      crc32(bytes) === view.readUInt32LE(view.length - trailer) &&
      bytes.length % 2 ** 32 === view.readUInt32LE(view.length - 4)
    if (!same) throw damaged('its checksum is wrong')
    return bytes
  }
  return { facts, body: view.subarray(bodyStart, -trailer), check }
}

function factsField(facts: RawFacts): Buffer {
  const json = Buffer.from(JSON.stringify(facts))
  const fits = json.length + 8 <= maxExtra
  const data = fits ? json : deflateRawSync(json)
  if (data.length + 8 > maxExtra) throw new AppError('store', 'A message has more labels than can be kept beside it')
  const field = Buffer.alloc(8 + data.length)
  field.set(fits ? plainField : deflatedField)
  field.writeUInt16LE(data.length + 4, 2)
  field.writeUInt32LE(crc32(json), 4)
  field.set(data, 8)
  return field
}

function readFacts(extra: Buffer): RawFacts {
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const deflated = extra[at + 1] === deflatedField[1]
    if (extra[at] !== plainField[0] || (extra[at + 1] !== plainField[1] && !deflated)) continue
    const data = extra.subarray(at + 8, at + 4 + extra.readUInt16LE(at + 2))
    const json = deflated ? inflate(() => inflateRawSync(data, { maxOutputLength: 2 ** 24 })) : data
    if (at + 8 > extra.length || crc32(json) !== extra.readUInt32LE(at + 4)) throw damaged('its facts are damaged')
    return JSON.parse(json.toString('utf8')) as RawFacts
  }
  throw damaged('it was not packed by Mailtide')
}

const damaged = (what: string, cause?: unknown): DamagedOriginal =>
  new DamagedOriginal(`The original of a message is damaged: ${what}`, cause)
