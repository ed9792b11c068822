import { fork } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright'
import { removeFolder, tempFolder } from '../temp-folder.ts'
import type { ControlReply, ControlRequest } from './control.ts'
import type { DesktopApp, LaunchOptions, StandInControls } from './desktop-app.ts'
import type { Recorded } from './standin/state.ts'

/** An app that does not end within this time after it was asked to is killed. */
const QUIT_MS = 15_000
const LOOK_MS = 40
const PATIENCE_MS = 60_000

const register = new URL('./register.ts', import.meta.url).href

/** Starts a main script on the stand-in. */
export async function launchStandIn(options: LaunchOptions): Promise<DesktopApp> {
  const userData = options.userData ?? tempFolder('electron')
  mkdirSync(userData, { recursive: true })
  const packaged =
    options.packagedIn === undefined ? {} : { STAND_IN_PACKAGED: '1', STAND_IN_RESOURCES: options.packagedIn }
  const child = fork(options.main, [`--user-data-dir=${userData}`, ...(options.args ?? [])], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...packaged, ...options.env },
    // A flag, not NODE_OPTIONS: children of the app must not inherit it.
    execArgv: ['--disable-warning=ExperimentalWarning', '--import', register],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    serialization: 'advanced',
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text
    })
  }
  const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  const ask = createChannel(child, exited, () => said)

  let browser: Promise<Browser> | null = null
  const windows = async (): Promise<readonly Page[]> => {
    const { devTools, targets } = await controls.pages()
    if (devTools === null) return []
    browser ??= connect(devTools)
    const found = new Map<string, Page>()
    for (const page of (await browser).contexts()[0]?.pages() ?? []) {
      const target = page.url() === 'about:blank' ? null : await targetOf(page)
      if (target !== null) found.set(target, page)
    }
    return targets.flatMap((target) => found.get(target) ?? [])
  }
  const until: DesktopApp['until'] = async (look) => {
    const end = performance.now() + PATIENCE_MS
    for (;;) {
      const value = await look()
      if (value !== undefined && value !== null && value !== false) return value
      if (performance.now() > end) throw new Error(`It did not come to be. The app said:\n${said}`)
      await new Promise((done) => setTimeout(done, LOOK_MS))
    }
  }
  const close = async (): Promise<number | null> => {
    if (child.connected) {
      await ask({ standIn: 'evaluate', source: '({ app }) => { app.quit() }', arg: undefined }).catch(() => undefined)
    }
    const killer = setTimeout(() => child.kill('SIGKILL'), QUIT_MS).unref()
    const code = await exited
    clearTimeout(killer)
    await (await browser)?.close().catch(() => undefined)
    if (options.userData === undefined) removeFolder(userData)
    return code
  }
  const controls = new Proxy({} as StandInControls, {
    get: (_target, name) => {
      if (name === 'spy') {
        return async (kind: keyof Recorded) => ((await controls.recorded()) as Recorded)[kind]
      }
      return (...args: unknown[]) => ask({ standIn: 'control', name: String(name), args })
    },
  })
  return {
    kind: 'stand-in',
    userData,
    exited,
    process: () => child,
    output: () => said,
    windows,
    firstWindow: () => until(async () => (await windows())[0]),
    evaluate: async <Result>(work: (...args: never[]) => unknown, arg?: unknown) =>
      (await ask({ standIn: 'evaluate', source: String(work), arg })) as Result,
    until,
    close,
    standIn: controls,
  }
}

async function connect(address: string): Promise<Browser> {
  const browser = await chromium.connectOverCDP(address)
  browser.contexts()[0]?.setDefaultTimeout(PATIENCE_MS)
  return browser
}

/** Null for a page that goes away while it is asked. */
async function targetOf(page: Page): Promise<string | null> {
  try {
    const session = await page.context().newCDPSession(page)
    const { targetInfo } = await session.send('Target.getTargetInfo')
    await session.detach()
    return targetInfo.targetId
  } catch {
    return null
  }
}

type Unnumbered<Request> = Request extends ControlRequest ? Omit<Request, 'id'> : never

/** Questions and answers over the channel to the app; all fail when it ends. */
function createChannel(child: ReturnType<typeof fork>, exited: Promise<number | null>, output: () => string) {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let last = 0
  child.on('message', (reply: ControlReply) => {
    const asked = waiting.get(reply.id)
    waiting.delete(reply.id)
    if ('error' in reply) asked?.reject(new Error(reply.error))
    else asked?.resolve(reply.value)
  })
  const gone = (code: number | null): Error => new Error(`The app has ended with ${code}. It said:\n${output()}`)
  void exited.then((code) => {
    for (const { reject } of waiting.values()) reject(gone(code))
    waiting.clear()
  })
  return async (request: Unnumbered<ControlRequest>): Promise<unknown> => {
    if (!child.connected) throw gone(await exited)
    const id = ++last
    return await new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      child.send({ ...request, id })
    })
  }
}
