import { callFrom, setUpComputer } from '../support/desktop.ts'
import { launchStandIn } from '../support/electron/launch-stand-in.ts'
import { startFakeGmail } from './fake-gmail.ts'

/** The desktop app at full speed with its window open, on the stand-in for Electron's binary. */
export interface DesktopRun {
  readonly messages: number
  readonly messages_per_second: number
  /** How late the main thread came to a timer while the Overview was shown, milliseconds. */
  readonly overview_delay_p99_ms: number
  readonly overview_delay_max_ms: number
  /** The same while the Logs page followed the log. */
  readonly logs_delay_p99_ms: number
  readonly logs_delay_max_ms: number
}

const RESOLUTION_MS = 10

interface Delay {
  readonly p99: number
  readonly max: number
}

/** Runs in the app's main process: begins to watch, or answers with what was seen since the last time and begins anew. */
function lateness(_electron: unknown, resolution: number): Delay {
  const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks')
  const place = globalThis as { benchDelay?: ReturnType<typeof monitorEventLoopDelay> }
  if (place.benchDelay === undefined) {
    place.benchDelay = monitorEventLoopDelay({ resolution })
    place.benchDelay.enable()
  }
  const histogram = place.benchDelay
  // The histogram holds whole spans between two ticks of its own timer: what exceeds the timer's period is delay.
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - resolution)
  const delay = { p99: late(histogram.percentile(99)), max: late(histogram.max) }
  histogram.reset()
  return delay
}

const credential = {
  type: 'authorized_user',
  client_id: 'bench',
  client_secret: 'bench',
  refresh_token: 'bench',
}

/**
 * Downloads a mailbox from the zero-latency server with the window open: the first half on the Overview, the second on the Logs. The stand-in
 * moves what the window is told through its debugging channel, in the same process, so that the real app can only be quicker.
 */
export async function benchDesktop(messages: number): Promise<DesktopRun> {
  const fake = await startFakeGmail(messages)
  try {
    const computer = await setUpComputer(launchStandIn, { url: fake.rootUrl, oauthUrl: fake.rootUrl })
    try {
      const app = await computer.start()
      const page = await app.firstWindow()
      await app.untilStatus(({ state }) => state === 'idle')
      const stored = (): Promise<number> => app.status().then((snapshot) => snapshot?.accounts[0]?.messages_stored ?? 0)
      const untilStored = (count: number): Promise<unknown> =>
        app.untilStatus(({ accounts }) => (accounts[0]?.messages_stored ?? 0) >= count)
      const reply = await callFrom(page, 'accountsAdd', { authorized_user: credential })
      if (!reply.ok) throw new Error(`The account could not be added: ${reply.problem.title}`)
      await page.evaluate(() => {
        location.hash = '#/overview'
      })
      // The first chunk is where the database is warmed up, as at any start.
      await untilStored(1)
      const [from, began] = [await stored(), Date.now()]
      await app.evaluate(lateness, RESOLUTION_MS)
      await untilStored(messages / 2)
      const overview = await app.evaluate(lateness, RESOLUTION_MS)
      await page.evaluate(() => {
        location.hash = '#/logs'
      })
      await untilStored(messages)
      const logs = await app.evaluate(lateness, RESOLUTION_MS)
      const seconds = (Date.now() - began) / 1_000
      await app.close()
      return {
        messages,
        messages_per_second: (messages - from) / seconds,
        overview_delay_p99_ms: overview.p99,
        overview_delay_max_ms: overview.max,
        logs_delay_p99_ms: logs.p99,
        logs_delay_max_ms: logs.max,
      }
    } finally {
      await computer.remove()
    }
  } finally {
    await fake.close()
  }
}
