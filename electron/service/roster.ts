import { isDemo } from '../../shared/demo.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { AccountSnapshot, AccountState, LastError } from '../../shared/status.ts'
import type { Clock } from '../ports.ts'
import { type Account, listAccounts, readPaused } from '../store/accounts.ts'
import { type Checkpoint, readCheckpoint, readCheckpoints } from '../store/checkpoints.ts'
import { type AccountTotals, NO_TOTALS, readTotals } from '../store/counters.ts'
import type { Sql } from '../store/db.ts'
import { readOldestDate } from '../store/messages.ts'
import { nextTries, nextTry } from '../store/queue.ts'
import { createMutex } from '../sync/deps.ts'
import type { DueFacts } from './due.ts'
import { type AccountFacts, restingState } from './machine.ts'
import { type Moment, momentOf, presentMoment, wallTime } from './moment.ts'
import { createRate, type Rate } from './rate.ts'

/** What the service knows of an account while it runs: facts from the store, and what happened since the start. */
export interface Member {
  account: Account
  checkpoint: Checkpoint
  /** When the last whole sync was, as its checkpoint says; null when there was none. */
  lastSync: Moment | null
  totals: AccountTotals
  nextTryAt: Date | null
  /** How far back its mail goes while the first download goes on; null before, and after. */
  oldest: Date | null
  state: AccountState
  /** When the wait of its state is over, monotonic milliseconds; null when it waits for no time. */
  waitEnds: number | null
  lastError: LastError | null
  /** Failed turns in a row. */
  attempt: number
  /** When the first of them failed, monotonic milliseconds; null when the last turn went well. */
  failingSince: number | null
  /** "Sync now" was asked for and not yet answered by a turn. */
  forced: boolean
  /** Downloads a second, over the last minute. */
  readonly rate: Rate
}

/** The accounts, in the order in which they take turns. */
export interface Roster {
  readonly members: ReadonlyMap<AccountId, Member>
  find(account: string): Member | undefined
  /**
   * Reads everything from the store: at start, and after an account was added or changed. Keeps what happened since the start. Gives the
   * accounts that are no more: they were removed, here or by another worker.
   */
  load(sql: Sql): Promise<readonly Account[]>
  /** Reads again what a turn changes. */
  refresh(sql: Sql, id: AccountId): Promise<void>
}

/** Forgets the failures so far: a turn went well, or the person did something about it. */
export function forgive(member: Member): void {
  member.attempt = 0
  member.failingSince = null
}

/** After the wall clock was set back, what waits until a time of it waits no longer than it was to. */
export function keepWaits(members: Iterable<Member>, clock: Pick<Clock, 'now' | 'monotonic'>): void {
  const now = clock.now().getTime()
  for (const member of members) {
    const { state } = member
    if ((state.state !== 'waiting' && state.state !== 'error') || state.until === null || member.waitEnds === null)
      continue
    const end = now + member.waitEnds - clock.monotonic()
    // A computer that slept had its monotonic clock stand still: then the wall clock is right.
    if (end < Date.parse(state.until) - 1_000) member.state = { ...state, until: new Date(end).toISOString() }
  }
}

export const factsOf = (member: Member): AccountFacts => ({
  paused: member.account.paused,
  pausedAt: member.account.paused_at ?? null,
  hasSynced: member.checkpoint.lastSyncedAt !== null,
  backfill: member.checkpoint.backfill,
})

export const dueFacts = (member: Member, present: Moment): DueFacts => ({
  state: member.state,
  lastSyncedAt: member.lastSync === null ? null : wallTime(member.lastSync, present),
  nextTryAt: member.nextTryAt?.getTime() ?? null,
  forced: member.forced,
})

