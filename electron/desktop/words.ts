import { assertNever, counted, isHeld, number } from '../../shared/describe.ts'
import { type AccountTally, isClockWait, needsYou, tallyOf } from '../../shared/needs-you.ts'
import type { AccountSnapshot, Alert, Snapshot } from '../../shared/status.ts'
import type { LinkState } from './link.ts'

/** A moment as people near it say it, such as `14:35`. */
export type TimeOf = (at: string) => string

/** What the tray speaks of. */
export interface Told {
  readonly link: LinkState
  /** The last that was heard; null before the first. */
  readonly snapshot: Snapshot | null
  readonly timeOf: TimeOf
}

/** Moments in the person's own way of writing: the time today, the day with it on others. */
export function localTimes(now: () => Date, locale?: string, timeZone?: string): TimeOf {
  const zone = timeZone === undefined ? {} : { timeZone }
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', ...zone })
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', ...zone })
  return (at) => {
    const date = new Date(at)
    if (day.format(date) === day.format(now())) return time.format(date)
    return `${day.format(date)}, ${time.format(date)}`
  }
}

/** A whole percent that says 100 only when nothing is left. */
const percentOf = (percent: number): number => (percent >= 100 ? 100 : Math.min(99, Math.floor(percent)))

/** Conditions that mend themselves, or are news, do not call for the person. */
const passing: ReadonlySet<Alert['kind']> = new Set(['error_rate', 'slow_cycle', 'unexpected_restart'])

/** What the person must act upon that is not about one account's state. */
const callingAlerts = ({ alerts }: Snapshot): readonly Alert[] => alerts.filter(({ kind }) => !passing.has(kind))

export const iconStates = ['idle', 'syncing', 'attention', 'stopped'] as const
export type IconState = (typeof iconStates)[number]

/** What the icon says: the person's turn first, then what Mailtide does. */
export function iconState({ link, snapshot }: Pick<Told, 'link' | 'snapshot'>): IconState {
  if (link.kind === 'failed') return 'attention'
  if ((link.kind !== 'own' && link.kind !== 'attached') || snapshot === null) return 'stopped'
  switch (snapshot.state) {
    case 'failed':
      return 'attention'
    case 'stopped':
    case 'stopping':
      return 'stopped'
    case 'idle':
    case 'syncing':
      if (snapshot.accounts.some((account) => needsYou(account, snapshot)) || callingAlerts(snapshot).length > 0)
        return 'attention'
      return snapshot.state
    default:
      return assertNever(snapshot.state)
  }
}

/** What is true now, in one line without a full stop. It changes with what happens, not with the clock. */
export function statusLine({ link, snapshot }: Pick<Told, 'link' | 'snapshot'>): string {
  switch (link.kind) {
    case 'starting':
      return link.doing === null ? 'Starting' : `Starting: ${link.doing}`
    case 'gone':
      return 'Stopped: the background service was stopped'
    case 'lost':
      return `No answer from the background service (process ${link.owner.pid})`
    case 'failed':
      return `Mailtide cannot run: ${link.error.message}`
    case 'own':
    case 'attached':
      return snapshot === null ? 'Starting' : serviceLine(snapshot)
    default:
      return assertNever(link)
  }
}

function serviceLine(snapshot: Snapshot): string {
  switch (snapshot.state) {
    case 'stopped':
      return 'Stopped: no mail is copied until you start it again'
    case 'stopping':
      return 'Stopping'
    case 'failed':
      return snapshot.failure === null ? 'Failed' : `Failed: ${snapshot.failure.message}`
    case 'syncing':
      return workLine(snapshot)
    case 'idle':
      return restLine(snapshot)
    default:
      return assertNever(snapshot.state)
  }
}

function workLine({ current, accounts }: Snapshot): string {
  if (current === null) return 'Syncing'
  const account = accounts.find(({ email }) => email === current.account)
  const backfill = account?.backfill ?? null
  const name = account === undefined ? shownAddress(current.account) : shownName(account)
  if (backfill === null) return `Syncing ${name}`
  return backfill.listing_complete ? `Copying ${name}, ${percentOf(backfill.percent)} %` : `Copying ${name}`
}

/** What the head of the window says between cycles. */
function restLine(snapshot: Snapshot): string {
  const { accounts } = snapshot
  const tally = tallyOf(snapshot)
  if (tally.all === 0) return 'No account yet'
  if (tally.paused === tally.all) return tally.all === 1 ? 'The account is paused' : 'All accounts are paused'
  if (tally.upToDate + tally.paused < tally.all) return tallyLine(tally)
  const left = accounts.reduce((sum, account) => sum + account.messages_failed + account.messages_waiting, 0)
  if (left > 0) return `Everything is up to date but for ${counted(left, 'message')}`
  return tally.paused > 0 ? tallyLine(tally) : 'Everything is up to date'
}

