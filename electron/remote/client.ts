import { type Client, type OperationName, operationNames, operations, requestOf } from '../../shared/contract.ts'
import { AppError, type AppErrorOptions, Problem } from '../../shared/errors.ts'
import { guideTopic } from '../../shared/google-guide.ts'
import { readApiToken } from '../platform/api-token.ts'
import type { DataPaths } from '../platform/data-folder.ts'
import { errnoOf } from '../platform/durable-file.ts'
import { type LockOwner, readOwner } from '../platform/lock.ts'
import { readServiceFile } from '../platform/service-file.ts'
import { keyAfterProof, newChallenge } from '../platform/token-proof.ts'

/** Adding an account asks Google; everything else is answered at once. */
const PATIENCE_MS = 60_000
/** A service that takes longer to say that it lives, hangs. */
const PROBE_MS = 10_000

export interface Connection {
  readonly client: Client
  /** `http://127.0.0.1:<port>` */
  readonly address: string
  /**
   * What is taken in place of the API token by this very process, which has proven to know it. Null when the token cannot be read: then only what
   * is open on this computer can be asked.
   */
  readonly token: string | null
  readonly owner: LockOwner
  readonly pid: number
  readonly port: number
}

/**
 * No process answers, or it ended before it did. Told apart from a service that answers and does not sync, which has the
 * same code `not_running`. `owner` is the process that holds the folder all the same.
 */
export class ServiceGone extends AppError {
  readonly owner: LockOwner | null
  constructor(owner: LockOwner | null, message: string, options: AppErrorOptions) {
    super('not_running', message, options)
    this.owner = owner
  }
}

/** What to do when no service runs. */
export const startRemedy = 'Start it with: mailtide start'

/** Nothing listens, or nobody owns the folder. */
export const notRunning = (cause?: unknown): ServiceGone =>
  new ServiceGone(null, 'Mailtide is not running', {
    remedy: startRemedy,
    action: { kind: 'start_service' },
    cause,
  })

/**
 * Finds the service that owns a data folder and makes sure that it answers, and that it is the service: another program can have its port. Throws
 * `ServiceGone` when none does, `forbidden` when the folder belongs to another user, and `disk` when it is no folder. No answer is waited for
 * longer than `patienceMs`.
 */
export async function connectTo(paths: DataPaths, patienceMs = PATIENCE_MS): Promise<Connection> {
  const owner = await findOwner(paths)
  if (owner === null) throw notRunning()
  const service = await readServiceFile(paths)
  if (service === null || service.port === null || service.pid !== owner.pid) throw silent(owner, 'unready')
  // Without the token one can still ask what is open on this computer.
  const secret = await readApiToken(paths.apiToken).catch(() => null)
  const { port } = service
  const address = `http://127.0.0.1:${port}`
  const { is, token } = await probe(address, secret, Math.min(PROBE_MS, patienceMs))
  if (is !== 'ours') throw silent(owner, is, port)
  return { client: createClient(address, token, patienceMs), address, token, owner, pid: owner.pid, port }
}

/** Who holds a data folder now; null when nobody alive does. Throws `forbidden` or `disk` when that cannot be seen. */
export async function findOwner(paths: DataPaths): Promise<LockOwner | null> {
  try {
    return await readOwner(paths)
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'EACCES' || code === 'EPERM') {
      throw new AppError('forbidden', `The data folder ${paths.home} belongs to another user`, {
        remedy: 'Run this as the user who runs Mailtide, or set MAILTIDE_HOME to your own folder',
        cause: error,
      })
    }
    if (code === 'ENOTDIR' || code === 'EISDIR') {
      throw new AppError('disk', `${paths.home} is not a folder`, {
        remedy: 'Move that away, or set MAILTIDE_HOME to another folder',
        cause: error,
      })
    }
    throw error
  }
}

/** A client of the whole contract. Failures are the `AppError`s that the service threw, `ServiceGone`, `network` or `bad_answer`. */
export function createClient(address: string, token: string | null, patienceMs = PATIENCE_MS): Client {
  const entries = operationNames.map((name) => [
    name,
    (input: unknown) => call({ address, token, patienceMs }, name, input),
  ])
  return Object.fromEntries(entries) as Client
}

interface Service extends Pick<Connection, 'address' | 'token'> {
  readonly patienceMs: number
}

async function call({ address, token, patienceMs }: Service, name: OperationName, input: unknown): Promise<unknown> {
  const row = operations[name]
  // It would be refused, and who cannot have the service proven must not send it what is in the request.
  if (row.auth === 'token' && token === null) throw tokenless()
  const { url, body } = requestOf(row, input as Record<string, unknown>)
  const { ok, status, answer } = await ask(`${address}${url}`, patienceMs, {
    method: row.method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    body,
  })
  if (!ok) throw problemOf(answer, status)
  const parsed = row.output.safeParse(answer)
  if (parsed.success) return parsed.data
  throw notOurs(`the answer to ${name} is not what this version expects`)
}

interface Answer {
  readonly ok: boolean
  readonly status: number
  /** Null when it is no JSON. */
  readonly answer: unknown
}

