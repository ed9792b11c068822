import type { MenuItemConstructorOptions } from 'electron'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  intervalChoices,
  type MenuAction,
  type MenuFacts,
  type MenuItem,
  trayMenu,
} from '../../electron/desktop/menu.ts'
import { menuTemplate } from '../../electron/desktop/menu-template.ts'
import { placeAddress } from '../../electron/desktop/place.ts'
import { AppError } from '../../shared/errors.ts'
import { account, anyFacts, facts, owner, states } from './facts.ts'

const flat = (items: readonly MenuItem[]): readonly MenuItem[] =>
  items.flatMap((item) => [item, ...(item.kind === 'submenu' ? flat(item.items) : [])])
const labels = (items: readonly MenuItem[]): string[] =>
  items.map((item) => (item.kind === 'separator' ? '-' : item.label))
const item = (given: MenuFacts, id: string): MenuItem | undefined =>
  flat(trayMenu(given)).find((entry) => entry.kind !== 'separator' && entry.id === id)

it('the menu says of the demo that it is one', () => {
  const given = facts({ accounts: [{ ...account({ state: 'up_to_date' }), demo: true }] })
  expect(labels(trayMenu(given))).toContain('ada@example.org (demo): Up to date')
})

it('the menu of a resting service holds all that a person does with it', () => {
  const given = facts({
    accounts: [account({ state: 'up_to_date' })],
    interval_minutes: 5,
    next_cycle_at: '2026-01-01T14:35:00.000Z',
  })
  expect(labels(trayMenu(given))).toEqual([
    'Everything is up to date',
    'Next sync at 14:35',
    '-',
    'ada@example.org: Up to date',
    '-',
    'Sync now',
    'Stop syncing',
    'Interval: 5 minutes',
    '-',
    'Open window',
    'Open logs folder',
    'Copy status URL',
    'Start at login',
    '-',
    'Quit Mailtide',
  ])
})

it('an update that waits for the person is in the menu, just above the end', () => {
  const last = (update: MenuFacts['update']) => trayMenu(facts({}, { update })).slice(-3)
  expect(last({ kind: 'ready', version: '2.0.0' })).toMatchObject([
    { kind: 'separator' },
    { label: 'Restart to update to Mailtide 2.0.0', enabled: true, action: { kind: 'restart-to-update' } },
    { label: 'Quit Mailtide' },
  ])
  expect(last({ kind: 'available', version: '2.0.0' })).toMatchObject([
    { kind: 'separator' },
    { label: 'Mailtide 2.0.0 is available for you to install', action: { kind: 'open-releases' } },
    { label: 'Quit Mailtide' },
  ])
  for (const update of [{ kind: 'off' }, { kind: 'checking' }, { kind: 'failed', reason: 'x' }] as const) {
    expect(last(update).map((entry) => entry.kind)).toEqual([expect.anything(), 'separator', 'action'])
  }
})

