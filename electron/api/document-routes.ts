import type { Context } from 'hono'
import { type DocumentName, documents, EventsInput } from '../../shared/documents.ts'
import { AppError, toProblem } from '../../shared/errors.ts'
import type { ApiOptions, Caller, Route } from './create-api.ts'
import { openApiDocument } from './openapi.ts'
import { answer } from './problems.ts'
import { METRICS_TYPE, metricsText } from './prometheus.ts'
import { queryOf } from './read-input.ts'

/** What is served beside the operations: events, metrics and the description of the API. */
export function documentRoutes(options: ApiOptions): readonly Route[] {
  let description: string | null = null
  const describe = (): string => {
    description ??= JSON.stringify(openApiDocument(options.version))
    return description
  }
  const route = (name: DocumentName, run: Route['run'], needsToken: Route['needsToken'] = () => false): Route => ({
    method: 'GET',
    path: documents[name].path,
    needsToken: (context) => documents[name].auth === 'token' || needsToken(context),
    run,
  })
  return [
    route('events', (context, caller) => events(context, caller, options), wantsLog),
    route('metrics', (context) => metrics(context, options)),
    route('openapi', (context) => context.body(describe(), 200, { 'Content-Type': documents.openapi.mediaType })),
  ]
}

const wantsLog = (context: Context): boolean => {
  const input = EventsInput.safeParse(queryOf(context))
  return input.success && input.data.kinds.includes('log')
}

function events(context: Context, { hasToken, isWelcome }: Caller, { events: source }: ApiOptions): Response {
  const input = EventsInput.safeParse(queryOf(context))
  if (!input.success) return answer(context, toProblem(input.error))
  // A browser that connects again sends its old address with a newer id in the header.
  const after = context.req.header('last-event-id') || input.data.after
  const headers = {
    'Content-Type': documents.events.mediaType,
    // Reverse proxies hold answers back otherwise: https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering
    'X-Accel-Buffering': 'no',
    Connection: 'close',
  }
  // A stream that nobody reads would stay open.
  if (context.req.method === 'HEAD') return context.body(null, 200, headers)
  try {
    return context.body(source.open({ ...input.data, after, hasToken, isWelcome }), 200, headers)
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return answer(context, toProblem(error))
  }
}

async function metrics(context: Context, { handlers }: ApiOptions): Promise<Response> {
  try {
    const { sync_status: snapshot } = await handlers.status({})
    return context.body(await metricsText(snapshot), 200, { 'Content-Type': METRICS_TYPE })
  } catch (error) {
    // The service is starting or broken; anything else is a bug, and logged as one.
    if (!(error instanceof AppError)) throw error
    return answer(context, toProblem(error))
  }
}
