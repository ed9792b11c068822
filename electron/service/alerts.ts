import { counted, duration } from '../../shared/describe.ts'
import type { AccountSnapshot, Alert, Snapshot } from '../../shared/status.ts'

/** What alerts depend on beside the snapshot itself. */
export interface AlertFacts {
  readonly now: Date
  /** How long this run lasts, whether it syncs or not. */
  readonly uptimeMs: number
  /** The last run ended without saying so (crash, power loss, kill). */
  readonly restartedUnexpectedly: boolean
  readonly errorsLastHour: number
  /** Errors in an hour that are worth an alert. */
  readonly errorsPerHour: number
  /** Syncing waits below this. */
  readonly minFreeBytes: number
  /**
   * How long accounts, by id, have failed turn after turn, in milliseconds that do not count while the computer sleeps. What is told of
   * them stands while they try again.
   */
  readonly failing: ReadonlyMap<string, number>
  /** How long the running cycle has been at it; null between cycles, and for a first download, which may take hours. */
  readonly cycleSeconds: number | null
  /** Whether the last cycle may be judged by its length: it was of this run, and no first download. */
  readonly judgeLast: boolean
  /** How far this computer's clock is ahead of Google's (negative: behind); null when that is not known. */
  readonly clockAheadMs: number | null
  /** Why the host serves no HTTP API although it should; null while it does, or need not. */
  readonly apiTrouble: HostTrouble | null
  /** Why the originals are not where they belong; null when they are. */
  readonly originals: HostTrouble | null
  /** What was done about a damaged database when it was opened; null when it was well. */
  readonly recovered: HostTrouble | null
}

/** What keeps a host from doing something, in words. */
export interface HostTrouble {
  readonly message: string
  readonly remedy: string
}

type Standing = Omit<Alert, 'since'>

/**
 * The alerts that stand, given the snapshot and those that stood before: each has a key for its cause and keeps its `since` as long as the
 * cause stands, so that nobody is told twice. Pure.
 */
export function standingAlerts(snapshot: Snapshot, before: readonly Alert[], facts: AlertFacts): Alert[] {
  const known = new Map(before.map((alert) => [alert.key, alert]))
  const standing = [
    ...serviceAlerts(snapshot, known, facts),
    ...snapshot.accounts.flatMap((account) => [
      ...(isTryingAgain(account, facts) ? toldBefore(account, known) : accountAlerts(account, snapshot, facts)),
      ...endingSignIn(account, facts),
      ...incomplete(account),
      ...unreadable(account),
    ]),
  ]
  const byKey = new Map(standing.map((alert) => [alert.key, alert]))
  return [...byKey.values()].map((alert) => ({
    ...alert,
    since: known.get(alert.key)?.since ?? facts.now.toISOString(),
  }))
}

/** Alerts that stand now and did not before: what is to be told. */
export function newAlerts(now: readonly Alert[], before: readonly Alert[]): Alert[] {
  const known = new Set(before.map((alert) => alert.key))
  return now.filter((alert) => !known.has(alert.key))
}

/** A turn that tries again has neither failed nor succeeded yet: the cause is what it was until the turn is over. */
const isTryingAgain = ({ id, state }: AccountSnapshot, { failing }: AlertFacts): boolean =>
  failing.has(id) && (state === 'syncing' || state === 'backfilling')

function toldBefore(account: AccountSnapshot, known: ReadonlyMap<string, Alert>): Standing[] {
  const keys = [keyOf('needs_reauth', account), keyOf('sync_failure', account)]
  // Space is short for everybody: the alert is nobody's own.
  if (account.last_error?.code === 'disk') keys.push('disk')
  return keys.flatMap((key) => known.get(key) ?? [])
}

const keyOf = (kind: Alert['kind'], account: AccountSnapshot): string => `${kind}:${account.id}`

/** A wait passes by itself, but not knowing for hours that nothing is synced is no way to find out. */
const LONG_WAIT_MS = 3 * 60 * 60_000

