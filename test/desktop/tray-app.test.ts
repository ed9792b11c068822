import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { MenuFacts } from '../../electron/desktop/menu.ts'
import type { DesktopApp } from '../support/electron/desktop-app.ts'
import { describeDesktop } from '../support/electron/launch.ts'
import { account, facts } from './facts.ts'

interface TrayApp {
  readonly show: (facts: Omit<MenuFacts, 'timeOf'>) => void
  readonly done: readonly unknown[]
}

describeDesktop('tray, notifications and power', ['tray', 'notifications', 'os-events', 'records'], (launch) => {
  let app: DesktopApp
  beforeAll(async () => {
    app = await launch({ main: join(import.meta.dirname, 'tray-app', 'main.ts') })
  })
  afterAll(async () => {
    await app.close()
  })
  const show = async ({ timeOf: _never, ...given }: MenuFacts): Promise<void> => {
    await app.until(() => app.evaluate(() => 'trayApp' in globalThis))
    await app.evaluate(
      (_electron, told) => (globalThis as unknown as { trayApp: TrayApp }).trayApp.show(told),
      JSON.parse(JSON.stringify(given)) as Omit<MenuFacts, 'timeOf'>,
    )
  }
  const done = () => app.evaluate(() => (globalThis as unknown as { trayApp: TrayApp }).trayApp.done)
  const image = async () => basename(await app.standIn.trayImage())
  const resting = facts({ accounts: [account({ state: 'up_to_date' }, 'a&b_c@example.org')], interval_minutes: 5 })

  it('the panel shows icon, tooltip and menu, and ticks what holds', async () => {
    await show(resting)
    await app.until(async () => (await image()) === 'idle-22-on-light.png')
    expect(await app.standIn.trayTip()).toBe('Mailtide: Everything is up to date')
    const items = await app.standIn.trayItems()
    const at = (id: string) => items.find((item) => item.id === id)
    expect(at('account:a&b_c@example.org')?.label).toBe('a&&b_c@example.org: Up to date')
    expect(at('interval')?.submenu?.map(({ label, checked }) => `${label}${checked ? ' *' : ''}`)).toEqual([
      '1 minute',
      '5 minutes *',
      '10 minutes',
      '15 minutes',
      '30 minutes',
      '60 minutes',
    ])
  })

  it('a changed snapshot reaches the menu, and a changed theme the icon', async () => {
    await show({
      ...resting,
      snapshot: { ...resting.snapshot!, state: 'stopped', running: false, interval_minutes: 7 },
    })
    await app.until(async () => (await image()) === 'stopped-22-on-light.png')
    const items = await app.standIn.trayItems()
    expect(items.find(({ id }) => id === 'start')?.enabled).toBe(true)
    expect(items.find(({ id }) => id === 'sync-now')?.enabled).toBe(false)
    expect(items.find(({ id }) => id === 'interval')?.label).toBe('Interval: 7 minutes')
    await app.standIn.setDark(true)
    await app.until(async () => (await image()) === 'stopped-22-on-dark.png')
  })

  it('clicks do what the items say', async () => {
    await app.standIn.trayClick('interval:30')
    await app.standIn.trayClick('copy-status-url')
    await app.standIn.trayClick('open-logs')
    await app.standIn.trayEmit('click')
    expect(await done()).toEqual([
      { kind: 'set-interval', minutes: 30 },
      { kind: 'copy-status-url', url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api\/v1/) },
      { kind: 'open-logs' },
      { kind: 'open-window', place: { page: 'overview' } },
    ])
    expect(await app.evaluate(({ clipboard }) => clipboard.readText())).toContain('/background-sync/status')
  })

  it('an alert is one notification that leads to its place and goes with its cause', async () => {
    const alert = {
      key: 'needs_reauth:ada',
      kind: 'needs_reauth' as const,
      account: 'ada@example.org',
      message: 'Google withdrew it',
      remedy: 'Sign in again',
      since: '2026-01-01T00:00:00.000Z',
    }
    await show(facts({ alerts: [alert] }))
    await app.until(async () => (await app.standIn.notifications()).length === 1)
    expect(await app.standIn.notifications()).toMatchObject([
      { title: 'Sign in again: ada@example.org', body: 'Google withdrew it. Sign in again', isShown: true },
    ])
    await app.standIn.notificationClick(0)
    expect((await done()).at(-1)).toEqual({ page: 'overview', account: 'ada@example.org' })
    await show(facts())
    expect(await app.standIn.notifications()).toMatchObject([{ isShown: false }])
  })

  it('the battery and a wake are heard of, and power-off ends the app in order', async () => {
    await app.standIn.setOnBattery(true)
    await app.until(async () => (await done()).includes('battery true'))
    await app.standIn.power('resume')
    expect(await done()).toContain('resume')
    expect(await app.standIn.power('shutdown')).toEqual({ isPrevented: true })
    expect(await app.exited).toBe(0)
  })
})
