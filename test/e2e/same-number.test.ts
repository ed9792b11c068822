import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Menu, MenuItemConstructorOptions, NativeImage, Tray } from 'electron'
import type { Page } from 'playwright'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attach } from '../../electron/desktop/attached.ts'
import { createFeed } from '../../electron/desktop/feed.ts'
import { createTray } from '../../electron/desktop/tray.ts'
import { localTimes } from '../../electron/desktop/words.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import { type AccountSnapshot, Snapshot } from '../../shared/status.ts'
import { mailtide } from '../cli/mailtide.ts'
import { builtApp } from '../support/built-app.ts'
import { launchBrowser, browser as program } from '../support/chromium.ts'
import { launchStandIn } from '../support/electron/launch-stand-in.ts'
import { seededRandom } from '../support/fake-clock.ts'
import { type FaultySync, recordFaultySync } from '../support/faulty-sync.ts'
import { silentLog } from '../support/silent-log.ts'
import { tellingOfText } from '../support/tellings/command.ts'
import { tellingOf, tellingOfMetrics } from '../support/tellings/data.ts'
import { tellingOfPage } from '../support/tellings/page.ts'
import { disagreements, type Telling } from '../support/tellings/telling.ts'
import { tellingOfMenu, tellingOfTooltip } from '../support/tellings/tray.ts'
import { serveMadeUp } from '../support/window/made-up-service.ts'

const SEED = 20_261_126
const MOMENTS = 200
/** At every so many of them the app's own window is read beside the browser's, which is the same page on another way to the service. */
const APP_EVERY = 5

/** A panel's icon whose tooltip and menu can be read. */
function readableTray(clock: { readonly now: () => Date }) {
  const shown: { tip: string; menu: readonly MenuItemConstructorOptions[] } = { tip: '', menu: [] }
  const image = { isEmpty: () => false, setTemplateImage: () => undefined } as unknown as NativeImage
  const tray = {
    on: () => undefined,
    setImage: () => undefined,
    setTitle: () => undefined,
    setToolTip: (tip: string) => {
      shown.tip = tip
    },
    setContextMenu: (menu: unknown) => {
      shown.menu = menu as readonly MenuItemConstructorOptions[]
    },
    destroy: () => undefined,
  } as unknown as Tray
  const theme = { shouldUseDarkColors: false, shouldUseDarkColorsForSystemIntegratedUI: false }
  const icon = createTray({
    make: () => tray,
    buildMenu: (template) => template as unknown as Menu,
    nativeImage: { createFromPath: () => image, createFromDataURL: () => image },
    nativeTheme: { ...theme, on: () => undefined, off: () => undefined } as never,
    platform: 'linux',
    env: {},
    folder: resolve(import.meta.dirname, '../../build/tray'),
    askHost: async () => true,
    perform: () => undefined,
    onUnavailable: () => undefined,
    // It need not rest between two drawings here.
    clock: { ...systemClock, sleep: async () => undefined },
    log: silentLog,
  })
  const timeOf = localTimes(clock.now, 'en-GB', 'UTC')
  return {
    shown,
    show: (snapshot: Snapshot) =>
      icon.show({
        link: { kind: 'own' },
        snapshot,
        timeOf,
        login: null,
        update: { kind: 'off' },
        hasWindow: true,
      }),
    close: icon.close,
  }
}

