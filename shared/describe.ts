import { type AccountSnapshot, type AccountState, holdReasons, type Phase, type Snapshot } from './status.ts'

/** Proves to the compiler that a switch has covered everything. */
export function assertNever(value: never): never {
  throw new Error(`Not covered: ${JSON.stringify(value)}`)
}

/** `1234567` as `1,234,567`. */
export function number(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 message`, `2 messages`. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${number(value)} ${Math.round(value) === 1 ? one : many}`
}

/** A span of seconds in at most two units: `45 seconds`, `1 minute 5 seconds`, `3 days 2 hours`. */
export function duration(seconds: number): string {
  const total = Math.max(0, Math.round(seconds))
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
    ['second', 1],
  ] as const
  const first = units.findIndex(([, size]) => total >= size)
  if (first === -1) return 'less than a second'
  const [unit, size] = units[first]!
  const next = units[first + 1]
  const whole = counted(Math.floor(total / size), unit)
  const rest = next === undefined ? 0 : Math.floor((total % size) / next[1])
  return next === undefined || rest === 0 ? whole : `${whole} ${counted(rest, next[0])}`
}

/** A moment beside now: `in 4 minutes`, `2 hours ago`, `now`. */
export function moment(at: string, now: Date): string {
  const seconds = Math.round((Date.parse(at) - now.getTime()) / 1_000)
  if (Math.abs(seconds) < 1) return 'now'
  return seconds > 0 ? `in ${duration(seconds)}` : `${duration(-seconds)} ago`
}

/** What the engine is doing, in the middle of a sentence. */
export const phaseWords: Readonly<Record<Phase, string>> = {
  listing: 'listing messages',
  downloading: 'downloading',
  catching_up: 'catching up with changes',
  reconciling: 'comparing with Gmail',
  auditing: 'checking that nothing is missing',
}

/** One sentence for the state of the service. */
export function describeService(snapshot: Snapshot, now: Date): string {
  switch (snapshot.state) {
    case 'stopped':
      return 'Not syncing. Stored mail stays available.'
    case 'idle':
      return snapshot.next_cycle_at === null
        ? 'Waiting for the next cycle.'
        : `Waiting. The next cycle starts ${moment(snapshot.next_cycle_at, now)}.`
    case 'syncing': {
      const { current } = snapshot
      if (current === null) return 'Syncing.'
      const progress = current.total > 0 ? `, ${number(current.done)} of ${number(current.total)}` : ''
      return `Syncing ${current.account}: ${phaseWords[current.phase]}${progress}.`
    }
    case 'stopping':
      return 'Stopping after the current chunk.'
    case 'failed':
      return snapshot.failure === null ? 'Failed.' : `Failed: ${snapshot.failure.message}`
    default:
      return assertNever(snapshot.state)
  }
}

/** One sentence for the state of an account. While the service does not run, nothing goes on and nothing is waited for. */
export function describeAccount(account: AccountSnapshot, { running }: Pick<Snapshot, 'running'>, now: Date): string {
  switch (account.state) {
    case 'new':
      return 'Not synced yet.'
    case 'backfilling':
      return running
        ? `First download: ${describeBackfill(account, { running })}.`
        : 'First download not finished; it continues when syncing is started.'
    case 'up_to_date':
      return account.last_synced_at === null
        ? 'Up to date.'
        : `Up to date, synced ${moment(account.last_synced_at, now)}.`
    case 'syncing':
      return 'Syncing now.'
    case 'waiting':
      if (!running) return 'Last sync not finished; it continues when syncing is started.'
      return isHeld(account)
        ? `${account.message}, next ${moment(account.until, now)}.`
        : `Waiting, continues ${moment(account.until, now)}: ${account.message}`
    case 'needs_reauth':
      return `Needs you to sign in again: ${account.message}`
    case 'error':
      return account.until === null
        ? `Stopped by an error: ${account.message}`
        : `Error, tries again ${moment(account.until, now)}: ${account.message}`
    case 'paused':
      return account.since === undefined ? 'Paused.' : `Paused ${moment(account.since, now)}.`
    default:
      return assertNever(account)
  }
}

/** Whether only the first download waits, because the person asked for it by a setting, and new mail goes on. */
export function isHeld(state: AccountState): boolean {
  return state.state === 'waiting' && holdReasons.some((reason) => reason === state.reason)
}

/** Messages a second, as every face writes the number: one decimal below ten, none from there on. */
export function rateText(perSecond: number): string {
  return perSecond < 9.95 ? perSecond.toFixed(1) : number(perSecond)
}

/** Progress of a first download; its rate and remaining time while it goes on. */
export function describeBackfill(
  { backfill }: Pick<AccountSnapshot, 'backfill'>,
  { running }: Pick<Snapshot, 'running'>,
): string {
  if (backfill === null) return 'about to start'
  const { done, total, percent, per_second, eta_seconds, listing_complete, back_to } = backfill
  if (total === 0) return 'listing messages'
  const shown = Math.min(percent, done < total ? 99.9 : 100).toFixed(1)
  const parts = [`${number(done)} of ${number(total)}${listing_complete ? ` (${shown} %)` : ' listed so far'}`]
  if (!running) return parts.join(', ')
  if (per_second !== null) parts.push(`${rateText(per_second)} a second`)
  if (eta_seconds !== null && listing_complete) parts.push(`${duration(eta_seconds)} left`)
  if (back_to !== null && listing_complete) parts.push(`back to ${monthOf(back_to)} so far`)
  return parts.join(', ')
}

const months = 'January February March April May June July August September October November December'.split(' ')

/** `March 2019`, in UTC. */
const monthOf = (at: string): string => `${months[Number(at.slice(5, 7)) - 1]} ${at.slice(0, 4)}`

/** When Google will end the sign-in, and what to do; null when nothing is known of an end. */
export function describeSignInEnd(
  { sign_in_ends_at, state }: Pick<AccountSnapshot, 'sign_in_ends_at' | 'state'>,
  now: Date,
): string | null {
  if (sign_in_ends_at === null || state === 'needs_reauth') return null
  const day = `${sign_in_ends_at.slice(0, 10)}, ${moment(sign_in_ends_at, now)}`
  return `Google ends the sign-in on ${day}: the OAuth client is in testing mode, or access was allowed for a limited time.`
}
