import { assertNever } from '../../shared/describe.ts'
import { isWorking, tallyOf } from '../../shared/needs-you.ts'
import type { Snapshot } from '../../shared/status.ts'
import type { Words } from '../words/words.ts'
import { type Look, look } from './tones.ts'

/** When the next cycle starts, for whoever counts down to it. */
export type NextCycle =
  | { readonly kind: 'at'; readonly at: Date; readonly isAfterThis: boolean }
  /** A cycle runs, and the time of the next one is not told yet. */
  | { readonly kind: 'after_this' }
  | { readonly kind: 'none' }

/** The service in a sentence, for the head of the Overview, the foot of the navigation and the title of the window. */
export interface ServiceView {
  readonly look: Look
  readonly sentence: string
  /** The same in a few words. */
  readonly short: string
  /** What stands below when there is no next cycle to count down to; null where there is nothing to add. */
  readonly detail: string | null
  readonly shortDetail: string | null
  readonly next: NextCycle
  readonly canStop: boolean
  readonly canStart: boolean
  readonly canSyncNow: boolean
}

export function serviceView(snapshot: Snapshot, words: Words): ServiceView {
  const { service } = words
  const { state, accounts } = snapshot
  const controls = {
    canStop: state === 'idle' || state === 'syncing',
    canStart: state === 'stopped' || state === 'failed',
    canSyncNow: (state === 'idle' || state === 'syncing') && accounts.length > 0,
  }
  const none = { kind: 'none' } as const
  switch (state) {
    case 'stopped':
      return {
        ...controls,
        look: look('rest', 'stop'),
        sentence: service.stopped,
        short: service.stopped,
        detail: service.stoppedNext,
        shortDetail: service.stoppedNextShort,
        next: none,
      }
    case 'stopping':
      return {
        ...controls,
        look: look('wait', 'wait'),
        sentence: service.stopping,
        short: service.stopping,
        detail: service.stoppingNext,
        shortDetail: null,
        next: none,
      }
    case 'failed':
      return {
        ...controls,
        look: look('bad', 'bad'),
        sentence: service.failed,
        short: service.failedShort,
        detail:
          snapshot.failure === null
            ? null
            : words.told(service.failedNext(snapshot.failure.message, snapshot.failure.remedy)),
        shortDetail: service.failedNextShort,
        next: none,
      }
    case 'syncing':
    case 'idle':
      if (accounts.length === 0) {
        return {
          ...controls,
          look: look('rest', 'fresh'),
          sentence: service.noAccount,
          short: service.noAccount,
          detail: service.noAccountNext,
          shortDetail: service.noAccountNext,
          next: none,
        }
      }
      return { ...controls, ...(state === 'syncing' ? syncing(snapshot, words) : idle(snapshot, words)) }
    default:
      return assertNever(state)
  }
}

type Saying = Pick<ServiceView, 'look' | 'sentence' | 'short' | 'detail' | 'shortDetail' | 'next'>

function syncing({ accounts, next_cycle_at }: Snapshot, { service }: Words): Saying {
  const working = accounts.filter(isWorking).length
  return {
    look: look('work', 'sync', true),
    sentence: service.syncing(working, accounts.length),
    short: service.syncingShort(working, accounts.length),
    detail: null,
    shortDetail: null,
    next:
      next_cycle_at === null ? { kind: 'after_this' } : { kind: 'at', at: new Date(next_cycle_at), isAfterThis: true },
  }
}

function idle(snapshot: Snapshot, { service }: Words): Saying {
  const { next_cycle_at, last_cycle } = snapshot
  const rest: Pick<Saying, 'detail' | 'shortDetail' | 'next'> = {
    detail: last_cycle === null ? null : service.lastCycle(last_cycle.duration_seconds, last_cycle.emails),
    shortDetail: null,
    next: next_cycle_at === null ? { kind: 'none' } : { kind: 'at', at: new Date(next_cycle_at), isAfterThis: false },
  }
  const tally = tallyOf(snapshot)
  const { needYou, waiting, unfinished, paused, all } = tally
  const sentence = service.tally(tally)
  if (needYou > 0) return { ...rest, look: look('turn', 'turn'), sentence, short: service.needYou(needYou) }
  if (waiting > 0) return { ...rest, look: look('wait', 'wait'), sentence, short: service.waitingShort(waiting) }
  if (unfinished > 0)
    return { ...rest, look: look('work', 'fill'), sentence, short: service.unfinishedShort(unfinished) }
  if (paused === all) {
    return { ...rest, look: look('rest', 'pause'), sentence: service.allPaused(all), short: service.pausedShort }
  }
  const left = snapshot.accounts.reduce((sum, account) => sum + account.messages_failed + account.messages_waiting, 0)
  return {
    ...rest,
    look: look('ok', 'ok'),
    // Whoever paused an account knows it; it is not what is asked here.
    sentence: left > 0 ? service.allUpToDateBut(left) : paused > 0 ? sentence : service.allUpToDate,
    short: service.upToDateShort,
  }
}
