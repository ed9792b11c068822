import type { AccountAudit, Finding, GmailPart, LocalPart, Unseen } from '../../shared/audit.ts'
import { counted } from '../../shared/describe.ts'
import { asAppError, isAbort } from '../../shared/errors.ts'
import type { AccountId, MessageId } from '../../shared/ids.ts'
import { findInDatabase } from '../store/audit-local.ts'
import { lookDeep } from './audit-deep.ts'
import type { AuditDeps } from './audit-deps.ts'
import { lookAtGmail } from './audit-gmail.ts'
import { lookAtOriginals, ManyUnread, type OriginalsLook, stillUnread, type Unread } from './audit-originals.ts'
import { createFindings, type Findings, mostFetchedUnasked } from './audit-plan.ts'
import { repairCounters, repairWithoutGmail } from './audit-repair.ts'
import { fetchedAnew, queueOriginals, repairOriginals, settleOriginals } from './audit-repair-originals.ts'

export interface AuditOptions {
  /** What is looked at. `originals`: how many are read in full, chosen by the seed; null = all. */
  readonly local: { readonly originals: number | null } | null
  /** Nothing but whether these can be read by now. */
  readonly unread?: readonly MessageId[]
  readonly gmail: 'ids' | 'counts' | null
  readonly deep: number | null
  readonly seed: string
  /** Puts right what is found. */
  readonly repair: boolean
  /** Nobody asked: many originals are then not downloaded again, but told. */
  readonly unasked: boolean
  /** What was last found. */
  readonly known: GmailPart | null
}

export interface AuditOutcome extends Pick<AccountAudit, 'gmail' | 'local' | 'deep'> {
  /** Originals that could not be read, where the look at originals came to its end or met too many of them; null when it did not. */
  readonly originals: OriginalsLook | null
  /** Parts that could not be looked at, and why. */
  readonly unseen: readonly Omit<Unseen, 'account'>[]
}

/**
 * What Gmail has, what we hold, and why they differ, for one account. Parts that were not asked for, or could not be looked at, are null. The order
 * matters for repairs: what the originals say comes back first, then Gmail has its word on all of it, and the counters are counted last.
 */
export async function audit(
  deps: AuditDeps,
  account: AccountId,
  options: AuditOptions,
  signal: AbortSignal,
): Promise<AuditOutcome> {
  if (options.unread !== undefined) return await lookAgainAt(deps, account, options.unread, signal)
  const unseen: Omit<Unseen, 'account'>[] = []
  let many: OriginalsLook | null = null
  const attempt = async <T>(part: Unseen['part'], work: () => Promise<T>): Promise<T | null> => {
    try {
      return await work()
    } catch (error) {
      if (isAbort(error) || signal.aborted) throw error
      if (error instanceof ManyUnread) many = error.look
      const { code, message, remedy } = asAppError(error)
      if (code === 'bug') deps.log.error(`The audit failed: ${message}`, { account, part })
      unseen.push({ part, code, message, remedy: remedy ?? null })
      return null
    }
  }
  const found = createFindings()
  const { local, repair } = options
  const looked = local === null ? null : await attempt('local', () => lookAtHome(deps, account, options, found, signal))
  if (looked !== null && repair) await attempt('local', () => repairWithoutGmail(deps, account, found, signal))
  const { gmail: by, known } = options
  const gmail =
    by === null ? null : await attempt('gmail', () => lookAtGmail(deps, account, { by, repair, known }, signal))
  let held = 0
  if (repair && looked !== null) {
    const originals = gmail === null ? queueOriginals : repairOriginals
    const most = options.unasked ? mostFetchedUnasked(looked.originals) : Number.POSITIVE_INFINITY
    const again = fetchedAnew(found)
    if (again > most) held = again
    else await attempt(gmail === null ? 'local' : 'gmail', () => originals(deps, account, found, signal))
  }
  for (const part of looked === null ? [] : unreadParts('local', looked.unread)) unseen.push(part)
  const { deep: size, seed } = options
  const deep =
    size === null ? null : await attempt('deep', () => lookDeep(deps, account, { size, seed, repair }, signal))
  const isRepaired = repair && [found.list(), gmail?.findings ?? [], deep?.part.findings ?? []].flat().length > 0
  if (isRepaired) await attempt('local', () => settle(deps, account, found, { gmailKnown: gmail !== null }, signal))
  for (const part of deep === null ? [] : unreadParts('deep', deep.unread)) unseen.push(part)
  return {
    gmail,
    local: isKnown(looked, found.list()) ? { ...toPart(deps, looked, found), ...(held > 0 ? { held } : {}) } : null,
    deep: isKnown(deep, deep?.part.findings ?? []) ? deep.part : null,
    unseen,
    originals: looked ?? many,
  }
}

/** Originals that could not be read before; what comes of the look is no news of any other. */
async function lookAgainAt(
  deps: AuditDeps,
  account: AccountId,
  ids: readonly MessageId[],
  signal: AbortSignal,
): Promise<AuditOutcome> {
  const unread = await stillUnread(deps, account, ids, signal)
  const originals = { read: ids.length - unread.length, originals: ids.length, unread }
  return { gmail: null, local: null, deep: null, unseen: unreadParts('local', unread), originals }
}

/** What could not be seen whole is no news of being well: what was known before then stands. */
const isKnown = <T extends { readonly unread: readonly Unread[] }>(
  look: T | null,
  findings: readonly Finding[],
): look is T => look !== null && (look.unread.length === 0 || findings.length > 0)

/** Messages that could not be looked at, as one line with the first one's reason. */
function unreadParts(part: Unseen['part'], unread: readonly Unread[]): Omit<Unseen, 'account'>[] {
  const [first] = unread
  if (first === undefined) return []
  const { code, message, remedy } = first.why
  return [
    {
      part,
      code,
      message: `${counted(unread.length, 'original')} could not be read: ${message}`,
      remedy: remedy ?? null,
    },
  ]
}

async function lookAtHome(
  deps: AuditDeps,
  account: AccountId,
  { local, seed }: AuditOptions,
  found: Findings,
  signal: AbortSignal,
): Promise<OriginalsLook> {
  deps.step('database', 0, 0)
  const inDatabase = await deps.hold(() => findInDatabase(deps.db.as('maintenance'), account, deps.parserVersion))
  for (const [kind, ids] of inDatabase) found.add(kind, ids)
  if (!(await deps.raw.hasAccount(account))) found.add('account_record_missing', [account])
  return lookAtOriginals(deps, account, { sample: local?.originals ?? null, seed }, found, signal)
}

/** Counts anew, and looks at what is left of what was found. */
async function settle(
  deps: AuditDeps,
  account: AccountId,
  found: Findings,
  options: { readonly gmailKnown: boolean },
  signal: AbortSignal,
): Promise<void> {
  await repairCounters(deps, account)
  const still = await deps.hold(() => findInDatabase(deps.db.as('maintenance'), account, deps.parserVersion))
  for (const { kind } of found.list()) {
    if (kind.startsWith('original_') || kind === 'facts_wrong' || kind === 'account_record_missing') continue
    const left = new Set(still.get(kind) ?? [])
    found.repaired(
      kind,
      found.ids(kind).filter((id) => !left.has(id)),
    )
  }
  await settleOriginals(deps, account, found, options, signal)
}

const toPart = (deps: AuditDeps, { read, originals }: OriginalsLook, found: Findings): LocalPart => ({
  at: deps.clock.now().toISOString(),
  read,
  originals,
  findings: found.list(),
})
