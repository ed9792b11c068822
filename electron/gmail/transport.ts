import http from 'node:http'
import https from 'node:https'
import { AppError } from '../../shared/errors.ts'
import { isLoopback } from './endpoints.ts'
import { checkConnection } from './network-errors.ts'

/** What keeps connections open between calls. */
export type Agent = http.Agent | https.Agent

/**
 * Connections are kept for the next call. On the way to Google the environment's proxy is used (HTTPS_PROXY, NO_PROXY);
 * to a loopback address never, or a test server would be asked through the office's gateway. With an agent set, the client
 * library leaves the proxy variables alone: https://nodejs.org/api/http.html#built-in-proxy-support
 */
export function createAgent(url: string, env: NodeJS.ProcessEnv = process.env): Agent {
  const target = new URL(url)
  const keep = { keepAlive: true, maxFreeSockets: 16, scheduling: 'lifo' } as const
  if (target.protocol === 'http:') return new http.Agent(keep)
  return isLoopback(target) ? new https.Agent(keep) : new https.Agent({ ...keep, proxyEnv: env })
}

const agents = new Map<string, Agent>()

/** One agent per server for all accounts of this process. */
export function sharedAgent(url: string): Agent {
  const { origin } = new URL(url)
  const known = agents.get(origin) ?? createAgent(url)
  agents.set(origin, known)
  return known
}

/** A call's deadline, as far as the server is concerned. Held still while we ourselves make the server wait. */
export interface Deadline {
  /** Fires when the caller stops the call or the server was silent for too long. */
  readonly signal: AbortSignal
  /** The server gave a sign of life: its time begins anew. */
  touch(): void
  /** Runs `work` without counting its time against the server. */
  hold<T>(work: Promise<T>): Promise<T>
}

/**
 * Runs a call that ends with `AppError('aborted')` when the caller's signal fires and with `AppError('network')` when nothing came
 * from the server for `silenceMs`. Real timers on purpose: they measure a real wire, also in tests with a clock of their own.
 */
export async function withDeadline<T>(
  parent: AbortSignal,
  silenceMs: number,
  account: string,
  run: (deadline: Deadline) => Promise<T>,
): Promise<T> {
  if (parent.aborted) throw new AppError('aborted', 'Stopped')
  // A controller of our own for each call: the library leaves its listeners on the signal it is given.
  const controller = new AbortController()
  const onAbort = (): void => controller.abort()
  let silent = false
  const onSilence = (): void => {
    silent = true
    controller.abort()
  }
  let timer = setTimeout(onSilence, silenceMs)
  parent.addEventListener('abort', onAbort, { once: true })
  try {
    return await run({
      signal: controller.signal,
      touch: () => {
        timer.refresh()
      },
      async hold(work) {
        clearTimeout(timer)
        try {
          return await work
        } finally {
          timer = setTimeout(onSilence, silenceMs)
        }
      },
    })
  } catch (error) {
    if (parent.aborted) throw new AppError('aborted', 'Stopped')
    if (!silent) throw error
    throw new AppError(
      'network',
      `Gmail did not answer within ${Math.round(silenceMs / 1000)} s (${account})`,
      checkConnection,
    )
  } finally {
    clearTimeout(timer)
    parent.removeEventListener('abort', onAbort)
  }
}
