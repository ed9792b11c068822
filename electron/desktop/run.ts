import {
  app,
  clipboard,
  dialog,
  Menu,
  Notification,
  nativeImage,
  nativeTheme,
  powerMonitor,
  type RelaunchOptions,
  session,
  shell,
  Tray,
} from 'electron'
import type { DesktopState } from '../../shared/desktop.ts'
import { type AppError, asAppError, toProblem } from '../../shared/errors.ts'
import { WireSettings } from '../../shared/settings.ts'
import type { DataPaths, Env } from '../platform/data-folder.ts'
import { systemLooks } from '../platform/surroundings.ts'
import type { Clock, Log, Surroundings } from '../ports.ts'
import { findOwner } from '../remote/client.ts'
import { attach } from './attached.ts'
import { orderlyClosing } from './closing.ts'
import { createDesktopHandlers, openInBrowser } from './desktop-handlers.ts'
import { createFeed, type FeedSource } from './feed.ts'
import { guardContents, refusePermissions } from './guards.ts'
import { connectBridge } from './ipc.ts'
import { HIDDEN_FLAG, launchCommand, relaunchOptions } from './launch-command.ts'
import type { Link } from './link.ts'
import { createLogSwitch } from './log-switch.ts'
import { createLoginItem, type LoginState } from './login-item.ts'
import type { MenuAction } from './menu.ts'
import { copyStatusUrl, openLogsFolder } from './menu-actions.ts'
import { createNotices } from './notices.ts'
import { createNotifications } from './notifications.ts'
import { createOutsidePages } from './outside-pages.ts'
import { type Place, placeAddress } from './place.ts'
import { desktopSurroundings, followPower } from './power.ts'
import { serveApp } from './protocol.ts'
import { openDesktopState } from './state-file.ts'
import { createSwitchboard } from './switchboard.ts'
import { createTray } from './tray.ts'
import { askTrayHost } from './tray-host.ts'
import { updatePlace } from './update-place.ts'
import { openUpdateSource } from './update-source.ts'
import { createUpdates } from './updates.ts'
import { createAppWindow } from './window.ts'
import { localTimes } from './words.ts'

/** Our own service, and what the app asks of its host beside it. */
export interface OwnLink extends Link {
  readonly log: Log
  readonly settings: {
    onChange(listener: () => void): () => void
  }
  /** Why sign-ins are not sealed by the system's key store; null when they are. */
  readonly sealingWeakness: string | null
}

export interface OwnLinkOptions {
  readonly feed: FeedSource
  readonly surroundings: Surroundings
  readonly onDoing: (doing: string) => void
  readonly onReady: () => void
  readonly onFailed: (error: AppError) => void
}

export interface DesktopOptions {
  readonly paths: DataPaths
  readonly env: Env
  readonly clock: Clock
  /** Before the log file is ours. */
  readonly consoleLog: Log
  /** Folders and files of the program itself. */
  readonly files: { readonly renderer: string; readonly preload: string; readonly tray: string }
  /** Where a person finds newer versions. */
  readonly releasesPage: string
  /** No window at first. */
  readonly isHidden: boolean
  readonly startOwn: (options: OwnLinkOptions) => Promise<OwnLink>
}

