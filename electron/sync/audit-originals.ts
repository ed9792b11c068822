import { createHash } from 'node:crypto'
import { AppError, asAppError, isAbort } from '../../shared/errors.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import { messageId } from '../../shared/ids.ts'
import {
  countMessages,
  neitherStoredNorQueued,
  type OriginalFacts,
  type OriginalRow,
  pageOriginals,
  readOriginals,
  sampleMessages,
} from '../store/audit-local.ts'
import { DamagedOriginal } from '../store/faults.ts'
import type { RawEntry } from '../store/raw.ts'
import { safeDate } from '../store/safe-text.ts'
import type { AuditDeps } from './audit-deps.ts'
import { type Findings, originalFault } from './audit-plan.ts'

const PAGE = 500
const AT_ONCE = 4
const NAMES = 1000
/** So many that cannot be read are not single files' trouble: a drive that times out on each would take days. */
const MOST_UNREAD = 100

/** What is wrong with an original. */
export type OriginalFault = 'original_missing' | 'original_damaged' | 'original_wrong' | 'facts_wrong'
export const originalFaults: readonly OriginalFault[] = [
  'original_missing',
  'original_damaged',
  'original_wrong',
  'facts_wrong',
]

/** What the original of a message says of itself. */
export function factsOfOriginal({ facts, bytes }: RawEntry): OriginalFacts {
  return {
    id: facts.id,
    threadId: facts.thread_id,
    internalDate: safeDate(facts.internal_date) ?? new Date(0),
    sizeBytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  }
}

/** What cannot be read now, be it the drive or our rights: it is neither well nor damaged, and no reason to do anything to it. */
export interface Unread {
  readonly id: MessageId
  readonly why: AppError
}

/** Reads one original whole and holds it against its row; null when it is as it should be. */
export async function inspect(
  { raw }: Pick<AuditDeps, 'raw'>,
  account: AccountId,
  row: OriginalRow,
): Promise<OriginalFault | Unread | null> {
  try {
    const entry = await raw.get(account, row.id)
    return entry === null ? 'original_missing' : originalFault(row, factsOfOriginal(entry))
  } catch (error) {
    if (error instanceof DamagedOriginal) return 'original_damaged'
    const why = asAppError(error)
    if (isAbort(error) || why.code === 'bug' || why.code === 'originals_away') throw error
    return { id: row.id, why }
  }
}

/** So many that nobody looks further; says what the last of them says. */
export class ManyUnread extends AppError {
  readonly look: OriginalsLook
  constructor(look: OriginalsLook, { code, message, remedy, cause }: AppError) {
    super(code, message, { ...(remedy === undefined ? {} : { remedy }), cause })
    this.look = look
  }
}

export interface OriginalsLook {
  /** Originals read in full. */
  readonly read: number
  /** Originals that should be there. */
  readonly originals: number
  readonly unread: readonly Unread[]
}

/**
 * Every original that should be there, is there; those read in full say what their rows say (all, or as many as `sample` says, chosen by the seed); and there is
 * none without a row. Whatever looks wrong is looked at once more while no turn of the account runs.
 */
