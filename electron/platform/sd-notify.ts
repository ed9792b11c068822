import { spawn } from 'node:child_process'
import { counted, number } from '../../shared/describe.ts'
import { asAppError, isAbort } from '../../shared/errors.ts'
import type { Snapshot } from '../../shared/status.ts'
import type { Clock, Log } from '../ports.ts'
import type { Env } from './data-folder.ts'

/**
 * What systemd (or podman) is told about the service: when it is ready, what it does, that it is alive, and that it stops.
 * https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
 */
export interface ServiceManager {
  /** The host is opening its store: more time is asked for, again and again, until `ready` or `stopping`. */
  starting(): void
  /** It syncs and answers. From here on it is looked after: `isAlive` is asked, and only what it confirms is passed on. */
  ready(isAlive: () => Promise<void>): void
  /** One line for people, shown by `systemctl status`. Many in a row become the last one. */
  status(text: string): void
  /** It begins to stop. Resolves when that was said (or cannot be). */
  stopping(): Promise<void>
  /** Ends every timer. Safe to call twice. */
  close(): void
}

/** Says some assignments, such as `READY=1`, to the manager. Rejects when they cannot be said. */
export type Notify = (assignments: readonly string[]) => Promise<void>

export interface ServiceManagerDeps {
  readonly env: Env
  readonly pid: number
  readonly parentPid: number
  readonly clock: Clock
  readonly log: Log
  readonly notify?: Notify
}

/** Opening a database after a crash, or under a new version, takes its time: each request for more covers this much. */
const EXTEND_BY_MS = 60_000
/** Beyond this a start is stuck, and no more time is asked for. */
const EXTEND_AT_MOST_MS = 60 * 60_000
/** A status line is for eyes, and costs a process. */
const STATUS_EVERY_MS = 10_000
/** A program that only writes one datagram. */
const NOTIFY_WITHIN_MS = 6_000

/**
 * The service manager that started this process and wants to hear of it; null when there is none, so that nothing is spent where nobody
 * listens. Node has no datagram sockets on paths, so the words go through systemd's own program, which needs `NotifyAccess=all`.
 */
export function serviceManager(deps: ServiceManagerDeps): ServiceManager | null {
  const { env, clock, log } = deps
  const socket = env['NOTIFY_SOCKET']
  if (!socket) return null
  const notify = deps.notify ?? systemdNotify(socket, env)
  const closing = new AbortController()
  const extending = new AbortController()
  let failed = false
  let isStopping = false
  let tail: Promise<void> = Promise.resolve()

  /** One after the other, so that the manager hears them in the order they were said. */
  const say = (...assignments: readonly string[]): Promise<void> => {
    tail = tail.then(async () => {
      try {
        await notify(assignments)
        failed = false
      } catch (error) {
        if (!failed) log.warning(`The service manager cannot be told how Mailtide is: ${asAppError(error).message}`)
        failed = true
      }
    })
    return tail
  }

  const repeat = async (every: number, signal: AbortSignal, step: () => Promise<void>): Promise<void> => {
    try {
      for (;;) {
        await step()
        await clock.sleep(every, signal)
      }
    } catch (error) {
      if (!isAbort(error)) throw error
    }
  }

  const stillStarting = async (since: number): Promise<void> => {
    if (clock.monotonic() - since < EXTEND_AT_MOST_MS) await say(`EXTEND_TIMEOUT_USEC=${EXTEND_BY_MS * 1_000}`)
  }

  /** The next word of life waits for the answer to the last question: a store that hangs is never vouched for. */
  const stillAlive = async (isAlive: () => Promise<void>): Promise<void> => {
    try {
      await isAlive()
    } catch (error) {
      if (isAbort(error)) return
      log.warning(`The service manager is not told that Mailtide is alive: ${asAppError(error).message}`)
      return
    }
    if (!isStopping) await say('WATCHDOG=1')
  }

  let wanted = ''
  let shown = ''
  let isWaiting = false
  /** At once when the last line has stood for a while, else when it has. */
  const showStatus = async (): Promise<void> => {
    if (isWaiting) return
    isWaiting = true
    try {
      while (wanted !== shown && !isStopping) {
        shown = wanted
        await say(`STATUS=${shown}`)
        await clock.sleep(STATUS_EVERY_MS, closing.signal)
      }
    } catch (error) {
      if (!isAbort(error)) throw error
    } finally {
      isWaiting = false
    }
  }

  return {
    starting: () => {
      const since = clock.monotonic()
      void repeat(EXTEND_BY_MS / 2, AbortSignal.any([closing.signal, extending.signal]), () => stillStarting(since))
    },
    ready: (isAlive) => {
      extending.abort()
      void say('READY=1')
      const every = watchdogMs(deps)
      if (every !== null) void repeat(every / 2, closing.signal, () => stillAlive(isAlive))
    },
    status: (text) => {
      wanted = oneLine(text)
      void showStatus()
    },
    stopping: () => {
      isStopping = true
      extending.abort()
      return say('STOPPING=1', 'STATUS=Stopping')
    },
    close: () => closing.abort(),
  }
}

