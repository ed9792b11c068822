import { counted, describeAccount, describeService, duration } from '../../shared/describe.ts'
import type { AccountSnapshot, Alert, Snapshot } from '../../shared/status.ts'
import { oneLine } from '../platform/log-format.ts'

/*
 * What a plugin of Nagios and its kin says: one line of text, a bar, and figures as 'label'=value[unit];warn;crit;min;max
 * (https://nagios-plugins.org/doc/guidelines.html, Plugin Output and Performance data).
 */

export const severities = ['OK', 'WARNING', 'CRITICAL', 'UNKNOWN'] as const
export type Severity = (typeof severities)[number]

/** What alerts: outside of `from`…`to`, or inside of it with `inside`. */
export interface Range {
  readonly from: number
  readonly to: number
  readonly inside: boolean
}

/** A threshold range `[@]start:end`: `10` is 0 to 10, `10:` from 10 up, `~:10` up to 10. Null when it is none. */
export function parseRange(text: string): Range | null {
  const match = /^(@?)(?:(~|-?\d+(?:\.\d+)?):)?(-?\d+(?:\.\d+)?)?$/.exec(text)
  if (match === null) return null
  const [, at, start, end] = match
  if (start === undefined && end === undefined) return null
  const from = start === undefined ? 0 : start === '~' ? Number.NEGATIVE_INFINITY : Number(start)
  const to = end === undefined ? Number.POSITIVE_INFINITY : Number(end)
  return from > to ? null : { from, to, inside: at === '@' }
}

export const alertsAt = ({ from, to, inside }: Range, value: number): boolean =>
  (value >= from && value <= to) === inside

/** A range as it is written, its bounds multiplied. */
export function rangeText({ from, to, inside }: Range, factor: number): string {
  const end = to === Number.POSITIVE_INFINITY ? '' : String(to * factor)
  const start = from === 0 && end !== '' ? '' : `${from === Number.NEGATIVE_INFINITY ? '~' : from * factor}:`
  return `${inside ? '@' : ''}${start}${end}`
}

export interface CheckOptions {
  readonly now: Date
  /** Minutes since the last sync of an account. Null: by its own rhythm. */
  readonly warning: Range | null
  readonly critical: Range | null
  /** Only this account, by address or id. */
  readonly account: string | undefined
}

export interface Verdict {
  readonly severity: Severity
  readonly text: string
  readonly figures: readonly string[]
}

interface Finding {
  readonly severity: Severity
  readonly text: string
}

/** Judges a snapshot. The worst finding decides; all of them are told, the worst first. */
export function judgeSnapshot(snapshot: Snapshot, options: CheckOptions): Verdict {
  const accounts = snapshot.accounts.filter(
    ({ email, id }) => options.account === undefined || email === options.account || id === options.account,
  )
  if (options.account !== undefined && accounts.length === 0) {
    return { severity: 'UNKNOWN', text: `There is no account ${options.account}`, figures: [] }
  }
  const alerts = snapshot.alerts.filter(
    ({ account }) => account === null || accounts.some(({ email, id }) => email === account || id === account),
  )
  const findings = [
    ...serviceFindings(snapshot, options.now),
    ...alerts.map(alertFinding),
    ...accounts.flatMap((account) => accountFindings(account, snapshot, options, alerts)),
  ].toSorted((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity))
  const [worst] = findings
  const messages = accounts.reduce((sum, account) => sum + account.messages_stored, 0)
  const fine = `${counted(accounts.length, 'account')}, ${counted(messages, 'message')}. ${describeService(snapshot, options.now)}`
  return {
    severity: worst?.severity ?? 'OK',
    text: worst === undefined ? fine : findings.map(({ text }) => text).join('; '),
    figures: [
      ...accounts.flatMap((account) => ageFigure(account, snapshot, options)),
      figure('messages', messages),
      figure(
        'failed',
        accounts.reduce((sum, account) => sum + account.messages_failed, 0),
      ),
      figure(
        'waiting',
        accounts.reduce((sum, account) => sum + account.messages_waiting, 0),
      ),
      figure('errors', `${snapshot.error_count}c`),
      figure('emails', `${snapshot.total_emails_synced}c`),
      ...(snapshot.last_sync_duration_seconds === null
        ? []
        : [figure('cycle', `${snapshot.last_sync_duration_seconds}s`)]),
    ],
  }
}