/** `2 accounts need you, 1 is waiting`: the first clause names what is counted. */
function tallyLine({ needYou, waiting, unfinished, upToDate, paused }: AccountTally): string {
  const are = (count: number): string => (count === 1 ? 'is' : 'are')
  const clauses = [
    [needYou, needYou === 1 ? 'needs you' : 'need you'],
    [waiting, `${are(waiting)} waiting`],
    [unfinished, `${are(unfinished)} not copied yet`],
    [upToDate, `${are(upToDate)} up to date`],
    [paused, `${are(paused)} paused`],
  ] as const
  return clauses
    .filter(([count]) => count > 0)
    .map(([count, rest], index) => `${index === 0 ? counted(count, 'account') : number(count)} ${rest}`)
    .join(', ')
}

/** When the next cycle begins, in words; null while there is none to come. */
export function nextLine({ link, snapshot, timeOf }: Told): string | null {
  if ((link.kind !== 'own' && link.kind !== 'attached') || snapshot?.next_cycle_at == null) return null
  return snapshot.state === 'idle' ? `Next sync at ${timeOf(snapshot.next_cycle_at)}` : null
}

/** The state of an account, in the words that the window uses. */
export function accountLine(account: AccountSnapshot, { snapshot, timeOf }: Told): string {
  switch (account.state) {
    case 'new':
      return 'Waiting for its first sync'
    case 'backfilling': {
      if (snapshot?.running !== true) return 'Mailbox not copied yet'
      const percent = account.backfill?.listing_complete === true ? `, ${percentOf(account.backfill.percent)} %` : ''
      return `Copying the mailbox${percent}`
    }
    case 'up_to_date':
      return 'Up to date'
    case 'syncing':
      return 'Syncing'
    case 'waiting':
      return snapshot?.running === true ? waitLine(account, timeOf) : 'Last sync not finished'
    case 'needs_reauth':
      return 'Needs you to sign in'
    case 'error':
      return 'Stopped by an error'
    case 'paused':
      return 'Paused by you'
    default:
      return assertNever(account)
  }
}

function waitLine(account: AccountSnapshot & { readonly state: 'waiting' }, timeOf: TimeOf): string {
  if (isHeld(account)) return `First download waits: ${account.reason === 'battery' ? 'on battery' : 'metered network'}`
  switch (account.reason) {
    case 'quota':
      return `Waiting for Google’s quota until ${timeOf(account.until)}`
    case 'network':
      return `Waiting for the network, next try ${timeOf(account.until)}`
    case 'server':
      if (isClockWait(account)) return 'Waiting for the right time: this computer’s clock is off'
      return `Waiting for Google’s servers, next try ${timeOf(account.until)}`
    case 'disk':
      return 'Waiting for free disk space'
    case 'originals':
      return 'Waiting for the folder of originals'
    default:
      return `Waiting for the database, next try ${timeOf(account.until)}`
  }
}

const LONGEST_ADDRESS = 44

/** Control characters, among them those that turn the direction of a text: no address has them, whoever made it up. */
const controls = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu
const rightToLeft = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u

/** An address in one line: long ones lose the end of their local part first; right-to-left ones stay apart from the words beside them. */
export function shownAddress(email: string): string {
  const clean = email.replace(controls, '')
  const at = clean.lastIndexOf('@')
  const domain = at < 0 ? '' : clean.slice(at)
  const local = at < 0 ? clean : clean.slice(0, at)
  const room = Math.max(8, LONGEST_ADDRESS - lettersOf(domain).length)
  const short = `${cut(local, room)}${cut(domain, LONGEST_ADDRESS - 8)}`
  return rightToLeft.test(short) ? `\u2066${short}\u2069` : short
}

/** What an account is called, and whether it is the demo. */
export const shownName = ({ email, demo }: Pick<AccountSnapshot, 'email' | 'demo'>): string =>
  demo ? `${shownAddress(email)} (demo)` : shownAddress(email)

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const lettersOf = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment)

/** The text with at most so many letters; what is left out shows as `…`. */
export function cut(text: string, letters: number): string {
  const all = lettersOf(text)
  return all.length <= letters ? text : `${all.slice(0, Math.max(1, letters - 1)).join('')}…`
}

/** Windows shows no more (`szTip`, https://learn.microsoft.com/windows/win32/api/shellapi/ns-shellapi-notifyicondataw). */
const LONGEST_TOOLTIP = 127

/** One line for the icon's tooltip, at most 127 UTF-16 units. */
export function tooltip(told: Told): string {
  const next = nextLine(told)
  const line = `Mailtide: ${statusLine(told)}${next === null ? '' : ` · ${next}`}`.replace(/\s+/g, ' ').trim()
  if (line.length <= LONGEST_TOOLTIP) return line
  let short = ''
  for (const letter of lettersOf(line)) {
    if (short.length + letter.length > LONGEST_TOOLTIP - 1) break
    short += letter
  }
  return `${short}…`
}
