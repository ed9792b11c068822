import { counted, number } from '../../shared/describe.ts'
import { inOrder } from '../../shared/needs-you.ts'
import type { AccountSnapshot, Snapshot } from '../../shared/status.ts'
import { describeUpdate, type UpdateState } from '../../shared/update-state.ts'
import type { LoginState } from './login-item.ts'
import type { Place } from './place.ts'
import { accountLine, nextLine, shownName, statusLine, type Told } from './words.ts'

/** What a click in the menu asks for. */
export type MenuAction =
  | { readonly kind: 'sync-now' }
  | { readonly kind: 'start' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'set-interval'; readonly minutes: number }
  | { readonly kind: 'open-window'; readonly place: Place }
  | { readonly kind: 'open-logs' }
  | { readonly kind: 'copy-status-url'; readonly url: string }
  | { readonly kind: 'set-start-at-login'; readonly on: boolean }
  | { readonly kind: 'restart-to-update' }
  | { readonly kind: 'open-releases' }
  | { readonly kind: 'quit' }

interface Named {
  /** What the item is, whatever its label says at the moment. */
  readonly id: string
  readonly label: string
}

/** An item of the menu, as data: what Electron makes of it is `menu-template.ts`. */
export type MenuItem =
  | { readonly kind: 'separator' }
  /** Something to read. */
  | (Named & { readonly kind: 'text' })
  | (Named & { readonly kind: 'action'; readonly enabled: boolean; readonly action: MenuAction })
  | (Named & {
      readonly kind: 'check' | 'radio'
      readonly enabled: boolean
      readonly checked: boolean
      readonly action: MenuAction
    })
  | (Named & { readonly kind: 'submenu'; readonly enabled: boolean; readonly items: readonly MenuItem[] })

/** Everything the menu depends on. */
export interface MenuFacts extends Told {
  /** Null where the system has no such thing, and until it was asked. */
  readonly login: LoginState | null
  readonly update: UpdateState
  /** False when no window can be opened, such as while the program quits. */
  readonly hasWindow: boolean
}

export const intervalChoices: readonly number[] = [1, 5, 10, 15, 30, 60]
/** More would not fit on a screen; the window shows all. */
const MOST_ACCOUNTS = 10

/** The menu of the tray icon. Pure. */
export function trayMenu(facts: MenuFacts): readonly MenuItem[] {
  const { link } = facts
  const next = nextLine(facts)
  return [
    opening('status', statusLine(facts), { page: 'overview' }, facts),
    ...(next === null ? [] : [text('next', next)]),
    ...(link.kind === 'attached' ? [text('owner', `The service runs as process ${link.owner.pid}`)] : []),
    { kind: 'separator' },
    ...accountItems(facts),
    ...syncItems(facts),
    { kind: 'separator' },
    opening('open-window', 'Open window', { page: 'overview' }, facts),
    action('Open logs folder', { kind: 'open-logs' }),
    urlItem(facts),
    ...loginItems(facts),
    { kind: 'separator' },
    ...updateItems(facts),
    action(link.kind === 'attached' ? 'Quit (the service keeps running)' : 'Quit Mailtide', { kind: 'quit' }),
  ]
}

const text = (id: string, label: string): MenuItem => ({ kind: 'text', id, label })
/** Called after what it does. */
const action = (label: string, what: MenuAction, enabled = true): MenuItem => ({
  kind: 'action',
  id: what.kind,
  label,
  enabled,
  action: what,
})
const opening = (id: string, label: string, place: Place, { hasWindow }: MenuFacts): MenuItem => ({
  kind: 'action',
  id,
  label,
  enabled: hasWindow,
  action: { kind: 'open-window', place },
})

/** What is heard from a service that answers; null while none does. */
const live = ({ link, snapshot }: MenuFacts): Snapshot | null =>
  link.kind === 'own' || link.kind === 'attached' ? snapshot : null