export function createRoster(clock: Pick<Clock, 'now' | 'monotonic'>): Roster {
  let members = new Map<AccountId, Member>()
  /** What is known of a sync that was known before stays: its time may be one of a clock that was set since. */
  const lastSyncOf = ({ lastSyncedAt }: Checkpoint, before: Moment | null): Moment | null => {
    const wall = lastSyncedAt?.getTime() ?? null
    if (wall === null || wall === before?.wall) return wall === null ? null : before
    return momentOf(wall, presentMoment(clock))
  }
  /** One after the other: one that read the store before an account was added must not end after one that read it since. */
  const oneByOne = createMutex()
  return {
    get members() {
      return members
    },
    find: (text) =>
      [...members.values()].find(
        ({ account }) => account.id === text || account.email.toLowerCase() === text.toLowerCase(),
      ),
    load: (sql) =>
      oneByOne(async () => {
        const [accounts, checkpoints, totals, tries] = [
          await listAccounts(sql),
          await readCheckpoints(sql),
          await readTotals(sql),
          await nextTries(sql),
        ]
        const loaded = new Map<AccountId, Member>()
        for (const account of accounts) {
          const checkpoint = checkpoints.get(account.id) ?? (await readCheckpoint(sql, account.id))
          const before = members.get(account.id)
          const fresh = {
            account,
            checkpoint,
            lastSync: lastSyncOf(checkpoint, before?.lastSync ?? null),
            totals: totals.get(account.id) ?? NO_TOTALS,
            nextTryAt: tries.get(account.id) ?? null,
            oldest: await oldestOf(sql, account.id, checkpoint),
          }
          const wasPaused = before?.account.paused
          const member: Member = before
            ? Object.assign(before, fresh)
            : {
                ...fresh,
                state: { state: 'new' },
                waitEnds: null,
                lastError: null,
                attempt: 0,
                failingSince: null,
                forced: false,
                rate: createRate(),
              }
          if (wasPaused !== account.paused) member.state = restingState(factsOf(member))
          loaded.set(account.id, member)
        }
        const gone = [...members.values()].flatMap(({ account }) => (loaded.has(account.id) ? [] : [account]))
        members = loaded
        return gone
      }),
    refresh: async (sql, id) => {
      const member = members.get(id)
      if (member === undefined) return
      member.checkpoint = await readCheckpoint(sql, id)
      member.lastSync = lastSyncOf(member.checkpoint, member.lastSync)
      member.totals = (await readTotals(sql, id)).get(id) ?? NO_TOTALS
      member.nextTryAt = await nextTry(sql, id)
      member.oldest = await oldestOf(sql, id, member.checkpoint)
      const known = await readPaused(sql, id)
      if (known === null || known.paused === member.account.paused) return
      // Another worker did it. The state follows, or the account would be due without ever getting a turn, or never be due again.
      member.account = { ...member.account, ...known }
      member.state = restingState(factsOf(member))
    },
  }
}

const oldestOf = async (sql: Sql, account: AccountId, { backfill }: Checkpoint): Promise<Date | null> =>
  backfill === 'listing' || backfill === 'downloading' ? await readOldestDate(sql, account) : null

export interface MemberView {
  readonly nextDueAt: number | null
  readonly monotonic: number
  readonly quota: AccountSnapshot['quota']
  readonly completeness: AccountSnapshot['completeness']
  readonly signInEndsAt: Date | null
  /** Gmail's quota holds the account's calls back until then; null when they go on. */
  readonly pausedUntil: Date | null
}

/** An account as every surface shows it. */
export function toAccountSnapshot(member: Member, view: MemberView): AccountSnapshot {
  const { account, checkpoint, totals } = member
  return {
    ...shownState(member.state, view.pausedUntil),
    id: account.id,
    email: account.email,
    demo: isDemo(account),
    last_synced_at: checkpoint.lastSyncedAt?.toISOString() ?? null,
    next_due_at: view.nextDueAt === null ? null : new Date(view.nextDueAt).toISOString(),
    messages_stored: totals.messages + totals.deleted,
    messages_deleted: totals.deleted,
    messages_waiting: Math.max(0, totals.queued),
    messages_failed: Math.max(0, totals.failed),
    backfill: backfillProgress(member, view.monotonic),
    completeness: view.completeness,
    last_error: member.lastError,
    sign_in_ends_at: view.signInEndsAt?.toISOString() ?? null,
    quota: view.quota,
  }
}

/** A turn that sits out a short quota pause is not syncing, and says so. */
function shownState(state: AccountState, pausedUntil: Date | null): AccountState {
  if (pausedUntil === null || (state.state !== 'syncing' && state.state !== 'backfilling')) return state
  return {
    state: 'waiting',
    reason: 'quota',
    until: pausedUntil.toISOString(),
    message: 'Gmail’s quota for this minute is used up',
    remedy: null,
  }
}

/** Counted from listed ids; null once the first download is over. */
function backfillProgress(member: Member, monotonic: number): AccountSnapshot['backfill'] {
  const { backfill, listed, backfillTotal, backfillStartedAt } = member.checkpoint
  if (backfill === 'done' || backfill === 'new') return null
  const left = Math.max(0, member.totals.queued)
  const total = Math.max(backfillTotal, left)
  const done = total - left
  const perSecond = member.rate.perSecond(monotonic)
  const percent = total === 0 ? 0 : Math.floor((done / total) * 1000) / 10
  return {
    listed: Math.max(listed, total),
    listing_complete: backfill === 'downloading',
    done,
    total,
    // All of it is there only when nothing has to be tried again; every face rounds down from here.
    percent: member.totals.failed > 0 ? Math.min(percent, 99.9) : percent,
    per_second: perSecond === null ? null : Math.round(perSecond * 10) / 10,
    started_at: backfillStartedAt?.toISOString() ?? null,
    back_to: member.oldest?.toISOString() ?? null,
    eta_seconds: perSecond === null || perSecond === 0 || backfill === 'listing' ? null : Math.ceil(left / perSecond),
  }
}