/** The app beside a service that runs already: its window, as somebody in Britain has it, its clock standing at `now`. */
async function openApp(home: string, now: Date) {
  const folder = mkdtempSync(join(tmpdir(), 'mailtide-face-app-'))
  const app = await launchStandIn({
    main: join(await builtApp(), 'dist', 'main', 'main.js'),
    env: { HOME: folder, XDG_CONFIG_HOME: join(folder, '.config'), MAILTIDE_HOME: home },
    userData: join(folder, 'profile'),
    cwd: folder,
  })
  const page = await app.firstWindow()
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setLocaleOverride', { locale: 'en-GB' })
  await session.send('Emulation.setTimezoneOverride', { timezoneId: 'UTC' })
  await page.clock.setFixedTime(now)
  await page.reload()
  await page.locator('.account').first().waitFor()
  return {
    page,
    close: async () => {
      await app.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** Every face of one service, each as a person or a program has it, at a service that says what the test wants. */
async function openFaces() {
  const home = mkdtempSync(join(tmpdir(), 'mailtide-faces-'))
  const built = await serveMadeUp(home)
  const { paths, address } = built

  const at = { now: new Date() }
  const feed = createFeed()
  const tray = readableTray({ now: () => at.now })
  feed.subscribe('status', tray.show)
  const link = await attach({
    paths,
    feed,
    clock: systemClock,
    log: silentLog,
    onConnection: () => undefined,
    onGone: () => undefined,
  })
  const chromium = await launchBrowser()
  const context = await chromium.newContext({ locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' })
  const page = await context.newPage()
  await page.clock.setFixedTime(at.now)
  await page.goto(`${address}/#code=${built.links.make().code}`)
  await page.locator('.account').first().waitFor()

  const app = await openApp(home, at.now)
  const setClock = async (shown: Page): Promise<void> => await shown.clock.setFixedTime(at.now)

  const command = async (line: string): Promise<string> => (await mailtide(home, line, { now: () => at.now })).out
  /** What is read at once; the window and whoever listens hear of it a moment later. */
  const asked = async (emails: readonly string[]): Promise<Record<string, Telling>> => {
    const status = (await (await fetch(`${address}/api/v1/background-sync/status`)).json()) as { sync_status: unknown }
    const json = JSON.parse(await command('status --json')) as { sync_status: unknown }
    return {
      HTTP: tellingOf(Snapshot.parse(status.sync_status)),
      '/metrics': tellingOfMetrics(await (await fetch(`${address}/metrics`)).text(), emails),
      'the command': tellingOfText(await command('status'), at.now),
      'the command in JSON': tellingOf(Snapshot.parse(json.sync_status)),
    }
  }
  const told = async (withApp: boolean): Promise<Record<string, Telling>> => {
    const heard = feed.snapshot()
    return {
      'an event': heard === null ? new Map() : tellingOf(heard),
      'the tooltip': tellingOfTooltip(tray.shown.tip, at.now),
      'the menu': tellingOfMenu(tray.shown.menu, at.now),
      'the window': await tellingOfPage(page, at.now),
      ...(withApp ? { 'the app’s window': await tellingOfPage(app.page, at.now) } : {}),
    }
  }
  return {
    page,
    show: async (snapshot: Snapshot, isPushed = true) => {
      at.now = new Date(Date.parse(snapshot.next_cycle_at ?? new Date().toISOString()) - 150_000)
      await Promise.all([page, app.page].map(setClock))
      // The fake began with a number of its own.
      built.service.show({ ...snapshot, revision: snapshot.revision + 1_000 }, isPushed)
    },
    /** All that is told differently once everybody has heard of the present moment. */
    differences: async (snapshot: Snapshot, withApp = false): Promise<readonly string[]> => {
      const first = await asked(snapshot.accounts.map(({ email }) => email))
      let found: readonly string[] = []
      for (let look = 0; look < 60; look++) {
        found = disagreements({ ...first, ...(await told(withApp)) })
        if (found.length === 0) return []
        await new Promise((done) => setTimeout(done, 25))
      }
      return found
    },
    tellings: async (snapshot: Snapshot) => ({
      ...(await asked(snapshot.accounts.map(({ email }) => email))),
      ...(await told(true)),
    }),
    close: async () => {
      await app.close()
      await chromium.close()
      await link.close()
      tray.close()
      await built.close()
      rmSync(home, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

/** So many of the moments, chosen by chance, in their order. */
function chosen(moments: readonly Snapshot[], count: number): readonly Snapshot[] {
  const random = seededRandom(SEED)
  return moments
    .map((moment) => ({ moment, at: random() }))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ moment }) => moment)
    .toSorted((a, b) => a.revision - b.revision)
}

describe.skipIf(program === undefined)('at one moment', () => {
  let recorded: FaultySync
  let faces: Awaited<ReturnType<typeof openFaces>>
  beforeAll(async () => {
    recorded = await recordFaultySync(SEED, MOMENTS + 60)
    faces = await openFaces()
  }, 240_000)
  afterAll(async () => {
    await faces?.close()
  })

  it('the faulty sync that is looked at had every state and every kind of trouble', () => {
    const accounts = recorded.moments.flatMap((moment) => moment.accounts)
    const states = new Set(accounts.map(({ state }) => state))
    expect([...states].toSorted()).toEqual(
      expect.arrayContaining(['backfilling', 'error', 'needs_reauth', 'paused', 'syncing', 'up_to_date', 'waiting']),
    )
    expect(new Set(recorded.moments.map(({ state }) => state))).toEqual(
      new Set(['idle', 'syncing', 'stopping', 'stopped']),
    )
    expect(accounts.some(({ messages_failed }) => messages_failed > 0)).toBe(true)
    expect(accounts.some(({ messages_deleted }) => messages_deleted > 0)).toBe(true)
    expect(accounts.some(({ backfill }) => (backfill?.per_second ?? 0) > 0)).toBe(true)
  })

  it('the service tells all who hear of a revision the same', () => {
    expect(recorded.contradictions).toEqual([])
  })

  it('tray, window, command, HTTP and events tell the same at 200 moments', { timeout: 120_000 }, async () => {
    const moments = chosen(recorded.moments, MOMENTS)
    expect(moments.length).toBe(MOMENTS)
    const found: string[] = []
    for (const [index, moment] of moments.entries()) {
      await faces.show(moment)
      const withApp = index % APP_EVERY === 0
      for (const difference of await faces.differences(moment, withApp))
        found.push(`revision ${moment.revision}: ${difference}`)
      if (found.length > 20) break
    }
    expect(found).toEqual([])
  })

  it('nothing is passed over: each face tells what it is there to tell', async () => {
    const isCopying = ({ state, backfill }: AccountSnapshot): boolean =>
      state === 'backfilling' && backfill?.listing_complete === true && (backfill.per_second ?? 0) > 0
    const moment = recorded.moments.find(({ state, accounts }) => state === 'syncing' && accounts.some(isCopying))!
    const { email } = moment.accounts.find(isCopying)!
    await faces.show(moment)
    expect(await faces.differences(moment, true)).toEqual([])
    const tellings = await faces.tellings(moment)
    const said = (face: string): readonly string[] =>
      [...tellings[face]!.keys()].map((name) => name.replace(`${email} `, '')).filter((name) => !name.includes('@'))
    for (const face of ['the window', 'the app’s window']) {
      expect([face, ...said(face)]).toEqual(
        expect.arrayContaining([face, 'service', 'interval', 'state', 'stored', 'in Gmail', 'left', 'percent', 'rate']),
      )
    }
    expect(said('the menu')).toEqual(expect.arrayContaining(['service', 'interval', 'state', 'percent']))
    expect(said('the command')).toEqual(
      expect.arrayContaining(['service', 'cycles', 'emails', 'errors', 'state', 'stored', 'failed', 'percent', 'rate']),
    )
    expect(said('/metrics')).toEqual(expect.arrayContaining(['cycles', 'emails', 'stored', 'deleted', 'failed']))
    const resting = recorded.moments.findLast(({ state, next_cycle_at }) => state === 'idle' && next_cycle_at !== null)!
    await faces.show(resting)
    expect(await faces.differences(resting, true)).toEqual([])
    const atRest = await faces.tellings(resting)
    for (const face of ['the window', 'the app’s window', 'the tooltip', 'the menu']) {
      expect([face, atRest[face]!.has('at rest'), atRest[face]!.has('next cycle time')]).toEqual([face, true, true])
    }
    expect(atRest['the command']!.has('next cycle time')).toBe(true)
  })

  it('a difference of one is seen, whoever tells it', async () => {
    const moment = recorded.moments.at(-1)!
    await faces.show(moment)
    expect(await faces.differences(moment)).toEqual([])
    const [first, ...rest] = moment.accounts
    await faces.show(
      { ...moment, accounts: [{ ...first!, messages_stored: first!.messages_stored + 1 }, ...rest] },
      false,
    )
    const stored = `${first!.email} stored`
    expect((await faces.differences(moment)).find((difference) => difference.startsWith(`${stored}:`))).toBe(
      `${stored}: ${[
        ...['HTTP', '/metrics', 'the command', 'the command in JSON'].map(
          (face) => `${face} says ${first!.messages_stored + 1}`,
        ),
        ...['an event', 'the window'].map((face) => `${face} says ${first!.messages_stored}`),
      ].join(', ')}`,
    )
  })
})
