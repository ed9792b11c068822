import { performance } from 'node:perf_hooks'
import { parseMessage } from '../../electron/mail/parse.ts'
import { asMessageRow } from '../../electron/store/message-row.ts'
import type { RawFacts } from '../../electron/store/raw.ts'
import { packRaw, unpackRaw } from '../../electron/store/raw-files.ts'
import { toStoredMessage } from '../../electron/sync/stored-message.ts'
import { messageId, threadId } from '../../shared/ids.ts'
import { createRng, mutate } from './mutate.ts'

export interface MutationRun {
  readonly count: number
  readonly seed: number
  readonly corpus: readonly Uint8Array[]
}

export interface MutationResult {
  /** Mutations on which the parser threw, or caught a mistake of its own. */
  readonly crashed: number
  /** Mutations that took longer than `HUNG_MS`. One that never ends is for the caller's own time limit. */
  readonly hung: number
  readonly worstMs: number
  /** Mutations whose bytes the reading changed, or that did not come out of their package as they went in. */
  readonly changed: number
  /** Which ones, so that they can be made again from the seed. */
  readonly bad: readonly number[]
}

const HUNG_MS = 1_000
/** Larger mails are left out: they take long and differ little. */
const MAX_BYTES = 60_000

/** Faults by which the parser confesses an exception it caught. */
const CONFESSIONS = new Set(['field_failed', 'part_failed', 'message_failed'])

const facts: RawFacts = {
  id: messageId('1a'),
  thread_id: threadId('1a'),
  history_id: '1',
  internal_date: 0,
  label_ids: [],
  snippet: '',
}
/** Packing costs more than reading. */
const PACKED_EVERY = 10

/** Read, and made a row that Postgres takes whatever the mail holds: no NUL, and no half of a surrogate pair, also not after JSON. */
function isSound(mail: Buffer): boolean {
  try {
    const parsed = parseMessage(mail)
    if (parsed.faults.some(({ code }) => CONFESSIONS.has(code))) return false
    const known = { ...facts, threadId: threadId('1a'), labelIds: [], historyId: 1n, internalDate: 0, sizeEstimate: 0 }
    const row = asMessageRow(toStoredMessage(known, { sizeBytes: mail.length, sha256: '00' }, parsed))
    const json = Buffer.from(row.json).toString()
    return json.isWellFormed() && !/\\u(0000|d[89a-f])/i.test(json.replaceAll('\\\\', ''))
  } catch {
    return false
  }
}

const isSame = (before: Buffer, mail: Buffer, isPacked: boolean): boolean =>
  before.equals(mail) && (!isPacked || before.equals(unpackRaw(packRaw(facts, mail)).bytes))

/** Parses `count` damaged copies of the corpus's mails. The same seed gives the same mutations. */
export function runMutations({ count, seed, corpus }: MutationRun): MutationResult {
  const mails = corpus.filter(({ byteLength }) => byteLength <= MAX_BYTES)
  const rng = createRng(seed)
  const bad: number[] = []
  let crashed = 0
  let changed = 0
  let hung = 0
  let worstMs = 0
  for (let i = 0; i < count; i++) {
    const mail = mutate(mails[Math.floor(rng() * mails.length)]!, rng)
    const before = Buffer.from(mail)
    const start = performance.now()
    const sound = isSound(mail)
    const ms = performance.now() - start
    worstMs = Math.max(worstMs, ms)
    const same = isSame(before, mail, i % PACKED_EVERY === 0)
    if (!sound) crashed++
    if (!same) changed++
    if (ms > HUNG_MS) hung++
    if (!sound || !same || ms > HUNG_MS) bad.push(i)
  }
  return { crashed, hung, changed, worstMs, bad }
}