/**
 * How often the manager wants to hear that the process is alive, in milliseconds; null when it does not. The number in `WATCHDOG_PID` may be
 * our parent's: the command hands over to the Node that came with it.
 */
function watchdogMs({ env, pid, parentPid }: ServiceManagerDeps): number | null {
  const microseconds = Number(env['WATCHDOG_USEC'] ?? '')
  if (!Number.isFinite(microseconds) || microseconds <= 0) return null
  const meant = env['WATCHDOG_PID']
  if (meant && Number(meant) !== pid && Number(meant) !== parentPid) return null
  return microseconds / 1_000
}

/**
 * What `systemctl status` shows. Everybody on the computer may read it, so it names no account; and it stands for a while, so it tells
 * times, not spans.
 */
export function statusLine({ state, next_cycle_at, current, accounts, failure }: Snapshot): string {
  const stored = accounts.reduce((sum, account) => sum + account.messages_stored, 0)
  const held = `${counted(stored, 'message')} of ${counted(accounts.length, 'account')}`
  const troubled = accounts.filter((account) => account.state === 'needs_reauth' || account.state === 'error').length
  const trouble = troubled === 0 ? '' : `; ${counted(troubled, 'account needs', 'accounts need')} you: mailtide status`
  if (state === 'failed') return `Failed: ${failure?.message ?? 'see the log'}`
  if (state === 'syncing' && current !== null && current.total > 0) {
    return `Syncing, ${number(current.done)} of ${number(current.total)}; ${held}${trouble}`
  }
  if (state === 'idle' && next_cycle_at !== null) {
    return `Waiting for the next cycle at ${next_cycle_at.slice(11, 16)} UTC; ${held}${trouble}`
  }
  const words = { idle: 'Waiting', syncing: 'Syncing', stopping: 'Stopping', stopped: 'Not syncing' } as const
  return `${words[state]}; ${held}${trouble}`
}

/** A line break would begin another assignment. */
const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

function systemdNotify(socket: string, env: Env): Notify {
  return (assignments) =>
    new Promise((resolve, reject) => {
      const child = spawn('systemd-notify', ['--', ...assignments], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: { PATH: env['PATH'] ?? '/usr/bin:/bin', NOTIFY_SOCKET: socket, LC_ALL: 'C' },
        timeout: NOTIFY_WITHIN_MS,
      })
      let complaint = ''
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        complaint = (complaint + text).slice(0, 500)
      })
      child.once('error', (error) =>
        reject('code' in error && error.code === 'ENOENT' ? new Error('the program systemd-notify is missing') : error),
      )
      child.once('close', (code) => {
        if (code === 0) resolve()
        else reject(new Error(`systemd-notify failed (${code ?? 'ended by a signal'}): ${oneLine(complaint)}`))
      })
    })
}