/** The app: tray, window and notifications around one service. Resolves when all of it is there; the service may still be starting. */
export async function runDesktop(options: DesktopOptions): Promise<void> {
  const { paths, clock, env, files } = options
  const logs = createLogSwitch(options.consoleLog)
  const log = logs.log
  const feed = createFeed()
  const pages = createOutsidePages()
  const remembered = openDesktopState(`${paths.home}/electron/desktop.json`, log)
  const own: { link: OwnLink | null } = { link: null }
  const surroundings = desktopSurroundings(powerMonitor, systemLooks(process.platform))
  const switchboard = createSwitchboard({
    paths,
    feed,
    clock,
    startOwn: async (told) => {
      const link = await options.startOwn({ ...told, feed, surroundings })
      own.link = link
      link.settings.onChange(() => void askWhatIsWanted())
      logs.turnTo(link.log)
      closing.takeSignals()
      if (link.sealingWeakness !== null) tellOfWeakness(link.sealingWeakness)
      return link
    },
    isTaken: async () => (await findOwner(paths).catch(() => null)) !== null,
    attach: async (told) => {
      own.link = null
      logs.turnTo(options.consoleLog)
      return await attach({ paths, feed, clock, log, ...told })
    },
  })
  const { handlers } = switchboard
  const closing = orderlyClosing({
    app,
    process,
    clock,
    log: log.named('service'),
    relaunch: (isHidden) => app.relaunch(again(isHidden ? [HIDDEN_FLAG] : [])),
    close: async () => {
      for (const stop of stops.splice(0)) stop()
      await switchboard.close()
      await remembered.settled()
      // Electron holds the system's shutdown up for as long as somebody listens to it.
      stopPower()
    },
    confess: (error) =>
      dialog.showErrorBox(
        'Mailtide stopped because of an unexpected error',
        `Nothing that was stored is lost. The log says where it happened: ${asAppError(error).message}`,
      ),
  })
  closing.takeSignals()

  const { execPath } = process
  const command = launchCommand({ env, execPath, isPackaged: app.isPackaged, appPath: app.getAppPath() })
  const again = (args: readonly string[]): RelaunchOptions => relaunchOptions(command, args, env)
  const login = createLoginItem({
    app,
    platform: process.platform,
    command,
    env,
    home: app.getPath('home'),
  })
  let loginState: LoginState | null = null
  const lookAtLogin = async (): Promise<void> => {
    loginState = await login.state().catch(() => null)
    refresh()
  }

  let hasTray: boolean | null = null
  const desktopListeners = new Set<(state: DesktopState) => void>()
  const desktopState = (): DesktopState => {
    const link = switchboard.state()
    return {
      service: link.kind,
      owner: 'owner' in link ? { pid: link.owner.pid, host: link.owner.host } : null,
      problem: link.kind === 'failed' ? toProblem(link.error) : null,
      doing: link.kind === 'starting' ? link.doing : null,
      starts_at_login: loginState?.isOn ?? null,
      sealing_weakness: own.link?.sealingWeakness ?? null,
      has_tray: hasTray,
      platform: platformOf(process.platform),
      update: updates.state(),
    }
  }

  /** The service's own settings, wherever that lives. Until it answers nobody is asked for an update, and everybody is told of trouble. */
  const wanted = { updates: false, notifications: true }
  const askWhatIsWanted = async (): Promise<void> => {
    const answer = await handlers.settings({}).catch(() => null)
    if (answer === null) return
    const settings = WireSettings.parse(answer.settings)
    wanted.updates = settings.auto_update
    wanted.notifications = settings.notifications
    updates.settingChanged()
  }
  const updates = createUpdates({
    place: async () => {
      const { resourcesPath, execPath, platform } = process
      return await updatePlace({ isPackaged: app.isPackaged, platform, env, resourcesPath, execPath })
    },
    openSource: async () =>
      await openUpdateSource({ log: log.named('updates'), letNextStart: () => app.releaseSingleInstanceLock() }),
    isWanted: () => wanted.updates,
    clock,
    log,
    closeService: async () => {
      await switchboard.close()
      // macOS closes all windows before it quits for an update, and ours only hides when it is closed.
      window.close()
    },
    relaunch: () => {
      app.relaunch(again([]))
      app.quit()
    },
  })

  const openPage = async (url: string): Promise<void> => await openInBrowser(shell, pages.check(url))
  refusePermissions(session.defaultSession)
  serveApp(session.defaultSession, files.renderer)
  guardContents(app, { openExternal: openPage, log })
  // Windows asks its windows when the person logs out or the computer is switched off.
  app.on('browser-window-created', (_event, created) =>
    created.on('session-end', () => {
      updates.leaveForShutdown()
      app.quit()
    }),
  )

  const window = createAppWindow({
    preload: files.preload,
    remembered,
    clock,
    log,
    onHidden: () => {
      if (!remembered.isFirst('closed_to_tray')) return
      notices.tell(
        'Mailtide keeps syncing',
        hasTray === false ? 'Start it again to see the window.' : 'It is in the tray. To end it, choose Quit there.',
      )
    },
  })
  const open = (place: Place): void => {
    window.show(`/${placeAddress(place)}`)
    void lookAtLogin()
  }
  const notices = createNotices({
    make: (shown) => new Notification(shown),
    isSupported: () => Notification.isSupported(),
    window,
    open,
    hasTray: () => hasTray,
    log,
  })
  const tellOfWeakness = (weakness: string): void => {
    if (!remembered.isFirst('plain_credentials')) return
    const body = `${weakness}. They are readable only by your user; see Settings.`
    notices.tell('Sign-ins are kept unencrypted', body, { page: 'settings' })
  }

  const bridge = connectBridge({
    handlers: pages.remembering(handlers),
    desktopHandlers: createDesktopHandlers({
      ...{ paths, shell, clipboard, dialog, pages, login, updates, releasesPage: options.releasesPage },
      onChange: lookAtLogin,
    }),
    events: {
      feed,
      subscribeDesktop: (listener) => {
        desktopListeners.add(listener)
        listener(desktopState())
        return () => desktopListeners.delete(listener)
      },
      pastLogs: async (lines, level) => (await handlers.logs({ lines, level })).entries,
    },
    log,
  })

  const perform = (action: MenuAction): void => {
    const done = async (): Promise<void> => {
      switch (action.kind) {
        case 'sync-now':
          await handlers.syncNow({})
          return
        case 'start':
          await handlers.start({})
          return
        case 'stop':
          await handlers.stop({})
          return
        case 'set-interval':
          await handlers.settingsChange({ interval_minutes: action.minutes })
          return
        case 'open-window':
          open(action.place)
          return
        case 'open-logs':
          await openLogsFolder(shell, paths.logs)
          return
        case 'copy-status-url':
          await copyStatusUrl(clipboard, action.url)
          return
        case 'restart-to-update':
          await updates.restart()
          return
        case 'open-releases':
          await openInBrowser(shell, options.releasesPage)
          return
        case 'set-start-at-login':
          await login.set(action.on)
          await lookAtLogin()
          return
        case 'quit':
          app.quit()
      }
    }
    done().then(refresh, (error: unknown) => {
      const { message, remedy } = asAppError(error)
      refresh()
      log.warning(`The tray command failed: ${message}`)
      void dialog.showMessageBox({ type: 'warning', title: 'Mailtide', message, detail: remedy ?? 'See the log' })
    })
  }

  const tray = createTray({
    make: (image) => new Tray(image),
    buildMenu: (template) => Menu.buildFromTemplate(template),
    nativeImage,
    nativeTheme,
    platform: process.platform,
    env,
    folder: files.tray,
    askHost: askTrayHost,
    perform,
    onUnavailable: (reason) => {
      hasTray = false
      refresh()
      // Who was told that there is no icon still needs to see that nothing runs.
      if (switchboard.state().kind === 'failed') window.show()
      if (!remembered.isFirst('no_tray')) return
      notices.tell(
        'Mailtide has no tray icon here',
        `${reason}. Start Mailtide again whenever you want to see its window.`,
      )
      window.show()
    },
    clock,
    log,
  })
  hasTray ??= true

  const timeOf = localTimes(clock.now, app.getLocale())
  function refresh(): void {
    const link = switchboard.state()
    tray.show({
      link,
      snapshot: feed.snapshot(),
      timeOf,
      login: loginState,
      update: updates.state(),
      hasWindow: !closing.isUnderway(),
    })
    for (const listener of desktopListeners) listener(desktopState())
  }

  const notifications = createNotifications({
    make: (shown) => new Notification(shown),
    isSupported: () => Notification.isSupported(),
    isWanted: () => wanted.notifications,
    open,
    clock,
    log,
  })
  const stops = [
    switchboard.onState(refresh),
    feed.subscribe('status', refresh),
    feed.subscribe('status', ({ alerts }) => notifications.follow(alerts)),
    updates.onState(refresh),
    switchboard.onState((link) => {
      if (link.kind === 'own' || link.kind === 'attached') void askWhatIsWanted()
      if (link.kind === 'failed') notices.failed(link.error)
    }),
    // Of a service in another process nobody tells that a setting was changed.
    feed.subscribe('cycle', () => void askWhatIsWanted()),
    updates.close,
    notifications.close,
    bridge.close,
    tray.close,
    window.close,
  ]

  const stopPower = followPower({
    monitor: powerMonitor,
    log,
    onResume: () => void lookAtLogin(),
    onShutdown: () => {
      updates.leaveForShutdown()
      app.quit()
    },
  })

  app.on('second-instance', (_event, argv) => {
    const isHidden = argv.includes(HIDDEN_FLAG)
    if (!closing.comesBack(isHidden) && !isHidden) window.show()
  })
  app.on('activate', () => {
    if (!closing.isUnderway()) window.show()
  })
  // It lives in the tray.
  app.on('window-all-closed', () => undefined)

  if (!options.isHidden) window.show()
  await lookAtLogin()
  await login.refresh().catch((error: unknown) => log.warning(`Start at login: ${asAppError(error).message}`))
  await switchboard.begin()
}

const platformOf = (platform: NodeJS.Platform): DesktopState['platform'] =>
  platform === 'linux' || platform === 'darwin' || platform === 'win32' ? platform : 'other'