export async function lookAtOriginals(
  deps: AuditDeps,
  account: AccountId,
  options: { readonly sample: number | null; readonly seed: string },
  found: Findings,
  signal: AbortSignal,
): Promise<OriginalsLook> {
  const { db } = deps
  const originals = await countMessages(db, account)
  const whole = options.sample === null ? originals : Math.min(options.sample, originals)
  let read = 0
  const unread: Unread[] = []
  const again = async (suspects: readonly MessageId[]): Promise<number> => {
    const still = await lookAgain(deps, account, suspects, found)
    unread.push(...still)
    const last = unread.at(-1)
    if (last !== undefined && unread.length >= MOST_UNREAD) throw new ManyUnread({ read, originals, unread }, last.why)
    return still.length
  }
  const readWhole = async (rows: readonly OriginalRow[]): Promise<void> => {
    const suspects = await suspectsAmong(deps, account, rows, signal)
    read += rows.length - (await again([...suspects.keys()]))
    deps.step('originals', read, whole)
  }
  deps.step('originals', 0, whole)
  if (options.sample !== null) {
    const sample = await sampleMessages(db, account, { seed: options.seed, size: options.sample, live: false })
    for (let at = 0; at < sample.length; at += PAGE) await readWhole(sample.slice(at, at + PAGE))
  }
  let after: MessageId | null = null
  for (;;) {
    signal.throwIfAborted()
    const rows: OriginalRow[] = await pageOriginals(db, account, { after, limit: PAGE })
    if (rows.length === 0) break
    if (options.sample === null) await readWhole(rows)
    else await again(await absentAmong(deps, account, rows))
    after = rows.at(-1)?.id ?? null
  }
  await findStrays(deps, account, found, signal)
  return { read, originals, unread }
}

/** Which of these originals still cannot be read. One that can be, or is gone with its message, is left to a whole look. */
export async function stillUnread(
  deps: AuditDeps,
  account: AccountId,
  ids: readonly MessageId[],
  signal: AbortSignal,
): Promise<Unread[]> {
  const suspects = await suspectsAmong(deps, account, await readOriginals(deps.db, account, ids), signal)
  return [...suspects.values()].filter((fault) => typeof fault !== 'string')
}

/** Those that are not as they should be, or cannot be read; a few are read at a time, or a mailbox of them would not fit into memory. */
export async function suspectsAmong(
  deps: AuditDeps,
  account: AccountId,
  rows: readonly OriginalRow[],
  signal: AbortSignal,
): Promise<Map<MessageId, OriginalFault | Unread>> {
  const suspects = new Map<MessageId, OriginalFault | Unread>()
  const left = [...rows]
  const lane = async (): Promise<void> => {
    for (let row = left.shift(); row !== undefined; row = left.shift()) {
      signal.throwIfAborted()
      const fault = await inspect(deps, account, row)
      if (fault !== null) suspects.set(row.id, fault)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return suspects
}

/** By their names alone, for originals that are not read. */
async function absentAmong(deps: AuditDeps, account: AccountId, rows: readonly OriginalRow[]): Promise<MessageId[]> {
  const ids = rows.map((row) => row.id)
  const there = await deps.raw.present(account, ids)
  return ids.filter((id) => !there.has(id))
}

/** What still is wrong while nobody writes; gives what still cannot be read. */
async function lookAgain(
  deps: AuditDeps,
  account: AccountId,
  suspects: readonly MessageId[],
  found: Findings,
): Promise<Unread[]> {
  if (suspects.length === 0) return []
  return await deps.hold(async () => {
    const unread: Unread[] = []
    for (const row of await readOriginals(deps.db, account, suspects)) {
      const fault = await inspect(deps, account, row)
      if (typeof fault === 'string') found.add(fault, [row.id])
      else if (fault !== null) unread.push(fault)
    }
    return unread
  })
}

/** Originals of which the database knows nothing. One whose message waits in the queue is just being stored, or was when the program was killed. */
async function findStrays(deps: AuditDeps, account: AccountId, found: Findings, signal: AbortSignal): Promise<void> {
  let names: MessageId[] = []
  const look = async (): Promise<void> => {
    signal.throwIfAborted()
    const strays = await neitherStoredNorQueued(deps.db, account, names)
    names = []
    if (strays.length === 0) return
    await deps.hold(async () => {
      const there = await deps.raw.present(account, strays)
      const still = await neitherStoredNorQueued(deps.db, account, strays)
      found.add(
        'original_stray',
        still.filter((id) => there.has(id)),
      )
    })
  }
  for await (const id of deps.raw.list(account)) {
    names.push(messageId(id))
    if (names.length === NAMES) await look()
  }
  await look()
}
