import type { DeepPart } from '../../shared/audit.ts'
import { type AppError, asAppError, isAbort } from '../../shared/errors.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import { messageId } from '../../shared/ids.ts'
import { decodeRawAnswer } from '../gmail/decode-raw.ts'
import { enqueueAgain } from '../store/audit-gmail.ts'
import { readOriginals, sampleMessages } from '../store/audit-local.ts'
import { DamagedOriginal } from '../store/faults.ts'
import type { AuditDeps } from './audit-deps.ts'
import type { Unread } from './audit-originals.ts'
import { createFindings } from './audit-plan.ts'
import { fetchQueued } from './audit-repair.ts'
import { concernOf } from './plan-failure.ts'

const AT_ONCE = 4
/** After so many that could not be fetched in a row, it is not the messages'. */
const FAILURES_AT_MOST = 10

export interface DeepLook {
  readonly part: DeepPart
  readonly unread: readonly Unread[]
}

/**
 * Fetches some messages again (20 quota units each), the same ones for the same seed, and compares every byte with the original here. Gmail's bytes
 * of a message never change; what differs is fetched once more before it is told, for what lies between can lie.
 */
export async function lookDeep(
  deps: AuditDeps,
  account: AccountId,
  options: { readonly size: number; readonly seed: string; readonly repair: boolean },
  signal: AbortSignal,
): Promise<DeepLook> {
  const found = createFindings()
  const rows = await sampleMessages(deps.db, account, { seed: options.seed, size: options.size, live: true })
  const unread: Unread[] = []
  let compared = 0
  let failuresInARow = 0
  const left = [...rows]
  const lane = async (): Promise<void> => {
    for (let row = left.shift(); row !== undefined; row = left.shift()) {
      signal.throwIfAborted()
      let verdict = await compare(deps, account, row.id, signal)
      if (verdict === 'differs') verdict = await compare(deps, account, row.id, signal)
      if (typeof verdict === 'object') {
        if (++failuresInARow >= FAILURES_AT_MOST) throw verdict
        unread.push({ id: row.id, why: verdict })
        continue
      }
      failuresInARow = 0
      if (verdict === 'gone') continue
      compared++
      if (verdict === 'differs') found.add('bytes_differ', [row.id])
      deps.step('comparing', compared, rows.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  if (options.repair) {
    const differ = found.ids('bytes_differ').map(messageId)
    await fetchAnew(deps, account, differ, signal)
    for (const id of differ)
      if ((await compare(deps, account, id, signal)) === 'same') found.repaired('bytes_differ', [id])
  }
  const part = { at: deps.clock.now().toISOString(), compared, seed: options.seed, findings: found.list() }
  return { part, unread }
}

/**
 * What Gmail's copy says of ours; the reason when either of the two could not be read: Gmail was asked as often as for any download by then.
 * Throws what is no single message's.
 */
async function compare(
  deps: AuditDeps,
  account: AccountId,
  id: MessageId,
  signal: AbortSignal,
): Promise<'same' | 'differs' | 'gone' | AppError> {
  try {
    const [theirs, ours] = await Promise.all([
      deps.gmail.raw(id, 'backfill', signal, async (body) => decodeRawAnswer(body, id).bytes),
      deps.raw.get(account, id).catch((error: unknown) => {
        if (error instanceof DamagedOriginal) return null
        throw error
      }),
    ])
    return ours !== null && Buffer.compare(theirs, ours.bytes) === 0 ? 'same' : 'differs'
  } catch (error) {
    const failure = asAppError(error)
    if (failure.code === 'gone') return 'gone'
    if (isAbort(error) || (failure.code !== 'store' && concernOf(error) === 'account')) throw error
    return failure
  }
}

async function fetchAnew(
  deps: AuditDeps,
  account: AccountId,
  ids: readonly MessageId[],
  signal: AbortSignal,
): Promise<void> {
  if (ids.length === 0) return
  const known = await readOriginals(deps.db, account, ids)
  await deps.hold(() =>
    deps.exclusive(() => deps.db.transaction((sql) => enqueueAgain(sql, account, known, deps.clock.now()))),
  )
  await fetchQueued(deps, account, ids, signal)
}
