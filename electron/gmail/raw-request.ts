import { urlToHttpOptions } from 'node:url'
import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import { AppError } from '../../shared/errors.ts'
import type { MessageId } from '../../shared/ids.ts'
import type { Adapter, Answer, Request, Sender } from './http-adapter.ts'

/** Asks for one original. Answers of any status are given as they come, their body unread. */
export type RawRequest = (id: MessageId, token: string, signal: AbortSignal) => Promise<Answer>

/** Stands for the id in the pattern: nothing that a URL would encode, and nothing else in one looks like it. */
const ANY_ID = 'MAILTIDE0ANY0MESSAGE0ID'

/**
 * `messages.get` for originals, which is nearly all that a first download asks. Google's client makes this request once, and every
 * message is asked for by that pattern: apart from id and token they are all the same, and making one anew is half of what it costs.
 */
export function createRawRequest(api: gmail_v1.Gmail, fields: string, send: Sender): RawRequest {
  let pattern: Promise<Pattern> | null = null
  return async (id, token, signal) => {
    pattern ??= readPattern(api, fields)
    const { before, after, options, headers } = await pattern
    return send({
      ...options,
      path: before + encodeURIComponent(id) + after,
      headers: { ...headers, authorization: `Bearer ${token}` },
      signal,
    })
  }
}

interface Pattern {
  /** The path around the id. */
  readonly before: string
  readonly after: string
  readonly options: ReturnType<typeof urlToHttpOptions>
  readonly headers: Readonly<Record<string, string>>
}

async function readPattern(api: gmail_v1.Gmail, fields: string): Promise<Pattern> {
  const request = await captured((adapter) =>
    api.users.messages.get({ userId: 'me', id: ANY_ID, format: 'raw', fields }, { adapter, responseType: 'stream' }),
  )
  const options = urlToHttpOptions(new URL(request.url))
  const [before, after, ...more] = (options.path ?? '').split(ANY_ID)
  if (before === undefined || after === undefined || more.length > 0 || (request.method ?? 'GET') !== 'GET') {
    throw new AppError('bug', "Google's client no longer asks for a message by its id in the address")
  }
  return { before, after, options, headers: Object.fromEntries(request.headers) }
}

/** What the client would send: its transport is ours, and sends nothing. */
async function captured(call: (adapter: Adapter) => Promise<unknown>): Promise<Request> {
  let request: Request | undefined
  const adapter = async (asked: Request) => {
    request = asked
    return { config: asked, status: 200, statusText: '', ok: true, headers: new Headers(), url: '', data: null }
  }
  // Its type promises an answer of whatever type the caller asks for.
  await call(adapter as unknown as Adapter)
  if (request === undefined) throw new AppError('bug', "Google's client did not use the transport that it was given")
  return request
}