function longWait(account: AccountSnapshot & { state: 'waiting' }, { failing }: AlertFacts): Standing[] {
  const failingMs = failing.get(account.id) ?? 0
  if (account.reason === 'quota' || failingMs < LONG_WAIT_MS) return []
  const hours = Math.floor(failingMs / 3_600_000)
  const message = `${account.email} has not synced for ${hours} hours: ${account.message}`
  return [about(account, 'sync_failure', message, account.remedy ?? 'Mailtide keeps trying')]
}

function accountAlerts(account: AccountSnapshot, { running }: Snapshot, facts: AlertFacts): Standing[] {
  switch (account.state) {
    case 'needs_reauth':
      return [
        about(account, 'needs_reauth', `${account.email} needs a new sign-in: ${account.message}`, account.remedy),
      ]
    case 'error':
      return [about(account, 'sync_failure', `${account.email} cannot be synced: ${account.message}`, account.remedy)]
    case 'waiting':
      // Nobody waits for anything while syncing is stopped.
      if (!running) return []
      // Its own alert stands, whoever met it.
      if (account.reason === 'originals') return []
      if (account.reason !== 'disk') return longWait(account, facts)
      return [
        about(account, 'disk', account.message, account.remedy ?? 'Free some space; syncing resumes automatically'),
      ]
    default:
      return []
  }
}

/** Time enough to sign in again before anything stops. */
const SIGN_IN_ENDS_WITHIN_MS = 2 * 24 * 60 * 60_000

function endingSignIn(account: AccountSnapshot, { now }: AlertFacts): Standing[] {
  const ends = account.sign_in_ends_at
  // One that is over is told by its own alert.
  if (ends === null || account.state === 'needs_reauth') return []
  if (Date.parse(ends) - now.getTime() > SIGN_IN_ENDS_WITHIN_MS) return []
  const message = `Google ends the sign-in of ${account.email} on ${ends.slice(0, 16).replace('T', ' ')} UTC`
  const remedy =
    'Sign in again before that. Where the OAuth client is in testing mode, publish it ("In production") in the Google console first: a sign-in then lasts'
  return [about(account, 'sign_in_ends', message, remedy)]
}

/** Found and not repaired: no screen may look as if everything were well. */
function incomplete(account: AccountSnapshot): Standing[] {
  const { differences, lost, held = 0 } = account.completeness
  if (differences === 0) return []
  const beyond = lost === 0 ? '' : `, ${lost} of them beyond repair`
  const message = `The copy of ${account.email} is not complete: ${counted(differences, 'difference')}${beyond}`
  if (held > 0) {
    const many = `${message}. ${counted(held, 'original')} are missing or damaged: too many to be downloaded again unasked`
    return [about(account, 'incomplete', many, 'Check the disk of the originals, then run: mailtide verify --repair')]
  }
  const remedy =
    lost === differences
      ? 'Restore the originals from a backup. To see which: mailtide verify'
      : 'Repair it: mailtide verify --repair'
  return [about(account, 'incomplete', message, remedy)]
}

/** What cannot be read may be lost: the disk or our rights say so before anybody needs the mail. */
function unreadable({ id, email, completeness: { unread } }: AccountSnapshot): Standing[] {
  if (unread === undefined) return []
  const message = `${counted(unread.count, 'original')} of ${email} could not be read: ${unread.message}`
  const remedy = unread.remedy ?? 'Check the disk of the originals'
  // It is this computer's trouble, not the account's, which goes on.
  return [{ key: `unreadable:${id}`, kind: 'unreadable', account: null, message, remedy }]
}

const about = (account: AccountSnapshot, kind: Alert['kind'], message: string, remedy: string): Standing => ({
  // Space is short for everybody: one alert, whoever met it.
  key: kind === 'disk' ? kind : keyOf(kind, account),
  kind,
  account: kind === 'disk' ? null : account.email,
  message,
  remedy,
})

/** Long enough for a check that looks now and then, short enough not to be furniture. */
const RESTART_TOLD_MS = 60 * 60_000
/** Clocks are corrected by seconds all the time. */
const CLOCK_SLACK_MS = 5 * 60_000

