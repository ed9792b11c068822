import { type Client, type OperationName, operationNames, operations, requestOf } from '../../shared/contract.ts'
import { AppError, Problem } from '../../shared/errors.ts'
import { readApiToken } from '../platform/api-token.ts'
import type { DataPaths } from '../platform/data-folder.ts'
import { errnoOf } from '../platform/durable-file.ts'
import { type LockOwner, readOwner } from '../platform/lock.ts'
import { readServiceFile } from '../platform/service-file.ts'

/** Adding an account asks Google; everything else is answered at once. */
const PATIENCE_MS = 60_000

export interface Connection {
  readonly client: Client
  readonly pid: number
  readonly port: number
}

/**
 * Finds the service that owns a data folder and makes sure that it answers. Throws `not_running` when none does, and
 * `forbidden` when the folder belongs to another user.
 */
export async function connectTo(paths: DataPaths): Promise<Connection> {
  const owner = await ownerOf(paths)
  if (owner === null) throw new AppError('not_running', 'Mailtide is not running', { remedy: startRemedy })
  const service = await readServiceFile(paths)
  if (service === null || service.port === null || service.pid !== owner.pid) throw silent(owner)
  // Without the token one can still ask what is open on this computer.
  const token = await readApiToken(paths.apiToken).catch(() => null)
  const { port } = service
  if (!(await answers(port))) throw silent(owner)
  return { client: createClient(`http://127.0.0.1:${port}`, token), pid: owner.pid, port }
}

const startRemedy = 'Start it with: mailtide run'

/** A client of the whole contract. Failures are the `AppError`s that the service threw. */
export function createClient(address: string, token: string | null): Client {
  const entries = operationNames.map((name) => [name, (input: unknown) => call(address, token, name, input)])
  return Object.fromEntries(entries) as Client
}

async function call(address: string, token: string | null, name: OperationName, input: unknown): Promise<unknown> {
  const row = operations[name]
  const { url, body } = requestOf(row, input as Record<string, unknown>)
  const response = await ask(`${address}${url}`, {
    method: row.method,
    headers: {
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === null ? {} : { 'content-type': 'application/json' }),
    },
    body,
  })
  const answer: unknown = await response.json().catch(() => null)
  if (!response.ok) throw problemOf(answer, response.status)
  const parsed = row.output.safeParse(answer)
  if (parsed.success) return parsed.data
  throw notOurs(`the answer to ${name} is not what this version expects`)
}

async function ask(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'error' })
  } catch (error) {
    const refused = error instanceof Error && errnoOf(error.cause) === 'ECONNREFUSED'
    if (refused) throw new AppError('not_running', 'Mailtide is not running', { remedy: startRemedy, cause: error })
    throw new AppError('network', 'Mailtide does not answer', { remedy: 'See its log, and try again', cause: error })
  }
}

function problemOf(answer: unknown, status: number): AppError {
  const problem = Problem.safeParse(answer)
  if (!problem.success) return notOurs(`HTTP ${status}`)
  const { code, title, detail, remedy } = problem.data
  const message = detail === undefined ? title : `${title}: ${detail}`
  return new AppError(code, message, remedy === undefined ? {} : { remedy })
}

const notOurs = (what: string) =>
  new AppError('bad_answer', `Mailtide answered in a way this command does not understand: ${what}`, {
    remedy: 'Use the command and the service of the same version',
  })

/** Whether Mailtide answers there: a port left in `service.json` by a killed process may be another program's by now. */
async function answers(port: number): Promise<boolean> {
  try {
    const response = await ask(`http://127.0.0.1:${port}${operations.health.path}`, {})
    const answer: unknown = await response.json()
    return operations.health.output.safeParse(answer).success || Problem.safeParse(answer).success
  } catch {
    return false
  }
}

async function ownerOf(paths: DataPaths): Promise<LockOwner | null> {
  try {
    return await readOwner(paths)
  } catch (error) {
    if (!['EACCES', 'EPERM'].includes(errnoOf(error) ?? '')) throw error
    throw new AppError('forbidden', `The data folder ${paths.home} belongs to another user`, {
      remedy: 'Run this as the user who runs Mailtide, or set MAILTIDE_HOME to your own folder',
      cause: error,
    })
  }
}

function silent({ pid, where, machine }: LockOwner): AppError {
  const place =
    where === 'here' ? '' : where === 'other_machine' ? ` on the computer ${machine}` : ` in the container ${machine}`
  return new AppError('not_running', `Mailtide (pid ${pid}${place}) holds the data folder but does not answer here`, {
    remedy:
      where === 'here'
        ? 'It may be starting or stopping: try again in a moment, and see its log'
        : 'Run this command where Mailtide runs',
  })
}
