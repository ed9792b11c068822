import type { AccountSnapshot, Alert, Snapshot } from '../../shared/status.ts'

/** What alerts depend on beside the snapshot itself. */
export interface AlertFacts {
  readonly now: Date
  readonly errorsLastHour: number
  /** Errors in an hour that are worth an alert. */
  readonly errorsPerHour: number
  /** The last run ended without saying so (crash, power loss, kill). */
  readonly restartedUnexpectedly: boolean
}

type Standing = Omit<Alert, 'since'>

/**
 * The alerts that stand, given the snapshot and those that stood before: each has a key for its cause and keeps its `since` as long as the
 * cause stands, so that nobody is told twice. Pure.
 */
export function standingAlerts(snapshot: Snapshot, before: readonly Alert[], facts: AlertFacts): Alert[] {
  const known = new Map(before.map((alert) => [alert.key, alert]))
  const standing = [
    ...serviceAlerts(snapshot, facts),
    ...snapshot.accounts.flatMap((account) => accountAlerts(account, facts.now)),
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

/** A wait passes by itself, but not knowing for hours that nothing is synced is no way to find out. */
const LONG_WAIT_MS = 3 * 60 * 60_000

function longWait(account: AccountSnapshot & { state: 'waiting' }, now: Date): Standing[] {
  const last = account.last_synced_at === null ? null : Date.parse(account.last_synced_at)
  if (account.reason === 'quota' || last === null || now.getTime() - last < LONG_WAIT_MS) return []
  const hours = Math.floor((now.getTime() - last) / 3_600_000)
  const message = `${account.email} has not been synced for ${hours} hours: ${account.message}`
  return [about(account, 'sync_failure', message, account.remedy ?? 'Mailtide keeps trying by itself')]
}

function accountAlerts(account: AccountSnapshot, now: Date): Standing[] {
  switch (account.state) {
    case 'needs_reauth':
      return [
        about(account, 'needs_reauth', `${account.email} needs a new sign-in: ${account.message}`, account.remedy),
      ]
    case 'error':
      return [about(account, 'sync_failure', `${account.email} cannot be synced: ${account.message}`, account.remedy)]
    case 'waiting':
      if (account.reason !== 'disk') return longWait(account, now)
      return [about(account, 'disk', account.message, account.remedy ?? 'Free some space; syncing goes on by itself')]
    default:
      return []
  }
}

const about = (account: AccountSnapshot, kind: Alert['kind'], message: string, remedy: string): Standing => ({
  // Space is short for everybody: one alert, whoever met it.
  key: kind === 'disk' ? kind : `${kind}:${account.id}`,
  kind,
  account: kind === 'disk' ? null : account.email,
  message,
  remedy,
})

function serviceAlerts(snapshot: Snapshot, facts: AlertFacts): Standing[] {
  const alerts: Standing[] = []
  const add = (kind: Alert['kind'], message: string, remedy: string): void => {
    alerts.push({ key: kind, kind, account: null, message, remedy })
  }
  if (snapshot.failure !== null) add('store', snapshot.failure.message, snapshot.failure.remedy)
  if (facts.restartedUnexpectedly) {
    add(
      'unexpected_restart',
      'The last run ended without a clean stop',
      'Nothing stored was lost. If it happens again, look at the log before the restart',
    )
  }
  if (facts.errorsLastHour > facts.errorsPerHour) {
    add('error_rate', `${facts.errorsLastHour} errors within the last hour`, 'See the log for what failed')
  }
  const last = snapshot.last_cycle
  // A first download may take hours and is no reason for concern.
  const isBackfilling = snapshot.accounts.some((account) => account.backfill !== null)
  if (last !== null && !isBackfilling && last.duration_seconds > snapshot.interval_minutes * 60) {
    add(
      'slow_cycle',
      `The last sync took ${Math.round(last.duration_seconds)} s, longer than the interval`,
      'Choose a longer interval, or more accounts in parallel',
    )
  }
  return alerts
}
