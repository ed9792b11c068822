import {
  counted,
  describeAccount,
  describeBackfill,
  describeService,
  duration,
  moment,
  number,
} from '../../shared/describe.ts'
import type { AccountSnapshot, Alert, Snapshot } from '../../shared/status.ts'
import { oneLine } from '../platform/log-format.ts'
import type { AccountLine } from './offline.ts'

const WIDTH = 80

/** How words are made to stand out; both leave the text as it is where colour is not wanted. */
export interface Paint {
  readonly strong: (text: string) => string
  readonly bad: (text: string) => string
}

export const plain: Paint = { strong: (text) => text, bad: (text) => text }
export const coloured: Paint = {
  strong: (text) => `\u001b[1m${text}\u001b[0m`,
  bad: (text) => `\u001b[31m${text}\u001b[0m`,
}

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
  return `${[...lines, ...snapshot.accounts.flatMap((account) => accountLines(account, now, paint))].join('\n')}\n`
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

function accountLines(account: AccountSnapshot, now: Date, paint: Paint): readonly string[] {
  const { last_error, backfill, messages_waiting, messages_failed, messages_deleted } = account
  const asks = account.state === 'needs_reauth' || account.state === 'error'
  const remedy = 'remedy' in account ? account.remedy : null
  const kept = [
    `${counted(account.messages_stored, 'message')} stored`,
    ...(messages_deleted > 0 ? [`${number(messages_deleted)} of them deleted in Gmail`] : []),
    ...(messages_waiting > 0 ? [`${number(messages_waiting)} to download`] : []),
    ...(messages_failed > 0 ? [`${number(messages_failed)} that failed and are tried again`] : []),
  ]
  const showBackfill = backfill !== null && account.state !== 'backfilling'
  const repeatsState = 'message' in account && last_error?.message === account.message
  return [
    '',
    ...wrap(account.email, '', paint.strong),
    ...wrap(describeAccount(account, now), '  ', asks ? paint.bad : undefined),
    ...(remedy === null ? [] : wrap(`What to do: ${remedy}`, '  ')),
    ...(showBackfill ? wrap(`First download: ${describeBackfill(account)}`, '  ') : []),
    ...wrap(kept.join(', '), '  '),
    ...(last_error === null || repeatsState
      ? []
      : [
          ...wrap(`Last error, ${moment(last_error.at, now)}: ${last_error.message}`, '  '),
          ...(last_error.remedy === null ? [] : wrap(`What to do: ${last_error.remedy}`, '  ')),
        ]),
  ]
}

const noAccounts = ['There are no accounts yet. Add one with:', '  mailtide accounts import-token FILE']

/** `accounts list` for people. */
export function accountsText(accounts: readonly AccountLine[]): string {
  if (accounts.length === 0) return `${noAccounts.join('\n')}\n`
  return accounts
    .flatMap((account) => {
      const synced = account.last_synced_at === null ? 'never synced' : `last synced ${account.last_synced_at}`
      const failed = account.messages_failed > 0 ? `, ${number(account.messages_failed)} failed` : ''
      return [
        ...wrap(`${account.email} (${account.state.replaceAll('_', ' ')})`),
        ...wrap(`${counted(account.messages_stored, 'message')} stored${failed}, ${synced}`, '  '),
      ]
    })
    .map((line) => `${line}\n`)
    .join('')
}

/** Breaks a text into lines of at most 80 columns at its spaces; what has none stays whole. Later lines are indented more. */
export function wrap(text: string, indent = '', paint: (text: string) => string = (same) => same): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of oneLine(text).split(' ')) {
    const hanging = lines.length === 0 ? indent : `${indent}  `
    if (line === '') line = `${hanging}${word}`
    else if (line.length + 1 + word.length <= WIDTH) line += ` ${word}`
    else {
      lines.push(line)
      line = `${indent}  ${word}`
    }
  }
  return [...lines, line].map((each) => paint(each))
}