describe('every menu', () => {
  const everyMenu = (property: (items: readonly MenuItem[], given: MenuFacts) => void): void =>
    fc.assert(fc.property(anyFacts, (given) => property(trayMenu(given), given)))

  it('ends with the way to quit, and always has the window, the logs and a status', () => {
    everyMenu((items) => {
      expect(items.at(-1)).toMatchObject({ kind: 'action', enabled: true, action: { kind: 'quit' } })
      const ids = flat(items).flatMap((entry) => (entry.kind === 'separator' ? [] : [entry.id]))
      expect(ids).toEqual(expect.arrayContaining(['status', 'open-window', 'open-logs', 'sync-now', 'copy-status-url']))
      expect(ids.filter((id) => id === 'start' || id === 'stop')).toHaveLength(1)
    })
  })

  it('has no separator at an end or beside another, and no empty label', () => {
    everyMenu((items) => {
      const shown = labels(items)
      expect(shown[0]).not.toBe('-')
      expect(shown.some((label, at) => label === '-' && shown[at + 1] === '-')).toBe(false)
      expect(labels(flat(items)).every((label) => label.trim() !== '')).toBe(true)
    })
  })

  it('ticks exactly the interval that holds, and says no number in two ways', () => {
    everyMenu((items, given) => {
      const radios = flat(items).flatMap((entry) => (entry.kind === 'radio' ? [entry] : []))
      if (radios.length === 0) return
      const ticked = radios.filter(({ checked }) => checked)
      expect(ticked.map(({ action }) => action)).toEqual([
        { kind: 'set-interval', minutes: given.snapshot?.interval_minutes },
      ])
      const minutes = radios.flatMap(({ action }) => (action.kind === 'set-interval' ? [action.minutes] : []))
      expect(minutes).toEqual([...new Set(minutes)].toSorted((a, b) => a - b))
      expect(minutes).toEqual(expect.arrayContaining([...intervalChoices]))
      expect(new Set(radios.map(({ label }) => label)).size).toBe(radios.length)
      expect(radios.every(({ label }) => /^[\d,]+ minutes?$/.test(label))).toBe(true)
    })
  })

  it('fits on a screen, with those that need the person first', () => {
    everyMenu((items, given) => {
      const shown = items.filter((entry) => entry.kind === 'action' && entry.id.startsWith('account:'))
      expect(shown.length).toBeLessThanOrEqual(10)
      const count = given.snapshot?.accounts.length ?? 0
      const more = items.filter((entry) => entry.kind === 'action' && entry.id === 'more-accounts')
      if (shown.length > 0) expect(more).toHaveLength(count > 10 ? 1 : 0)
      const calls = shown.map((entry) =>
        /: (Needs you|Stopped by|Waiting for free disk|Waiting for the folder|Last sync not)/.test(
          entry.kind === 'separator' ? '' : entry.label,
        ),
      )
      if (given.snapshot?.running === true) expect(calls).toEqual(calls.toSorted((a, b) => Number(b) - Number(a)))
    })
  })

  it('shows no letter as a shortcut on any system', () => {
    everyMenu((items) => {
      const check = (template: readonly MenuItemConstructorOptions[]): void => {
        for (const entry of template) {
          // Every & is doubled, and a tab would begin a shortcut.
          expect((entry.label ?? '').replaceAll('&&', '')).not.toMatch(/[&\t\n\r]/)
          if (Array.isArray(entry.submenu)) check(entry.submenu)
        }
      }
      check(menuTemplate(items, () => undefined))
    })
  })
})

