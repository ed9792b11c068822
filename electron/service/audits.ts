import {
  type AccountAudit,
  type Completeness,
  completenessOf,
  type LocalPart,
  unrepaired,
  type Verification,
  verdictOf,
} from '../../shared/audit.ts'
import { AppError, asAppError, isAbort } from '../../shared/errors.ts'
import { type AccountId, messageId } from '../../shared/ids.ts'
import type { VerifyInput } from '../../shared/verify.ts'
import type { Clock } from '../ports.ts'
import { type AuditParts, NO_PARTS, readAudits, saveAudit } from '../store/audits.ts'
import type { AuditOptions, AuditOutcome } from '../sync/audit.ts'
import { days, firstLook, isLookDue } from '../sync/audit-plan.ts'
import type { Engine } from './engine.ts'
import { type Moment, momentOf, presentMoment, wallTime } from './moment.ts'
import type { Member } from './roster.ts'

/** Gmail's counts are looked at so often, at a unit for each label. */
const COUNTS_EVERY_MS = 6 * 60 * 60_000
/** The first comparison comes so long after the first download began, if that is done. */
const FIRST_AFTER_MS = 60 * 60_000
/** A look that failed is tried again after so long, and after twice as long each time that it fails again. */
const AGAIN_MS = 30 * 60_000
const LONGEST_AGAIN_MS = 6 * 60 * 60_000
/** Nothing but the person, or Gmail, changes a mailbox that lost most of its mail: the whole of it is not listed again and again. */
const MASS_DELETION_AGAIN_MS = 24 * 60 * 60_000
/** So many originals that could not be read are tried again: where there are more, it is their drive or folder. */
const MOST_TRIED_AGAIN = 100
/** So many originals are read in full in a look that nobody asked for; that all are there is seen in any case. */
const READ_BY_ITSELF = 5_000

/** How one account is audited, and what came of it. Rejects only when the signal fires, and for bugs. */
export type RunAudit = (
  member: Member,
  options: AuditOptions & { readonly report: (progress: NonNullable<Completeness['running']>) => void },
  signal: AbortSignal,
) => Promise<AuditOutcome>

export interface Audits {
  /** Begins a verification. Throws `not_found`, and `conflict` while another one goes on. */
  verify(asked: VerifyInput): Verification
  /** Resolves when nothing is being verified. */
  idle(): Promise<void>
  /** The present or last one since the start. */
  verification(): Verification | null
  /** Ends the present one. Throws `not_running`. */
  cancel(): Promise<Verification>
  /** What is known of each account, or of one. Throws `not_found`. */
  known(account?: string): readonly AccountAudit[]
  completeness(id: AccountId): Completeness
  /** Reads what earlier runs, and other workers, found. */
  load(): Promise<void>
  /** Begins what is due by itself. */
  look(): void
  /** Ends what nobody asked for, of one account or of all; it comes later. Resolves when it has ended. */
  rest(id?: AccountId): Promise<void>
  /** Ends what is being verified of an account that leaves. Resolves when nothing of it is touched any more. */
  leave(id: AccountId): Promise<void>
  close(): Promise<void>
}

interface Job {
  verification: Verification
  readonly members: readonly Member[]
  readonly stop: AbortController
  done: Promise<void>
  /** Accounts that left since it began. */
  readonly left: Set<AccountId>
  /** The account that is being verified right now. */
  current: { readonly id: AccountId; readonly leave: AbortController; readonly done: Promise<void> } | null
}

interface Looks {
  /** When every id was last compared, and when Gmail was last asked at all. */
  readonly compared: Moment | null
  readonly checked: Moment | null
}

/** Another worker has an account for the length of a turn; longer is not waited for. */
const CLAIM_AGAIN_MS = 2_000
const CLAIM_TRIES = 90