/** Those that need the person first, then as the accounts stand; the window has the rest. */
function accountItems(facts: MenuFacts): readonly MenuItem[] {
  const snapshot = live(facts)
  if (snapshot === null) return []
  const { accounts } = snapshot
  if (accounts.length === 0) {
    return [opening('add-account', 'Add an account', { page: 'welcome' }, facts), { kind: 'separator' }]
  }
  const { first, rest } = inOrder(accounts, snapshot)
  const sorted = [...first, ...rest]
  const shown = sorted.slice(0, sorted.length > MOST_ACCOUNTS ? MOST_ACCOUNTS - 1 : MOST_ACCOUNTS)
  const left = sorted.length - shown.length
  return [
    ...shown.map((account) => accountItem(account, facts)),
    ...(left > 0 ? [opening('more-accounts', `and ${number(left)} more…`, { page: 'overview' }, facts)] : []),
    { kind: 'separator' },
  ]
}

const accountItem = (account: AccountSnapshot, facts: MenuFacts): MenuItem =>
  opening(
    `account:${account.id}`,
    `${shownName(account)}: ${accountLine(account, facts)}`,
    { page: 'overview', account: account.email },
    facts,
  )

function syncItems(facts: MenuFacts): readonly MenuItem[] {
  const snapshot = live(facts)
  const { link } = facts
  const state = snapshot?.state
  const syncs = state === 'idle' || state === 'syncing'
  const someCanSync = snapshot?.accounts.some((account) => account.state !== 'paused') ?? false
  const canStart =
    link.kind === 'gone' ||
    link.kind === 'failed' ||
    state === 'stopped' ||
    // Another process begins anew where it was started.
    (state === 'failed' && link.kind === 'own')
  const startOrStop =
    syncs || state === 'stopping'
      ? action('Stop syncing', { kind: 'stop' }, syncs)
      : action('Start syncing', { kind: 'start' }, canStart)
  return [
    action('Sync now', { kind: 'sync-now' }, syncs && someCanSync),
    startOrStop,
    ...(snapshot === null ? [] : [intervalItem(snapshot)]),
  ]
}

/** Every number in minutes alone, so that none can be said in two ways; a custom one stands in its place among the others. */
function intervalItem({ interval_minutes, state }: Snapshot): MenuItem {
  const choices = [...new Set([...intervalChoices, interval_minutes])].toSorted((a, b) => a - b)
  const enabled = state !== 'stopping'
  return {
    kind: 'submenu',
    id: 'interval',
    label: `Interval: ${counted(interval_minutes, 'minute')}`,
    enabled,
    items: choices.map((minutes) => ({
      kind: 'radio',
      id: `interval:${minutes}`,
      label: counted(minutes, 'minute'),
      enabled,
      checked: minutes === interval_minutes,
      action: { kind: 'set-interval', minutes },
    })),
  }
}

/** The status of the service for scripts, at the loopback address that is always served. */
function urlItem(facts: MenuFacts): MenuItem {
  const port = live(facts)?.host.port ?? null
  if (port === null) return text('copy-status-url', 'Copy status URL (the API is off)')
  const url = `http://127.0.0.1:${port}/api/v1/background-sync/status`
  return action('Copy status URL', { kind: 'copy-status-url', url })
}

function loginItems({ login }: MenuFacts): readonly MenuItem[] {
  if (login === null) return []
  return [
    {
      kind: 'check',
      id: 'start-at-login',
      label: login.hint === null ? 'Start at login' : `Start at login (${login.hint})`,
      enabled: true,
      checked: login.isOn,
      action: { kind: 'set-start-at-login', on: !login.isOn },
    },
  ]
}

/** Only what there is to do: nobody opens a menu to read that an app is up to date. */
function updateItems({ update }: MenuFacts): readonly MenuItem[] {
  switch (update.kind) {
    case 'ready':
      return [action(`Restart to update to Mailtide ${update.version}`, { kind: 'restart-to-update' })]
    case 'available':
      return [action(describeUpdate(update).text, { kind: 'open-releases' })]
    default:
      return []
  }
}