describe('what can be done', () => {
  it.each([
    ['idle', 'Stop syncing', true, true],
    ['syncing', 'Stop syncing', true, true],
    ['stopping', 'Stop syncing', false, false],
    ['stopped', 'Start syncing', true, false],
    ['failed', 'Start syncing', true, false],
  ] as const)('of a service that is %s: %s (%s), sync now (%s)', (state, label, can, canSync) => {
    const given = facts({ state, accounts: [account({ state: 'up_to_date' })] })
    const startOrStop = item(given, 'start') ?? item(given, 'stop')
    expect(startOrStop).toMatchObject({ label, enabled: can })
    expect(item(given, 'sync-now')).toMatchObject({ enabled: canSync })
    // A setting is kept whatever becomes of the service; only one that is on its way out hears nothing any more.
    expect(item(given, 'interval')).toMatchObject({ enabled: state !== 'stopping' })
    expect(item(given, 'interval:30')).toMatchObject({ enabled: state !== 'stopping' })
  })

  it('is no start for a service of another process that failed: it begins anew where it was started', () => {
    const given = facts({ state: 'failed' }, { link: { kind: 'attached', owner } })
    expect(item(given, 'start')).toMatchObject({ enabled: false })
  })

  it.each([
    ['gone', true],
    ['starting', false],
    ['lost', false],
    ['failed', true],
  ] as const)('without a service (%s): start (%s), and nothing that only a service can', (kind, canStart) => {
    const link = { kind, owner, doing: null, error: new AppError('disk', 'Full') } as MenuFacts['link']
    const given = facts({ accounts: [account({ state: 'up_to_date' })] }, { link })
    expect(item(given, 'start')).toMatchObject({ enabled: canStart })
    expect(item(given, 'sync-now')).toMatchObject({ enabled: false })
    expect(item(given, 'interval')).toBeUndefined()
    expect(item(given, 'account:ada@example.org')).toBeUndefined()
    expect(item(given, 'copy-status-url')).toMatchObject({ kind: 'text' })
  })

  it('is no sync where every account is paused, or there is none', () => {
    expect(item(facts({ accounts: [account({ state: 'paused' })] }), 'sync-now')).toMatchObject({ enabled: false })
    expect(item(facts({ accounts: [] }), 'sync-now')).toMatchObject({ enabled: false })
    expect(item(facts({ accounts: [] }), 'add-account')).toMatchObject({
      action: { kind: 'open-window', place: { page: 'welcome' } },
    })
  })

  it('leads from an account to its place in the window, in every state', () => {
    for (const state of states) {
      expect(item(facts({ accounts: [account(state)] }), 'account:ada@example.org')).toMatchObject({
        enabled: true,
        action: { kind: 'open-window', place: { page: 'overview', account: 'ada@example.org' } },
      })
    }
  })

  it('opens no window while there can be none', () => {
    const given = facts({ accounts: [account({ state: 'up_to_date' })] }, { hasWindow: false })
    const openings = flat(trayMenu(given)).filter(
      (entry) => entry.kind === 'action' && entry.action.kind === 'open-window',
    )
    expect(openings.length).toBeGreaterThan(2)
    expect(openings.every((entry) => entry.kind === 'action' && !entry.enabled)).toBe(true)
  })

  it('copies the address that answers', () => {
    expect(item(facts({ host: { ...facts().snapshot!.host, port: 8123 } }), 'copy-status-url')).toMatchObject({
      action: { kind: 'copy-status-url', url: 'http://127.0.0.1:8123/api/v1/background-sync/status' },
    })
  })

  it('says that quitting leaves the service of another process running', () => {
    const given = facts({}, { link: { kind: 'attached', owner } })
    expect(item(given, 'quit')).toMatchObject({ label: 'Quit (the service keeps running)' })
    expect(item(given, 'owner')).toMatchObject({ label: 'The service runs as process 4711' })
  })

  it('shows start at login as the system has it', () => {
    expect(item(facts({}, { login: null }), 'start-at-login')).toBeUndefined()
    const login = { isOn: false, hint: 'switched off in Windows’ startup apps' }
    expect(item(facts({}, { login }), 'start-at-login')).toMatchObject({
      label: 'Start at login (switched off in Windows’ startup apps)',
      checked: false,
      action: { kind: 'set-start-at-login', on: true },
    })
  })
})

it('a custom interval stands as its own item in its place', () => {
  const interval = item(facts({ interval_minutes: 7 }), 'interval')
  expect(interval?.kind === 'submenu' ? labels(interval.items) : []).toEqual([
    '1 minute',
    '5 minutes',
    '7 minutes',
    '10 minutes',
    '15 minutes',
    '30 minutes',
    '60 minutes',
  ])
})

it('a click performs what the item says', () => {
  const done: MenuAction[] = []
  const template = menuTemplate(trayMenu(facts({ interval_minutes: 5 })), (action) => done.push(action))
  const click = (entry: MenuItemConstructorOptions | undefined): void =>
    (entry?.click as undefined | (() => void))?.call(undefined)
  const interval = template.find(({ id }) => id === 'interval')?.submenu as MenuItemConstructorOptions[]
  click(interval.find(({ id }) => id === 'interval:30'))
  click(template.find(({ id }) => id === 'quit'))
  expect(done).toEqual([{ kind: 'set-interval', minutes: 30 }, { kind: 'quit' }])
  expect(interval.filter(({ checked }) => checked).map(({ id }) => id)).toEqual(['interval:5'])
})

it('a place is spelled as the window reads it', () => {
  expect(placeAddress({ page: 'logs' })).toBe('logs')
  expect(placeAddress({ page: 'overview', account: 'a&b@example.org' })).toBe('overview?account=a%26b%40example.org')
})