/** Tries again while another worker that shares the database has the account. */
export const createPatience =
  ({ clock, signal, account }: { readonly clock: Clock; readonly signal: AbortSignal; readonly account: string }) =>
  async <T>(work: () => Promise<{ readonly done: T } | null>): Promise<T> => {
    for (let tries = 1; tries <= CLAIM_TRIES; tries++) {
      const result = await work()
      if (result !== null) return result.done
      await clock.sleep(CLAIM_AGAIN_MS, signal)
    }
    throw new AppError('conflict', `Another Mailtide sharing this database is syncing ${account}`, {
      remedy: 'Verify again later, or with the other one',
    })
  }

export function createAudits(engine: Engine, run: RunAudit): Audits {
  const { deps, facts, publisher } = engine
  const log = deps.log.named('audit')
  let parts = new Map<AccountId, AuditParts>()
  let looks = new Map<AccountId, Looks>()
  const notBefore = new Map<AccountId, number>()
  const failedLooks = new Map<AccountId, number>()
  /** What could not be read before can be read now: whether it is well was never seen. */
  const wholeAgain = new Set<AccountId>()
  let present: Job | null = null
  let isClosed = false

  const known = (id: AccountId): AuditParts => parts.get(id) ?? NO_PARTS
  const isRunning = (): boolean => present?.verification.state === 'running'
  const toAudit = ({ account }: Member): AccountAudit => ({
    account: account.email,
    account_id: account.id,
    verdict: verdictOf(known(account.id)),
    ...known(account.id),
  })
  const chosen = (account: string | undefined): readonly Member[] => {
    if (account === undefined) return [...deps.roster.members.values()]
    const member = deps.roster.find(account)
    if (member === undefined)
      throw new AppError('not_found', `There is no account ${account}`, { remedy: 'See mailtide accounts list' })
    return [member]
  }
  const backOff = (id: AccountId, codes: readonly string[]): void => {
    const times = failedLooks.get(id) ?? 0
    failedLooks.set(id, times + 1)
    const doubled = Math.min(AGAIN_MS * 2 ** times, LONGEST_AGAIN_MS)
    const ms = codes.includes('mass_deletion') ? MASS_DELETION_AGAIN_MS : doubled
    notBefore.set(id, deps.clock.monotonic() + ms)
  }
  const change = (job: Job, patch: Partial<Verification>): void => {
    job.verification = { ...job.verification, ...patch }
  }

  /** What is known of a look that was known before stays: its time may be one of a clock that was set since. */
  const toLooks = (id: AccountId, { gmail }: AuditParts): Looks => {
    const before = looks.get(id)
    const at = (time: string | undefined, last: Moment | null | undefined): Moment | null => {
      if (time === undefined) return null
      const wall = Date.parse(time)
      return last?.wall === wall ? last : momentOf(wall, presentMoment(deps.clock))
    }
    return { compared: at(gmail?.compared_at, before?.compared), checked: at(gmail?.at, before?.checked) }
  }
  const load = async (): Promise<void> => {
    parts = await readAudits(deps.db)
    looks = new Map([...parts].map(([id, each]) => [id, toLooks(id, each)]))
  }

  const auditOne = async (job: Job, member: Member, options: AuditOptions, signal: AbortSignal): Promise<void> => {
    const { id, email } = member.account
    const outcome = await run(
      member,
      {
        ...options,
        report: (progress) => {
          change(job, { progress: { account: email, ...progress } })
          publisher.progressed()
        },
      },
      signal,
    )
    const local = withUnread(outcome, known(id).local, deps.clock.now())
    await saveAudit(deps.db, id, { ...outcome, local })
    if (options.unread !== undefined && local?.unread === undefined) wholeAgain.add(id)
    if (options.local !== null && outcome.originals !== null) wholeAgain.delete(id)
    await load()
    await deps.roster.refresh(deps.db, id)
    // That it still cannot be read is told by its alert, which stands.
    for (const { part, message } of options.unread === undefined ? outcome.unseen : [])
      log.warning(`Could not verify ${email} (${part}): ${message}`, { account: id })
    // Also when the mailbox was too lively to be counted, or it would be counted without a pause.
    const isUnseen = outcome.unseen.length > 0 || (options.gmail !== null && outcome.gmail === null)
    if (isUnseen) {
      const codes = outcome.unseen.map(({ code }) => code)
      backOff(id, codes)
    } else failedLooks.delete(id)
    tell(email, outcome)
    change(job, {
      accounts: [...job.verification.accounts, toAudit(member)],
      unseen: [...job.verification.unseen, ...outcome.unseen.map((each) => ({ account: email, ...each }))],
    })
  }

  const tell = (email: string, { gmail, local, deep }: AuditOutcome): void => {
    const findings = [local, gmail, deep].flatMap((part) => part?.findings ?? [])
    for (const { kind, count, repaired, lost } of findings)
      log.warning(`Verifying ${email} found ${kind}: ${count}, repaired ${repaired}, beyond repair ${lost}`)
    if (findings.length === 0 && gmail !== null)
      log.info(`Verified ${email}: Gmail ${gmail.figures.gmail}, stored ${gmail.figures.stored}`, { by: gmail.by })
  }

  const begin = (
    members: readonly Member[],
    asked: { readonly scheduled: boolean; readonly repair: boolean },
    optionsOf: (member: Member) => AuditOptions,
    before: Promise<void> = Promise.resolve(),
  ): Verification => {
    const stop = new AbortController()
    const verification: Verification = {
      state: 'running',
      ...asked,
      started_at: deps.clock.now().toISOString(),
      finished_at: null,
      progress: null,
      accounts: [],
      unseen: [],
    }
    const job: Job = { verification, members, stop, done: Promise.resolve(), left: new Set(), current: null }
    present = job
    job.done = (async () => {
      await before
      let state: Verification['state'] = 'done'
      for (const member of members) {
        // It may have been removed while others were verified, or be leaving: it is in the roster until that is written.
        if (!deps.roster.members.has(member.account.id) || job.left.has(member.account.id)) continue
        const leave = new AbortController()
        const work = auditOne(job, member, optionsOf(member), AbortSignal.any([stop.signal, leave.signal]))
        job.current = { id: member.account.id, leave, done: work.catch(() => undefined) }
        try {
          await work
        } catch (error) {
          if (leave.signal.aborted && !stop.signal.aborted) continue
          if (stop.signal.aborted || isAbort(error)) {
            state = 'cancelled'
            break
          }
          const { email, id } = member.account
          const { code, message, remedy } = asAppError(error)
          log.error(`Verifying ${email} failed: ${message}`, { account: id })
          backOff(id, [code])
          change(job, {
            unseen: [
              ...job.verification.unseen,
              { account: email, part: 'local', code, message, remedy: remedy ?? null },
            ],
          })
        }
      }
      job.current = null
      change(job, { state, finished_at: deps.clock.now().toISOString(), progress: null })
      publisher.changed()
      // What was queued for download is fetched by the next turns.
      engine.poke()
    })()
    publisher.changed()
    return verification
  }

  const isFresh = (member: Member): boolean => {
    const { id } = member.account
    return member.state.state === 'up_to_date' && deps.clock.monotonic() >= (notBefore.get(id) ?? 0)
  }

  return {
    known: (account) => chosen(account).map(toAudit),
    load,
    completeness: (id) => {
      const progress = isRunning() ? (present?.verification.progress ?? null) : null
      const email = deps.roster.members.get(id)?.account.email
      const { account, ...running } = progress ?? { account: null, step: 'database', done: 0, total: 0 }
      return completenessOf(
        known(id),
        progress !== null && account === email ? { ...running, step: progress.step } : null,
      )
    },
    verification: () => present?.verification ?? null,
    idle: async () => {
      await present?.done
    },
    cancel: async () => {
      if (present === null || !isRunning()) throw new AppError('not_running', 'Nothing is being verified')
      present.stop.abort()
      await present.done
      return present.verification
    },
    verify: ({ account, deep, seed, repair, local }) => {
      const members = chosen(account)
      if (isClosed) throw new AppError('aborted', 'Mailtide is stopping')
      if (isRunning() && present?.verification.scheduled !== true) {
        throw new AppError('conflict', 'A verification is already running', {
          remedy: 'Wait for it to finish, or stop it in the window: “Is it complete?” in the menu of the account',
        })
      }
      // One that nobody asked for makes way, and comes later.
      present?.stop.abort()
      const before = present?.done
      const began = deps.clock.now().toISOString()
      return begin(
        members,
        { scheduled: false, repair },
        (member) => ({
          local: { originals: null },
          gmail: local ? null : 'ids',
          deep: local ? null : (deep ?? null),
          seed: seed ?? began,
          repair,
          unasked: false,
          known: known(member.account.id).gmail,
        }),
        before,
      )
    },
    look: () => {
      const isSyncing = facts.state === 'idle' || facts.state === 'syncing'
      if (isClosed || isRunning() || !isSyncing) return
      const at = presentMoment(deps.clock)
      const everyMs = days(deps.settings().auditDays)
      for (const member of deps.roster.members.values()) {
        if (!isFresh(member)) continue
        const { id } = member.account
        const { gmail, local } = known(id)
        const isUnsure = local?.unread !== undefined || wholeAgain.has(id)
        const { compared, checked } = looks.get(id) ?? { compared: null, checked: null }
        const { backfillStartedAt } = member.checkpoint
        const first =
          backfillStartedAt === null ? null : firstLook(backfillStartedAt.getTime(), everyMs, FIRST_AFTER_MS)
        const last = compared === null ? first : wallTime(compared, at)
        const options = { deep: null, seed: deps.clock.now().toISOString(), repair: true, unasked: true, known: gmail }
        const isWhole = isLookDue(last, at.wall, everyMs) || (everyMs > 0 && wholeAgain.has(id))
        const counted = checked === null ? null : wallTime(checked, at)
        if (isWhole) {
          begin([member], { scheduled: true, repair: true }, () => ({
            ...options,
            // One that is damaged and beyond repair, or cannot be read, must not be forgotten because others were read.
            local: { originals: isUnsure || unrepaired(local?.findings ?? []) > 0 ? null : READ_BY_ITSELF },
            gmail: 'ids',
          }))
          return
        }
        if (local?.unread !== undefined) {
          const unread = local.unread.ids.map(messageId)
          begin([member], { scheduled: true, repair: false }, () => ({ ...options, local: null, gmail: null, unread }))
          return
        }
        if (everyMs > 0 && gmail !== null && isLookDue(counted, at.wall, COUNTS_EVERY_MS)) {
          begin([member], { scheduled: true, repair: true }, () => ({ ...options, local: null, gmail: 'counts' }))
          return
        }
      }
    },
    rest: async (id) => {
      if (present === null || !present.verification.scheduled) return
      if (id !== undefined && !present.members.some(({ account }) => account.id === id)) return
      present.stop.abort()
      await present.done
    },
    leave: async (id) => {
      present?.left.add(id)
      const current = present?.current
      if (current?.id !== id) return
      current.leave.abort()
      await current.done
    },
    close: async () => {
      isClosed = true
      present?.stop.abort()
      await present?.done
    },
  }
}

/** What is known of the originals, with those that could not be read now. What was known before stands; where nothing was, how far one came. */
function withUnread({ local, originals }: AuditOutcome, before: LocalPart | null, now: Date): LocalPart | null {
  if (originals === null) return local
  const came = { at: now.toISOString(), read: originals.read, originals: originals.originals, findings: [] }
  const { unread: _, ...part }: LocalPart = local ?? before ?? came
  const last = originals.unread.at(-1)
  if (last === undefined) return part
  const ids = originals.unread.map(({ id }) => id)
  const { message, remedy } = last.why
  const unread = { count: ids.length, ids: ids.slice(0, MOST_TRIED_AGAIN), message, remedy: remedy ?? null }
  return { ...part, unread }
}