async function ask(url: string, patience: number, init: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patience), redirect: 'error' })
    const text = await response.text()
    return { ok: response.ok, status: response.status, answer: jsonOrNull(text) }
  } catch (error) {
    const code = error instanceof Error ? errnoOf(error.cause) : undefined
    if (code === 'ECONNREFUSED') {
      throw notRunning(error)
    }
    if (code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE') {
      const message = 'Mailtide stopped before it answered'
      throw new ServiceGone(null, message, {
        remedy: 'See: mailtide logs. Start it with: mailtide start',
        cause: error,
      })
    }
    throw new AppError(
      'network',
      `Mailtide does not answer${isTimeout({ cause: error }) ? ` within ${patience / 1_000} seconds` : ''}`,
      {
        remedy: 'See: mailtide logs. If it hangs: mailtide stop --force, then mailtide start',
        cause: error,
      },
    )
  }
}

const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'cause' in error && error.cause instanceof Error
    ? error.cause.name === 'TimeoutError'
    : false

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The failure that an answer tells of. */
export function problemOf(answer: unknown, status: number): AppError {
  const problem = Problem.safeParse(answer)
  if (!problem.success) return notOurs(`HTTP ${status}`)
  const { code, title, detail, remedy, action, guide, cause: because } = problem.data
  const message = detail === undefined ? title : `${title}: ${detail}`
  return new AppError(code, message, {
    ...(remedy === undefined ? {} : { remedy }),
    action,
    guide: guideTopic(guide),
    because,
  })
}

const notOurs = (what: string) =>
  new AppError('bad_answer', `Mailtide answered in a way this command does not understand: ${what}`, {
    remedy: 'Use the same version of the command and the service',
  })

const tokenless = () =>
  new AppError('forbidden', 'This needs the API token, and the file api-token in the data folder cannot be read', {
    remedy: 'Run this as the user who runs Mailtide',
  })

type Probe = 'ours' | 'refused' | 'hangs' | 'foreign' | 'unproven'

/**
 * Who answers there: a port named in `service.json` may be another program's by now. Whoever knows the API token has it proven, and gets what to
 * send in its place.
 */
async function probe(
  address: string,
  secret: string | null,
  patienceMs: number,
): Promise<{ readonly is: Probe; readonly token: string | null }> {
  const is = (found: Probe) => ({ is: found, token: null })
  try {
    if (secret === null) {
      const { answer } = await ask(`${address}${operations.health.path}`, patienceMs, {})
      const isOurs = operations.health.output.safeParse(answer).success || Problem.safeParse(answer).success
      return is(isOurs ? 'ours' : 'foreign')
    }
    const challenge = newChallenge()
    const { url } = requestOf(operations.tokenProve, { challenge })
    const { answer } = await ask(`${address}${url}`, patienceMs, {})
    const proof = operations.tokenProve.output.safeParse(answer)
    if (!proof.success) return is(Problem.safeParse(answer).success ? 'unproven' : 'foreign')
    const token = keyAfterProof(secret, challenge, proof.data)
    return token === null ? is('unproven') : { is: 'ours', token }
  } catch (error) {
    if (error instanceof ServiceGone) return is('refused')
    return is(isTimeout(error) ? 'hangs' : 'foreign')
  }
}

/** Somebody holds the folder and cannot be spoken to: says who and why. */
function silent(owner: LockOwner, why: Exclude<Probe, 'ours'> | 'unready', port = 0): ServiceGone {
  const { pid, where, machine } = owner
  if (where !== 'here') {
    const place = where === 'other_machine' ? `on the computer ${machine}` : `in the container ${machine}`
    return new ServiceGone(owner, `Mailtide (pid ${pid} ${place}) holds the data folder but does not answer here`, {
      remedy: 'Run this command where Mailtide runs',
    })
  }
  if (owner.host === 'command') {
    return new ServiceGone(
      owner,
      `Mailtide is not running: another command (pid ${pid}) is working on the data folder`,
      {
        remedy: 'Wait until it is done, then run: mailtide start',
      },
    )
  }
  switch (why) {
    case 'unready':
    case 'refused':
      return new ServiceGone(owner, `Mailtide (pid ${pid}) holds the data folder but does not answer`, {
        remedy: 'It may be starting or stopping: try again in a moment, and see: mailtide logs',
      })
    case 'hangs':
      return new ServiceGone(owner, `Mailtide (pid ${pid}) hangs: it does not answer on port ${port}`, {
        remedy: 'See: mailtide logs. End it with: mailtide stop --force. Then start it with: mailtide start',
      })
    case 'unproven':
      return new ServiceGone(
        owner,
        `What answers on port ${port} does not prove that it is Mailtide (pid ${pid}); nothing was sent to it`,
        {
          remedy:
            'Restart Mailtide: mailtide restart. If this happens again, another program is using its port: mailtide restart --port 8001',
        },
      )
    case 'foreign':
      return new ServiceGone(owner, `Another program answers on port ${port}, not Mailtide (pid ${pid})`, {
        remedy: 'Restart Mailtide on another port: mailtide restart --port 8001',
      })
  }
}