function serviceAlerts(snapshot: Snapshot, known: ReadonlyMap<string, Alert>, facts: AlertFacts): Standing[] {
  const alerts: Standing[] = []
  const add = (kind: Alert['kind'], message: string, remedy: string, key: string = kind): void => {
    alerts.push({ key, kind, account: null, message, remedy })
  }
  if (snapshot.failure !== null) add('store', snapshot.failure.message, snapshot.failure.remedy)
  if (facts.originals !== null) add('originals', facts.originals.message, facts.originals.remedy)
  if (facts.recovered !== null) add('store', facts.recovered.message, facts.recovered.remedy, 'recovered')
  if (facts.restartedUnexpectedly && facts.uptimeMs < RESTART_TOLD_MS) {
    add(
      'unexpected_restart',
      'Mailtide did not stop cleanly last time',
      'Nothing that was stored is lost. If it happens again, look at the log before the restart',
    )
  }
  // Errors that come and go around the limit are one cause: it is over when they are half as many.
  const errorLimit = known.has('error_rate') ? facts.errorsPerHour / 2 : facts.errorsPerHour
  if (facts.errorsLastHour > errorLimit) {
    add('error_rate', `${facts.errorsLastHour} errors within the last hour`, 'See the log for what failed')
  }
  const slow = slowCycle(snapshot, facts)
  const told = known.get('slow_cycle')
  if (slow !== null) add('slow_cycle', slow, 'Choose a longer interval, or more accounts in parallel')
  // A cycle in which no account was due is quick, whatever the others are.
  else if (told !== undefined && facts.judgeLast && snapshot.last_cycle?.accounts === 0)
    add('slow_cycle', told.message, told.remedy)
  const { free_bytes } = snapshot.store
  // Files come and go: space must be a tenth above the limit for the alert to be over.
  const lowBelow = 2 * facts.minFreeBytes * (known.has('disk_low') ? 1.1 : 1)
  if (free_bytes !== null && free_bytes < lowBelow) {
    const left = `${gigabytes(free_bytes)} left of the disk of ${snapshot.host.data_folder}`
    add(
      'disk',
      `The disk is nearly full: ${left}. Syncing waits below ${gigabytes(facts.minFreeBytes)}`,
      'Free some space, or lower the setting minFreeBytes',
      'disk_low',
    )
  }
  if (facts.apiTrouble !== null) add('api', facts.apiTrouble.message, facts.apiTrouble.remedy)
  const ahead = facts.clockAheadMs ?? 0
  const latest = latestKnown(snapshot)
  if (Math.abs(ahead) > CLOCK_SLACK_MS) {
    add(
      'clock',
      `This computer’s clock is ${duration(Math.abs(ahead) / 1000)} ${ahead > 0 ? 'ahead of' : 'behind'} Google’s`,
      'Set the clock, or let it be set from the network: Google refuses sign-ins by a wrong clock, and the times shown are wrong',
    )
  } else if (latest !== null && latest - facts.now.getTime() > CLOCK_SLACK_MS) {
    add(
      'clock',
      `This computer’s clock says ${facts.now.toISOString()}, but a sync ended at ${new Date(latest).toISOString()}`,
      'Set the clock, or let it be set from the network. Syncing goes on; the times shown may be wrong',
    )
  }
  return alerts
}

/** In words when a cycle takes longer than the interval, the running one or else the last. */
function slowCycle(snapshot: Snapshot, { cycleSeconds, judgeLast }: AlertFacts): string | null {
  const interval = snapshot.interval_minutes * 60
  if (cycleSeconds !== null && cycleSeconds > interval)
    return `The current sync has been running for ${Math.round(cycleSeconds)} s, longer than the interval`
  const last = snapshot.last_cycle
  if (last === null || !judgeLast || last.duration_seconds <= interval) return null
  return `The last sync took ${Math.round(last.duration_seconds)} s, longer than the interval`
}

/** The latest moment at which something surely happened. */
function latestKnown({ last_cycle, accounts }: Snapshot): number | null {
  const times = [last_cycle?.finished_at, ...accounts.map((account) => account.last_synced_at)]
  const known = times.flatMap((time) => (time === null || time === undefined ? [] : [Date.parse(time)]))
  return known.length === 0 ? null : Math.max(...known)
}

const gigabytes = (bytes: number): string => `${(bytes / 1_000_000_000).toFixed(1)} GB`
