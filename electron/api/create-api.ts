import { type Context, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import {
  dispatch,
  type Handlers,
  type OperationName,
  operationNames,
  operations,
  pathFields,
  pathsOf,
} from '../../shared/contract.ts'
import { AppError, type Problem } from '../../shared/errors.ts'
import type { Log } from '../ports.ts'
import { type GuardRules, refuse } from './guard.ts'

export interface ApiOptions {
  readonly handlers: Handlers
  /** Whether even what is open on loopback needs the token: the setting `requireToken`. */
  readonly requireToken: boolean
  readonly isToken: GuardRules['isToken']
  readonly log: Log
}

/** Bodies are credentials and settings: small. */
const MAX_BODY_BYTES = 64 * 1024

/** The HTTP API as a function from request to response: contract, guard and problem documents, without a port. */
export function createApi(options: ApiOptions): Hono {
  const app = new Hono()

  app.use(async (context, next) => {
    await next()
    context.header('Cache-Control', 'no-store')
    context.header('X-Content-Type-Options', 'nosniff')
    context.header('Cross-Origin-Resource-Policy', 'same-origin')
    context.header('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'")
  })
  // Whatever is asked for, even what does not exist: the first answer must not tell a foreign page anything.
  app.use((context, next) => guarded(context, next, false, options))

  app.get('/', (context) => context.text(welcome))
  for (const name of operationNames) {
    const row = operations[name]
    for (const path of pathsOf(row)) {
      const route = path.replaceAll(/\{(\w+)\}/g, ':$1')
      app.on(
        row.method,
        route,
        (context, next) => guarded(context, next, row.auth === 'token' || options.requireToken, options),
        bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (context) => answer(context, tooLarge) }),
        (context) => perform(context, name, options),
      )
    }
  }
  for (const [path, methods] of methodsByPath()) {
    app.all(path, (context) => {
      context.header('Allow', methods.join(', '))
      return answer(context, {
        ...problem(405, 'bad_input', `${context.req.method} is not possible here`),
        remedy: `Use ${methods.join(' or ')}`,
      })
    })
  }
  app.notFound((context) =>
    answer(context, {
      ...problem(404, 'not_found', 'There is nothing at this address'),
      remedy: 'See the documentation of the HTTP API for the addresses there are',
    }),
  )
  app.onError((error, context) => {
    options.log.error('The HTTP API failed', { path: context.req.path, error: error.message })
    return answer(context, problem(500, 'bug', 'Something unforeseen went wrong inside Mailtide'))
  })
  return app
}

const welcome = `This is Mailtide's HTTP API.\nStatus: GET ${operations.status.path}\nHealth: GET ${operations.health.path}\n`

async function guarded(
  context: Context,
  next: () => Promise<void>,
  tokenNeeded: boolean,
  options: ApiOptions,
): Promise<Response | undefined> {
  const refusal = refuse(
    {
      host: context.req.header('host'),
      origin: context.req.header('origin'),
      secFetchSite: context.req.header('sec-fetch-site'),
      authorization: context.req.header('authorization'),
    },
    { tokenNeeded, isToken: options.isToken },
  )
  if (refusal === null) {
    await next()
    return undefined
  }
  if (refusal.status === 401) context.header('WWW-Authenticate', 'Bearer realm="mailtide"')
  return answer(context, { ...problem(refusal.status, 'forbidden', refusal.title), remedy: refusal.remedy })
}

async function perform(context: Context, name: OperationName, { handlers, log }: ApiOptions): Promise<Response> {
  const input = await readInput(context, name)
  if ('refused' in input) return answer(context, input.refused)
  const reply = await dispatch(handlers, name, input.fields, (error) => reportTo(log, name, error))
  if (!reply.ok) return answer(context, reply.problem)
  return context.json(reply.value, operations[name].success)
}

/** Foreseen failures are the caller's to tell; anything else is a bug and belongs in the log. */
function reportTo(log: Log, operation: OperationName, error: unknown): void {
  if (error instanceof AppError || (error instanceof Error && error.name === 'ZodError')) return
  log.error('A request failed by a bug', {
    operation,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  })
}

type Input = { readonly fields: unknown } | { readonly refused: Problem }

/** The input of an operation: path and query, and a JSON body. Secrets travel in bodies only, since queries get logged. */
async function readInput(context: Context, name: OperationName): Promise<Input> {
  const row = operations[name]
  const inPath = Object.fromEntries(pathFields(row.path).map((field) => [field, context.req.param(field)]))
  const isJson = /^application\/json\b/i.test(context.req.header('content-type') ?? '')
  if (row.from === 'body' && !isJson) return { refused: notJson }
  const text = isJson ? await context.req.text() : ''
  const body = text === '' && row.from === 'query' ? {} : parseObject(text)
  if (body === null) return { refused: badJson }
  return { fields: { ...body, ...(row.from === 'query' ? queryOf(context) : {}), ...inPath } }
}

/** A parameter given twice becomes a list, which no operation takes: better refused than half obeyed. */
function queryOf(context: Context): Record<string, unknown> {
  const entries = Object.entries(context.req.queries())
  return Object.fromEntries(entries.map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function methodsByPath(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>([['/', ['GET']]])
  for (const name of operationNames) {
    for (const path of pathsOf(operations[name])) {
      const route = path.replaceAll(/\{(\w+)\}/g, ':$1')
      found.set(route, [...(found.get(route) ?? []), operations[name].method])
    }
  }
  return found
}

const problem = (status: number, code: Problem['code'], title: string): Problem => ({
  type: `urn:mailtide:problem:${code}`,
  title,
  status,
  code,
})
const notJson = {
  ...problem(415, 'bad_input', 'The request has no JSON body'),
  remedy: 'Send JSON with the header Content-Type: application/json',
}
const badJson = {
  ...problem(400, 'bad_input', 'The body of the request is not a JSON object'),
  remedy: 'Send a whole JSON object',
}
const tooLarge = {
  ...problem(413, 'bad_input', `The body of the request is larger than ${MAX_BODY_BYTES} bytes`),
  remedy: 'Send less',
}

/** A problem document: https://www.rfc-editor.org/rfc/rfc9457 */
function answer(context: Context, document: Problem): Response {
  return context.body(JSON.stringify(document), document.status as ContentfulStatusCode, {
    'Content-Type': 'application/problem+json',
  })
}
