import { assertNever } from '../../shared/describe.ts'
import { isClockWait } from '../../shared/needs-you.ts'
import type { AccountSnapshot, BackfillProgress, Snapshot } from '../../shared/status.ts'
import type { Text } from '../words/text.ts'
import type { Words } from '../words/words.ts'
import { type Look, look } from './tones.ts'

/** What stands in a sentence and is no plain text. */
export type Part =
  | { readonly kind: 'time'; readonly at: Date }
  /** `upTo`: how large it may become while one looks; it has room for that from the beginning. */
  | { readonly kind: 'number'; readonly value: number; readonly upTo: number }
  /** A number that opens the list of messages with problems. */
  | { readonly kind: 'troubles'; readonly value: number }
  /** The lines of the account's trouble; `at` is when it was last met, null where that is not known. */
  | { readonly kind: 'log'; readonly at: string | null }
  | { readonly kind: 'resume' }

export type Line = Text<Part>

/** How far the first download is. */
export interface GaugeView {
  /** Whole, rounded down; 100 only when nothing waits. Null while Gmail is being counted. */
  readonly percent: number | null
  readonly facts: readonly string[]
  /** How many failed and are tried again: the toggle of their list. */
  readonly failed: number
  /** How long it still takes, or what is waited for; null when that is not known. */
  readonly end: string | null
}

/** An account's card, in words. */
export interface AccountView {
  readonly look: Look
  /** The state itself, in its colour. */
  readonly state: Line
  /** What else is so, after the state. */
  readonly more: readonly Line[]
  /** Numbers: Gmail, stored, waiting. */
  readonly counts: readonly Line[]
  readonly times: readonly Line[]
  readonly gauge: GaugeView | null
}

const time = (at: string): Part => ({ kind: 'time', at: new Date(at) })
const number = (value: number, upTo = value): Part => ({ kind: 'number', value, upTo })

export function accountView(account: AccountSnapshot, snapshot: Snapshot, words: Words, now: Date): AccountView {
  const context: Context = {
    account,
    words,
    now,
    isRunning: snapshot.running && snapshot.state !== 'stopping',
    snapshot,
    current: snapshot.current?.account === account.email ? snapshot.current : null,
  }
  const gauge = gaugeView(context)
  return { ...stateLine(context), counts: countLine(context, gauge !== null), times: timeLine(context), gauge }
}

interface Context {
  readonly account: AccountSnapshot
  readonly words: Words
  readonly now: Date
  readonly isRunning: boolean
  readonly snapshot: Snapshot
  /** What the engine does, when it is this account it is at work on. */
  readonly current: Snapshot['current']
}

function stateLine(context: Context): Pick<AccountView, 'look' | 'state' | 'more'> {
  const { account, words, isRunning, snapshot, current } = context
  const say = words.account
  const progress = current === null ? [] : [[say.progress(current.phase, current.done, current.total)]]
  const synced = account.last_synced_at
  switch (account.state) {
    case 'new':
      return { look: look('rest', 'fresh'), state: [say.state.new], more: [firstSync(context)] }
    case 'backfilling': {
      if (!isRunning)
        return { look: look('rest', 'stop'), state: [say.state.backfillStopped], more: [[say.goesOnWithService]] }
      const { backfill } = account
      return {
        look: look('work', 'fill'),
        state: [say.state.backfilling],
        more: backfill === null ? [] : reached(backfill, say),
      }
    }
    case 'syncing':
      return { look: look('work', 'sync', true), state: [say.state.syncing], more: progress }
    case 'up_to_date': {
      const left = account.messages_waiting + account.messages_failed
      const old = isRunning || synced === null ? [] : [say.asOf(time(synced))]
      return {
        look: look('ok', 'ok'),
        state: [say.state.upToDate],
        more: [...old, ...(left > 0 ? [[say.butFor(left)]] : [])],
      }
    }
    case 'waiting':
      return isRunning
        ? waiting(context, account)
        : { look: look('rest', 'stop'), state: [say.state.notFinished], more: [[say.goesOnWithService]] }
    case 'needs_reauth':
      return {
        look: look('turn', 'key'),
        state: [say.state.needsReauth],
        more: synced === null ? [] : [say.noMailSince(time(synced))],
      }
    case 'error': {
      const since = snapshot.alerts.find(
        ({ kind, account: of }) => kind === 'sync_failure' && of === account.email,
      )?.since
      return {
        look: look('bad', 'bad'),
        state: [say.state.error],
        more: [
          ...(since === undefined ? [] : [say.since(time(since))]),
          [{ kind: 'log', at: account.last_error?.at ?? null }],
        ],
      }
    }
    case 'paused':
      return {
        look: look('rest', 'pause'),
        state: [say.state.paused],
        more: [...(account.since === undefined ? [] : [say.since(time(account.since))]), [{ kind: 'resume' }]],
      }
    default:
      return assertNever(account)
  }
}

/** How far the first download is, in what it found or in time. */
function reached({ listing_complete, listed, back_to }: BackfillProgress, say: Words['account']): readonly Line[] {
  if (!listing_complete) return [[say.listing(listed)]]
  return back_to === null ? [] : [[say.backTo(new Date(back_to))]]
}

