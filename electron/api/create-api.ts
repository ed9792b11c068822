import type { IncomingMessage } from 'node:http'
import { type Context, Hono } from 'hono'
import {
  type Asker,
  dispatch,
  type Handlers,
  type Operation,
  type OperationName,
  operationNames,
  operations,
  pathsOf,
} from '../../shared/contract.ts'
import { documents } from '../../shared/documents.ts'
import { AppError } from '../../shared/errors.ts'
import type { Log } from '../ports.ts'
import { documentRoutes } from './document-routes.ts'
import type { Events } from './events.ts'
import { bearerToken, type GuardRules, refuse } from './guard.ts'
import { isOwnUser } from './peer-user.ts'
import { answer, problem } from './problems.ts'
import { readInput } from './read-input.ts'
import { type ReadWindow, windowRoutes } from './window-routes.ts'

export interface ApiOptions {
  readonly handlers: Handlers
  /** Whether even what is open on loopback needs the token: the setting `requireToken`. Read at each request. */
  readonly requireToken: boolean
  readonly isToken: GuardRules['isToken']
  readonly log: Log
  /** Ended by whoever made it, before the server. */
  readonly events: Events
  readonly readWindow: ReadWindow
  /** Mailtide's own. */
  readonly version: string
}

/** Who asks: what the token check of a route found. */
export interface Caller {
  readonly hasToken: boolean
  /** Whether the same request would pass now: the token can be renewed and the rule change while an answer goes on. */
  readonly isWelcome: () => boolean
}

/** What one address does for one method. */
export interface Route {
  readonly method: Operation['method']
  /** As in the contract, with fields in braces. */
  readonly path: string
  /** Whether this very request needs the token, beside the setting `requireToken`. */
  readonly needsToken: (context: Context) => boolean
  /** It needs no token even with the setting `requireToken`. */
  readonly isFree?: boolean
  readonly run: (context: Context, caller: Caller) => Response | Promise<Response>
}

/** Addresses for people rather than programs: a link from another page may lead there. */
const pages: ReadonlySet<string> = new Set(['/'])

/** The HTTP API as a function from request to response: contract, guard and problem documents, without a port. */
export function createApi(options: ApiOptions): Hono {
  const app = new Hono()
  const routes = [...windowRoutes(options), ...operationRoutes(options), ...documentRoutes(options)]

  app.use(async (context, next) => {
    await next()
    for (const [name, value] of Object.entries(protectiveHeaders)) {
      // The window has a policy of its own, which lets its scripts run.
      if (!context.res.headers.has(name)) context.header(name, value)
    }
  })
  // Whatever is asked for, even what does not exist: the first answer must not tell a foreign page anything.
  app.use(async (context, next) => {
    const refused = refuseIfForeign(context, false, options)
    if (refused !== null) return refused
    await next()
    return undefined
  })
  for (const route of routes) {
    app.on(route.method, pattern(route.path), (context) => {
      const isClosed = route.needsToken(context)
      const tokenNeeded = () => isClosed || (options.requireToken && route.isFree !== true)
      const given = bearerToken(context.req.header('authorization'))
      const hasToken = () => given !== null && options.isToken(given)
      return (
        refuseIfForeign(context, tokenNeeded(), options) ??
        route.run(context, { hasToken: hasToken(), isWelcome: () => !tokenNeeded() || hasToken() })
      )
    })
  }
  for (const [path, methods] of methodsByPath(routes)) app.all(path, (context) => wrongMethod(context, methods))
  app.notFound((context) => answer(context, nothingHere))
  app.onError((error, context) => {
    options.log.error('The HTTP API failed', { path: context.req.path, error: error.message })
    return answer(context, problem(500, 'bug', 'An unexpected error occurred in Mailtide', 'See the log'))
  })
  return app
}

/**
 * Answers are for this caller and this moment, and no page of another origin may hold, frame or read them. Whoever has one open in a browser
 * may ask us for more from there: without `connect-src` not even the browser's console could.
 */
const protectiveHeaders = {
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Content-Security-Policy': "default-src 'none'; connect-src 'self'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
}

function operationRoutes(options: ApiOptions): readonly Route[] {
  return operationNames.flatMap((name) => {
    const row = operations[name]
    return pathsOf(row).map(
      (path): Route => ({
        method: row.method,
        path,
        needsToken: () => row.auth === 'token',
        isFree: row.auth === 'proof',
        run: (context) => perform(context, name, options),
      }),
    )
  })
}

function refuseIfForeign(context: Context, tokenNeeded: boolean, { isToken }: ApiOptions): Response | null {
  const { req } = context
  const refusal = refuse(
    {
      method: req.method,
      host: req.header('host'),
      authority: new URL(req.url).host,
      origin: req.header('origin'),
      secFetchSite: req.header('sec-fetch-site'),
      secFetchMode: req.header('sec-fetch-mode'),
      secFetchDest: req.header('sec-fetch-dest'),
      authorization: req.header('authorization'),
    },
    { isPage: pages.has(req.path), tokenNeeded, isToken },
  )
  if (refusal === null) return null
  if (refusal.status === 401) context.header('WWW-Authenticate', 'Bearer realm="mailtide"')
  return answer(context, problem(refusal.status, 'forbidden', refusal.title, refusal.remedy))
}

async function perform(context: Context, name: OperationName, { handlers, log }: ApiOptions): Promise<Response> {
  const input = await readInput(context, name)
  if ('refused' in input) return answer(context, input.refused)
  const report = (error: unknown) => reportTo(log, name, error)
  const reply = await dispatch(handlers, name, input.fields, report, askerOf(context))
  if (!reply.ok) return answer(context, reply.problem)
  return context.json(reply.value, operations[name].success)
}

/** Node's server hands the request itself on; where there is none, nobody can tell who asks. */
const askerOf = ({ env }: Context): Asker => ({
  isOwnUser: async () => {
    const { incoming } = (env ?? {}) as { readonly incoming?: IncomingMessage }
    return incoming === undefined ? null : isOwnUser(incoming.socket)
  },
})

/** Foreseen failures are the caller's to tell; anything else is a bug and belongs in the log. */
function reportTo(log: Log, operation: OperationName, error: unknown): void {
  if (error instanceof AppError) return
  log.error('A request failed because of a bug', {
    operation,
    error: error instanceof Error ? (error.stack ?? error.message) : String(error),
  })
}

const pattern = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

/** Whoever may be read may be asked for its headers alone. */
function methodsByPath(routes: readonly Route[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { method, path } of routes) {
    const methods = method === 'GET' ? ['GET', 'HEAD'] : [method]
    found.set(pattern(path), [...(found.get(pattern(path)) ?? []), ...methods])
  }
  return found
}

function wrongMethod(context: Context, methods: readonly string[]): Response {
  context.header('Allow', methods.join(', '))
  const title = `${context.req.method} is not possible here`
  return answer(context, problem(405, 'bad_input', title, `Use ${methods.join(' or ')}`))
}

const nothingHere = problem(
  404,
  'not_found',
  'There is nothing at this address',
  `See GET ${documents.openapi.path} for the addresses there are`,
)