/** The line that Nagios reads. A bar in the text would begin the figures. */
export function verdictLine({ severity, text, figures }: Verdict): string {
  const clean = oneLine(text).replaceAll('|', '/')
  return `MAILTIDE ${severity} - ${clean}${figures.length === 0 ? '' : ` | ${figures.join(' ')}`}`
}

function serviceFindings(snapshot: Snapshot, now: Date): readonly Finding[] {
  switch (snapshot.state) {
    case 'failed':
      return [{ severity: 'CRITICAL', text: describeService(snapshot, now) }]
    case 'stopped':
    case 'stopping':
      return [{ severity: 'WARNING', text: 'Mailtide is running, but syncing is stopped' }]
    case 'idle':
    case 'syncing':
      return snapshot.accounts.length === 0 ? [{ severity: 'WARNING', text: 'There are no accounts yet' }] : []
  }
}

/** What stands in the way of all syncing, or waits for the person, is critical. */
const criticalKinds: ReadonlySet<Alert['kind']> = new Set(['needs_reauth', 'store'])

const alertFinding = ({ kind, message }: Alert): Finding => ({
  severity: criticalKinds.has(kind) ? 'CRITICAL' : 'WARNING',
  text: message,
})

function accountFindings(
  account: AccountSnapshot,
  snapshot: Snapshot,
  options: CheckOptions,
  alerts: readonly Alert[],
): readonly Finding[] {
  const found: Finding[] = []
  const say = (severity: Severity, text: string) => found.push({ severity, text: `${account.email}: ${text}` })
  const isTold = alerts.some(
    ({ kind, account: of }) => kind === 'needs_reauth' && (of === account.email || of === account.id),
  )
  const blocked =
    (account.state === 'needs_reauth' && !isTold) ||
    account.state === 'error' ||
    (account.state === 'waiting' && (account.reason === 'disk' || account.reason === 'originals'))
  if (blocked) say('CRITICAL', describeAccount(account, snapshot, options.now))
  // Whoever pauses an account does not want to hear that it grows old.
  if (account.state === 'paused' || account.last_synced_at === null) return found
  const minutes = ageSeconds(account.last_synced_at, options.now) / 60
  const { warning, critical } = thresholds(account, snapshot, options)
  const old = `last synced ${duration(minutes * 60)} ago`
  if (alertsAt(critical, minutes)) say('CRITICAL', old)
  else if (alertsAt(warning, minutes)) say('WARNING', old)
  return found
}

/** Twice and six times what the account's own settings let pass between two syncs, unless the person says otherwise. */
function thresholds(account: AccountSnapshot, snapshot: Snapshot, { warning, critical }: CheckOptions) {
  const { last_synced_at, next_due_at } = account
  const due =
    last_synced_at === null || next_due_at === null
      ? 60
      : (Date.parse(next_due_at) - Date.parse(last_synced_at)) / 60_000
  const usual = Math.max(1, Math.round(Math.max(0, due) + snapshot.interval_minutes))
  return { warning: warning ?? upTo(2 * usual), critical: critical ?? upTo(6 * usual) }
}

const upTo = (to: number): Range => ({ from: 0, to, inside: false })
const ageSeconds = (at: string, now: Date): number => Math.max(0, Math.round((now.getTime() - Date.parse(at)) / 1_000))

function ageFigure(account: AccountSnapshot, snapshot: Snapshot, options: CheckOptions): readonly string[] {
  if (account.last_synced_at === null) return []
  const { warning, critical } = thresholds(account, snapshot, options)
  const age = `${ageSeconds(account.last_synced_at, options.now)}s`
  return [figure(`${account.email} age`, age, rangeText(warning, 60), rangeText(critical, 60))]
}

/** Quoted where it must be: a label holds no equals sign, and doubles its quotes. */
function figure(label: string, value: number | string, warning = '', critical = ''): string {
  const clean = oneLine(label).replaceAll('=', ' ').replaceAll('|', '/').replaceAll("'", "''")
  const shown = /^[\w.@-]+$/.test(clean) ? clean : `'${clean}'`
  return `${shown}=${value};${warning};${critical};0`
}
