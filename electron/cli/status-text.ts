import { describeCompleteness } from '../../shared/audit-words.ts'
import {
  counted,
  describeAccount,
  describeBackfill,
  describeService,
  describeSignInEnd,
  duration,
  moment,
  number,
  rateText,
} from '../../shared/describe.ts'
import { guideTopic } from '../../shared/google-guide.ts'
import type { AccountSnapshot, Alert, CurrentWork, Snapshot } from '../../shared/status.ts'
import { guidePointer } from './guide-text.ts'
import { wrap } from './lines.ts'
import type { AccountLine } from './offline.ts'
import { bar, type Paint } from './paint.ts'

/** A bar as wide as leaves room for its figures. */
const BAR_CELLS = 30

/** The whole status for people, in 80 columns. */
export function statusText(snapshot: Snapshot, now: Date, paint: Paint): string {
  const { host, store, overrides } = snapshot
  const port = host.port === null ? 'HTTP API off' : `port ${host.port}`
  const lines = [
    ...wrap(`Mailtide ${snapshot.version} is running (${host.kind}, pid ${host.pid}, ${port})`, '', paint.strong),
    ...wrap(describeService(snapshot, now), '', snapshot.state === 'failed' ? paint.bad : undefined),
    ...(snapshot.failure === null ? [] : wrap(`What to do: ${snapshot.failure.remedy}`, '  ')),
    ...wrap(cyclesText(snapshot)),
    ...wrap(`Data folder: ${host.data_folder}${store.kind === 'postgres' ? ' (mail in PostgreSQL)' : ''}`),
    ...(store.durable ? [] : wrap('The database does not survive a power cut on this system', '', paint.bad)),
    ...overrideLines(overrides),
    ...snapshot.alerts.flatMap((alert) => alertLines(alert, paint)),
  ]
  if (snapshot.accounts.length === 0) return `${[...lines, '', ...noAccounts].join('\n')}\n`
  return `${[...lines, ...snapshot.accounts.flatMap((account) => accountLines(account, snapshot, now, paint))].join('\n')}\n`
}

function cyclesText(snapshot: Snapshot): string {
  const { last_sync_duration_seconds: last, total_cycles, interval_minutes, error_count } = snapshot
  const took = last === null ? '' : `, the last took ${duration(last)}`
  const cycles = `Every ${counted(interval_minutes, 'minute')}; ${counted(total_cycles, 'cycle')} so far${took}.`
  const emails = counted(snapshot.total_emails_synced, 'email')
  return `${cycles} ${emails} synced, ${counted(error_count, 'error')}.`
}

function overrideLines({ gmail_root_url, oauth_url }: Snapshot['overrides']): readonly string[] {
  return [
    ...(gmail_root_url === null
      ? []
      : wrap(`Gmail is taken from ${gmail_root_url}, not from Google (MAILTIDE_GMAIL_ROOT_URL)`)),
    ...(oauth_url === null ? [] : wrap(`Sign-in goes to ${oauth_url}, not to Google (MAILTIDE_OAUTH_URL)`)),
  ]
}

const alertLines = ({ message, remedy }: Alert, paint: Paint): readonly string[] => [
  ...wrap(`! ${message}`, '', paint.bad),
  ...wrap(`What to do: ${remedy}`, '  '),
]

function accountLines(account: AccountSnapshot, snapshot: Snapshot, now: Date, paint: Paint): readonly string[] {
  const { last_error, backfill, messages_waiting, messages_failed, messages_deleted } = account
  const asks = account.state === 'needs_reauth' || account.state === 'error'
  const remedy = 'remedy' in account ? account.remedy : null
  const guide = guideTopic('guide' in account ? account.guide : undefined)
  const kept = [
    `${counted(account.messages_stored, 'message')} stored`,
    ...(messages_deleted > 0 ? [`${number(messages_deleted)} of them deleted in Gmail`] : []),
    ...(messages_waiting > 0 ? [`${number(messages_waiting)} to download`] : []),
    ...(messages_failed > 0 ? [`${number(messages_failed)} failed and will be retried`] : []),
  ]
  const showBackfill = backfill !== null && !(account.state === 'backfilling' && snapshot.running)
  const ending = describeSignInEnd(account, now)
  const repeatsState = 'message' in account && last_error?.message === account.message
  return [
    '',
    ...wrap(account.demo ? `${account.email} (demo)` : account.email, '', paint.strong),
    ...wrap(describeAccount(account, snapshot, now), '  ', asks ? paint.bad : undefined),
    ...barLine(account, snapshot.current, paint),
    ...(remedy === null ? [] : wrap(`What to do: ${remedy}`, '  ')),
    ...(guide === undefined ? [] : [`  ${guidePointer(guide)}`]),
    ...(ending === null ? [] : wrap(ending, '  ')),
    ...(showBackfill ? wrap(`First download: ${describeBackfill(account, snapshot)}`, '  ') : []),
    ...wrap(kept.join(', '), '  '),
    ...completenessLines(account, now, paint),
    ...(last_error === null || repeatsState
      ? []
      : [
          ...wrap(`Last error, ${moment(last_error.at, now)}: ${last_error.message}`, '  '),
          ...(last_error.remedy === null ? [] : wrap(`What to do: ${last_error.remedy}`, '  ')),
        ]),
  ]
}

/** Whether the copy is complete; nothing while nobody knows. */
function completenessLines({ completeness }: AccountSnapshot, now: Date, paint: Paint): readonly string[] {
  const { verdict, running } = completeness
  if (verdict === 'unknown' && running === null) return []
  return [
    ...wrap(describeCompleteness(completeness, now), '  ', verdict === 'differs' ? paint.bad : undefined),
    ...(verdict === 'differs' && running === null ? wrap('What to do: mailtide verify --repair', '  ') : []),
  ]
}

/** How far the account is, drawn: its first download, else the work that goes on right now. */
function barLine(account: AccountSnapshot, current: CurrentWork | null, paint: Paint): readonly string[] {
  const { backfill } = account
  if (backfill !== null && backfill.total > 0 && backfill.listing_complete) {
    const shown = Math.min(backfill.percent, backfill.done < backfill.total ? 99.9 : 100).toFixed(1)
    return [`  ${bar(backfill.done / backfill.total, BAR_CELLS, paint)} ${shown} %`]
  }
  if (current === null || current.account !== account.email || current.total === 0) return []
  const rate = current.per_second > 0 ? `, ${rateText(current.per_second)} a second` : ''
  const figures = `${number(current.done)} of ${number(current.total)}${rate}`
  return [`  ${bar(current.done / current.total, BAR_CELLS, paint)} ${figures}`]
}

const noAccounts = ['There are no accounts yet. Add one with:', '  mailtide accounts add']

/** `accounts list` for people. */
export function accountsText(accounts: readonly AccountLine[]): string {
  if (accounts.length === 0) return `${noAccounts.join('\n')}\n`
  return accounts
    .flatMap((account) => {
      const synced = account.last_synced_at === null ? 'never synced' : `last synced ${account.last_synced_at}`
      const failed = account.messages_failed > 0 ? `, ${number(account.messages_failed)} failed` : ''
      return [
        ...wrap(`${account.email} (${account.demo ? 'demo, ' : ''}${account.state.replaceAll('_', ' ')})`),
        ...wrap(`${counted(account.messages_stored, 'message')} stored${failed}, ${synced}`, '  '),
      ]
    })
    .map((line) => `${line}\n`)
    .join('')
}
