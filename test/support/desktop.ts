import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Page } from 'playwright'
import type { Simulator } from '../../electron/demo/types.ts'
import { type DataPaths, dataPaths, prepareDataFolder } from '../../electron/platform/data-folder.ts'
import type { Bridge } from '../../shared/bridge.ts'
import type { Reply } from '../../shared/contract.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Snapshot } from '../../shared/status.ts'
import { builtApp } from './built-app.ts'
import { migratedTemplate } from './database.ts'
import type { DesktopApp, LaunchOptions } from './electron/desktop-app.ts'
import type { Launch } from './electron/launch.ts'
import type { ShownItem } from './electron/standin/menu.ts'
import { watchLogFile, watchOutput } from './log-watch.ts'
import { removeFolder, tempFolder } from './temp-folder.ts'

/** A person's computer: a home with a data folder, in which the app is started as often as a test wants. */
export interface Computer {
  readonly folder: string
  readonly paths: DataPaths
  /** Environment of whatever runs there, the command included. */
  readonly env: Readonly<Record<string, string>>
  start(options?: Pick<LaunchOptions, 'args' | 'env'>): Promise<RunningApp>
  /** The headless service on the same folder, as a process of its own. */
  startHeadless(): Promise<{ readonly pid: number; stop(): Promise<void> }>
  remove(): Promise<void>
}

export interface RunningApp extends DesktopApp {
  /** Of the service behind it; null while none answers. */
  status(): Promise<Snapshot | null>
  untilStatus(what: (snapshot: Snapshot) => boolean): Promise<Snapshot>
  /** Tries until it holds of the tray, which is not there in the first moment. */
  untilTray(what: () => Promise<boolean>): Promise<void>
  /** The menu's item of that id; throws when there is none. */
  item(id: string): Promise<ShownItem>
}

/** The app, and what is known of the service behind it. */
export function runningApp(app: DesktopApp, paths: Pick<DataPaths, 'service'>): RunningApp {
  const status = async (): Promise<Snapshot | null> => {
    if (!existsSync(paths.service)) return null
    const { port } = JSON.parse(readFileSync(paths.service, 'utf8')) as { port: number | null }
    if (port === null) return null
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/background-sync/status`).catch(() => null)
    if (answer === null || !answer.ok) return null
    return ((await answer.json()) as { sync_status: Snapshot }).sync_status
  }
  return {
    ...app,
    status,
    untilStatus: (what) =>
      app.until(async () => {
        const snapshot = await status()
        return snapshot !== null && what(snapshot) ? snapshot : null
      }),
    untilTray: async (what) => {
      await app.until(() => what().catch(() => false))
    },
    item: async (id) => {
      const items = await app.standIn.trayItems()
      const found = items.flatMap((item) => [item, ...(item.submenu ?? [])]).find((item) => item.id === id)
      if (found === undefined) throw new Error(`The menu has no ${id}: ${items.map((item) => item.id).join(', ')}`)
      return found
    },
  }
}

/**
 * With the bundles of the present sources, and a database that need not be made first. With `settings` those are in the file, and the
 * environment holds none.
 */
export async function setUpComputer(
  launch: Launch,
  simulator: Pick<Simulator, 'url' | 'oauthUrl'>,
  options: { readonly isFresh?: boolean; readonly settings?: Readonly<Partial<Settings>> } = {},
): Promise<Computer> {
  const folder = tempFolder('desktop')
  const paths = dataPaths(join(folder, 'data'))
  if (options.isFresh !== true) {
    await prepareDataFolder(paths.home)
    cpSync(await migratedTemplate(), paths.db, { recursive: true })
  }
  if (options.settings !== undefined) {
    await prepareDataFolder(paths.home)
    writeFileSync(paths.settings, JSON.stringify(options.settings))
  }
  const built = await builtApp()
  const running = new Set<DesktopApp>()
  const headless = new Set<ChildProcess>()
  const env = {
    HOME: folder,
    XDG_CONFIG_HOME: join(folder, '.config'),
    MAILTIDE_HOME: paths.home,
    ...(options.settings === undefined
      ? { MAILTIDE_PORT: '0', MAILTIDE_PACING: 'off', MAILTIDE_MIN_FREE_BYTES: '0' }
      : {}),
    MAILTIDE_GMAIL_ROOT_URL: simulator.url,
    MAILTIDE_OAUTH_URL: simulator.oauthUrl,
  }
  const start: Computer['start'] = async (given = {}) => {
    const app = await launch({
      main: join(built, 'dist', 'main', 'main.js'),
      ...given,
      env: { ...env, ...given.env },
      userData: join(folder, 'profile'),
      cwd: folder,
    })
    running.add(app)
    void app.exited.then(() => running.delete(app))
    return runningApp(app, paths)
  }
  const startHeadless: Computer['startHeadless'] = async () => {
    const command = join(built, 'build', 'mailtide.mjs')
    const { PATH, NODE_COMPILE_CACHE } = process.env
    const child = spawn(process.execPath, [command, 'run'], { cwd: folder, env: { PATH, NODE_COMPILE_CACHE, ...env } })
    const ended = new Promise<void>((done) => child.once('exit', () => done()))
    while (!existsSync(paths.service)) await delay(50)
    headless.add(child)
    return {
      pid: child.pid ?? 0,
      stop: async () => {
        child.kill('SIGTERM')
        await ended
      },
    }
  }
  return {
    folder,
    paths,
    env,
    start,
    startHeadless,
    remove: async () => {
      for (const child of headless) child.kill('SIGKILL')
      for (const app of running) {
        app.process().kill('SIGKILL')
        await app.exited
        watchOutput(app.output())
      }
      if (existsSync(paths.logFile)) watchLogFile(readFileSync(paths.logFile, 'utf8'))
      removeFolder(folder)
    },
  }
}

/** Asks as the window's own page does. */
export async function callFrom(page: Page, name: string, input: object = {}): Promise<Reply> {
  return (await page.evaluate(
    ([operation, given]) => (globalThis as unknown as { mailtide: Bridge }).mailtide.call(operation as never, given),
    [name, input] as const,
  )) as Reply
}