/** When an account that was never synced has its turn. */
function firstSync({ snapshot, words: { account: say }, isRunning }: Context): Line {
  if (!isRunning) return [say.startsWithService]
  if (snapshot.state === 'syncing' || snapshot.next_cycle_at === null) return [say.startsInThisCycle]
  return say.startsAt(time(snapshot.next_cycle_at))
}

function waiting(
  { words: { account: say }, now }: Context,
  account: AccountSnapshot & { readonly state: 'waiting' },
): Pick<AccountView, 'look' | 'state' | 'more'> {
  const until = new Date(account.until)
  const next: Line = until <= now ? [say.nextTryNow] : say.nextTry(time(account.until))
  const cool = look('wait', 'wait')
  switch (account.reason) {
    case 'quota':
      return { look: cool, state: say.state.quota(time(account.until)), more: [[say.goesOnByItself]] }
    case 'network':
      return { look: cool, state: [say.state.network], more: [next] }
    case 'server':
      return isClockWait(account)
        ? { look: look('turn', 'turn'), state: [say.state.clock], more: [next] }
        : { look: cool, state: [say.state.server], more: [next] }
    case 'store':
      return { look: cool, state: [say.state.store], more: [next] }
    case 'disk':
      return { look: look('turn', 'turn'), state: [say.state.disk], more: [[say.goesOnWithSpace]] }
    case 'originals':
      return { look: look('turn', 'turn'), state: [say.state.originals], more: [[say.goesOnByItself]] }
    case 'battery':
    case 'metered':
      return { look: look('rest', 'pause'), state: [say.state[account.reason]], more: [[say.newMailGoesOn]] }
    default:
      return assertNever(account.reason)
  }
}

/** What is left of a first download, and of everything else: failed ones included. */
const leftOf = ({ messages_waiting, messages_failed }: AccountSnapshot): number => messages_waiting + messages_failed

/**
 * Gmail = stored - deleted there + waiting, from counted ids, where Gmail was counted; else only what is stored. `stored` is the number that
 * every other face of the service calls so.
 */
function countLine({ account, words: { account: say } }: Context, hasGauge: boolean): readonly Line[] {
  const { messages_stored, messages_deleted } = account
  if (!isCounted(account)) return [say.storedAlone(number(messages_stored))]
  const left = leftOf(account)
  const inGmail = messages_stored - messages_deleted + left
  const waiting: Part =
    account.messages_failed > 0 && !hasGauge
      ? { kind: 'troubles', value: left }
      : number(left, hasGauge ? inGmail : left)
  return [
    say.gmail(number(inGmail)),
    say.stored(number(messages_stored, hasGauge ? messages_stored + left : messages_stored)),
    ...(messages_deleted === 0 ? [] : [say.deleted(number(messages_deleted))]),
    ...(left === 0 ? [] : [waiting.kind === 'troubles' ? [waiting] : say.waiting(waiting)]),
  ]
}

/** Whether what is stored and what waits is all that Gmail has, as far as we were told. */
function isCounted(account: AccountSnapshot): boolean {
  const { state, backfill, last_synced_at } = account
  if (state === 'needs_reauth' || state === 'paused' || state === 'new') return false
  return backfill === null ? last_synced_at !== null : backfill.listing_complete
}

function timeLine({ account, words: { account: say }, now, isRunning }: Context): readonly Line[] {
  const { state, backfill, last_synced_at, next_due_at } = account
  if (state === 'new') return [[say.notCountedYet]]
  if (state === 'needs_reauth' || state === 'paused') {
    return [[last_synced_at === null ? say.notCountedYet : say.notCountedSince]]
  }
  if (state !== 'error' && backfill !== null) return [[backfill.listing_complete ? say.newestFirst : say.countingGmail]]
  const synced = last_synced_at === null ? [say.neverSynced] : say.lastSynced(time(last_synced_at))
  if (state === 'error') return account.until === null ? [synced] : [synced, say.nextTry(time(account.until))]
  if (state !== 'up_to_date' || next_due_at === null || !isRunning) return [synced]
  return [synced, new Date(next_due_at) <= now ? [say.dueNow] : say.due(time(next_due_at))]
}

function gaugeView({ account, words, isRunning, current }: Context): GaugeView | null {
  const { backfill, state } = account
  if (backfill === null || (state !== 'backfilling' && state !== 'waiting')) return null
  const say = words.account
  const percent = backfill.listing_complete ? Math.floor(backfill.percent) : null
  const rate = backfill.per_second
  const isMeasuring = rate === null && current !== null
  const isCopying = isRunning && state === 'backfilling' && percent !== null
  return {
    percent: percent === null ? null : leftOf(account) > 0 ? Math.min(percent, 99) : percent,
    facts: !isCopying ? [] : isMeasuring ? [say.measuring] : rate === null || rate === 0 ? [] : [say.rate(rate)],
    failed: account.messages_failed,
    end: isCopying && backfill.eta_seconds !== null ? say.left(backfill.eta_seconds) : null,
  }
}
