import type { NotificationConstructorOptions } from 'electron'
import { number } from '../../shared/describe.ts'
import { isAbort } from '../../shared/errors.ts'
import type { Alert } from '../../shared/status.ts'
import type { Clock, Log } from '../ports.ts'
import type { Place } from './place.ts'
import { cut, shownAddress } from './words.ts'

/** What we use of one of Electron's notifications. */
export interface ShownNotification {
  on(event: 'click', listener: () => void): unknown
  on(event: 'failed', listener: (event: unknown, error: string) => void): unknown
  show(): void
  close(): void
}

export interface NotificationsDeps {
  /** Electron's `Notification`. */
  readonly make: (options: NotificationConstructorOptions) => ShownNotification
  readonly isSupported: () => boolean
  readonly isWanted: () => boolean
  /** Leads to the remedy. */
  readonly open: (place: Place) => void
  readonly clock: Clock
  readonly log: Log
}

/** Tells the person what stands. */
export interface Notifications {
  /** The alerts that stand now: new ones are shown, those that ended are taken away. */
  follow(alerts: readonly Alert[]): void
  /** Takes everything away and shows nothing any more. */
  close(): void
}

/** What goes wrong for many accounts goes wrong at nearly the same time: one notification tells of all. */
const GATHER_MS = 2_000
/** Of one kind nothing more is shown for so long; what came meanwhile is then told at once. */
const QUIET_MS = 10 * 60_000
/** Systems cut longer texts, each at its own place. */
const LONGEST_BODY = 240

interface Shown {
  readonly keys: Set<string>
  readonly notification: ShownNotification
}

/**
 * Shows each alert once while its cause stands. They are taken from the snapshot, not from the service's own events, so that a service in
 * another process is told of alike.
 */
export function createNotifications(deps: NotificationsDeps): Notifications {
  const { clock, log } = deps
  /** Keys of causes that stand and need no further word. */
  const told = new Set<string>()
  /** Standing causes that are to be shown, by kind. */
  const gathered = new Map<Alert['kind'], Map<string, Alert>>()
  const shown = new Set<Shown>()
  /** When a kind was last shown, monotonic milliseconds. */
  const lastShown = new Map<Alert['kind'], number>()
  const closed = new AbortController()
  let isTold = false

  const show = (alerts: readonly Alert[]): void => {
    const [first] = alerts
    if (first === undefined || !deps.isWanted() || closed.signal.aborted) return
    if (!deps.isSupported()) {
      if (!isTold) log.info('This system shows no notifications; alerts are in the tray, the window and the log')
      isTold = true
      return
    }
    lastShown.set(first.kind, clock.monotonic())
    const { title, body } = wordsOf(alerts)
    const entry: Shown = { keys: new Set(alerts.map(({ key }) => key)), notification: deps.make({ title, body }) }
    entry.notification.on('click', () => deps.open(placeOf(alerts)))
    entry.notification.on('failed', (_event, error) => {
      log.info(`A notification could not be shown: ${error}`)
      shown.delete(entry)
    })
    // Kept, or it would be collected with its click.
    shown.add(entry)
    entry.notification.show()
  }

  const gather = (alert: Alert): void => {
    const others = gathered.get(alert.kind)
    if (others !== undefined) {
      others.set(alert.key, alert)
      return
    }
    const group = new Map([[alert.key, alert]])
    gathered.set(alert.kind, group)
    const before = lastShown.get(alert.kind)
    const wait = Math.max(GATHER_MS, before === undefined ? 0 : before + QUIET_MS - clock.monotonic())
    clock.sleep(wait, closed.signal).then(
      () => {
        gathered.delete(alert.kind)
        show([...group.values()])
      },
      (error: unknown) => {
        if (!isAbort(error)) throw error
      },
    )
  }

  return {
    follow: (alerts) => {
      const standing = new Set(alerts.map(({ key }) => key))
      for (const key of told) {
        if (standing.has(key)) continue
        told.delete(key)
        for (const group of gathered.values()) group.delete(key)
        for (const entry of shown) {
          entry.keys.delete(key)
          if (entry.keys.size > 0) continue
          shown.delete(entry)
          entry.notification.close()
        }
      }
      for (const alert of alerts) {
        if (told.has(alert.key)) continue
        told.add(alert.key)
        gather(alert)
      }
    },
    close: () => {
      closed.abort()
      for (const { notification } of shown) notification.close()
      shown.clear()
    },
  }
}

/** What one notification says of alerts of one kind. */
export function wordsOf(alerts: readonly Alert[]): { readonly title: string; readonly body: string } {
  const [first, ...others] = alerts
  if (first === undefined) throw new Error('There is nothing to tell')
  if (others.length === 0) {
    return { title: titles[first.kind](first.account), body: withRemedy(first.message, first.remedy) }
  }
  const names = alerts.slice(0, 3).flatMap(({ account }) => (account === null ? [] : [shownAddress(account)]))
  const rest = alerts.length - names.length
  const who = rest > 0 && names.length > 0 ? `${names.join(', ')} and ${number(rest)} more` : names.join(', ')
  const remedies = new Set(alerts.map(({ remedy }) => remedy))
  const what = remedies.size === 1 ? first.remedy : 'Open Mailtide to see what to do for each'
  return {
    title: titles[first.kind](`${number(alerts.length)} accounts`),
    body: who === '' ? cut(what, LONGEST_BODY) : withRemedy(who, what),
  }
}

/** What to do must be readable, whatever happened. */
function withRemedy(what: string, remedy: string): string {
  const room = Math.max(60, LONGEST_BODY - remedy.length - 2)
  return cut(`${cut(what, room)}. ${remedy}`, LONGEST_BODY)
}

/** Short enough for the narrowest system; `who` is an address, a number of accounts, or nobody. */
const titles: Readonly<Record<Alert['kind'], (who: string | null) => string>> = {
  needs_reauth: (who) => `Sign in again: ${subject(who)}`,
  sync_failure: (who) => `Cannot be synced: ${subject(who)}`,
  sign_in_ends: (who) => `The sign-in ends soon: ${subject(who)}`,
  incomplete: (who) => `The copy is not complete: ${subject(who)}`,
  error_rate: () => 'Many errors within an hour',
  slow_cycle: () => 'Syncing takes longer than its interval',
  unexpected_restart: () => 'Mailtide ended unexpectedly before',
  disk: () => 'Disk space runs short',
  originals: () => 'The folder of originals is missing',
  unreadable: () => 'Original mails cannot be read',
  store: () => 'The database does not work',
  clock: () => 'This computer’s clock is wrong',
  api: () => 'The HTTP API is off',
}

const subject = (who: string | null): string => (who === null ? 'an account' : shownAddress(who))

const pages: Readonly<Record<Alert['kind'], Place['page']>> = {
  needs_reauth: 'overview',
  sync_failure: 'overview',
  sign_in_ends: 'overview',
  incomplete: 'overview',
  error_rate: 'logs',
  slow_cycle: 'settings',
  unexpected_restart: 'logs',
  disk: 'overview',
  originals: 'overview',
  unreadable: 'overview',
  store: 'overview',
  clock: 'overview',
  api: 'settings',
}

/** Where the remedy is: at the account, when there is only one. */
export function placeOf(alerts: readonly Alert[]): Place {
  const [first] = alerts
  if (first === undefined) return { page: 'overview' }
  const page = pages[first.kind]
  return alerts.length > 1 || first.account === null ? { page } : { page, account: first.account }
}
