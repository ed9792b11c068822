import type { DeepPart } from '../../shared/audit.ts'
import { asAppError, isAbort } from '../../shared/errors.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import { messageId } from '../../shared/ids.ts'
import { decodeRawAnswer } from '../gmail/decode-raw.ts'
import { enqueueAgain } from '../store/audit-gmail.ts'
import { readOriginals, sampleMessages } from '../store/audit-local.ts'
import type { AuditDeps } from './audit-deps.ts'
import { createFindings } from './audit-plan.ts'
import { fetchQueued } from './audit-repair.ts'

const AT_ONCE = 4

/**
 * Fetches some messages again (20 quota units each), the same ones for the same seed, and compares every byte with the original here. Gmail's bytes
 * of a message never change; what differs is fetched once more before it is told, for what lies between can lie.
 */
export async function lookDeep(
  deps: AuditDeps,
  account: AccountId,
  options: { readonly size: number; readonly seed: string; readonly repair: boolean },
  signal: AbortSignal,
): Promise<DeepPart> {
  const found = createFindings()
  const rows = await sampleMessages(deps.db, account, { seed: options.seed, size: options.size, live: true })
  let compared = 0
  const left = [...rows]
  const lane = async (): Promise<void> => {
    for (let row = left.shift(); row !== undefined; row = left.shift()) {
      signal.throwIfAborted()
      let verdict = await isSame(deps, account, row.id, signal)
      if (verdict === false) verdict = await isSame(deps, account, row.id, signal)
      if (verdict === null) continue
      compared++
      if (!verdict) found.add('bytes_differ', [row.id])
      deps.step('comparing', compared, rows.length)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  if (options.repair) {
    const differ = found.ids('bytes_differ').map(messageId)
    await fetchAnew(deps, account, differ, signal)
    for (const id of differ)
      if ((await isSame(deps, account, id, signal)) === true) found.repaired('bytes_differ', [id])
  }
  return { at: deps.clock.now().toISOString(), compared, seed: options.seed, findings: found.list() }
}

/** Null when Gmail no longer has the message. */
async function isSame(
  deps: AuditDeps,
  account: AccountId,
  id: MessageId,
  signal: AbortSignal,
): Promise<boolean | null> {
  try {
    const [theirs, ours] = await Promise.all([
      deps.gmail.raw(id, 'backfill', signal, async (body) => decodeRawAnswer(body, id).bytes),
      deps.raw.get(account, id).catch((error: unknown) => {
        if (isAbort(error)) throw error
        // One that cannot be read is not the same.
        return null
      }),
    ])
    return ours !== null && Buffer.compare(theirs, ours.bytes) === 0
  } catch (error) {
    if (asAppError(error).code === 'gone') return null
    throw error
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
