import http, { type IncomingMessage, type RequestOptions } from 'node:http'
import https from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { urlToHttpOptions } from 'node:url'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import type { HeaderReader } from './failure.ts'
import { ANSWER_TOO_LARGE } from './network-errors.ts'
import type { Agent } from './transport.ts'

export type Adapter = NonNullable<gmail_v1.Options['adapter']>
export type Request = Parameters<Adapter>[0]

/** An answer whose body has not been read. */
export interface Answer {
  readonly status: number
  readonly headers: HeaderReader
  readonly body: Readable
}

/** Sends a request without a body. A redirect is an error. */
export type Sender = (options: RequestOptions) => Promise<Answer>

/**
 * Carries the requests of Google's client over Node's own HTTP, by the client's documented `adapter`
 * (https://github.com/googleapis/google-cloud-node-core/tree/main/packages/gaxios). The fetch that the client would use copies every body
 * through three streams: more than half of what a request costs. Answers of any status are given as they come, but a
 * redirect is an error: following it would carry the token to another server. `onHeaders` sees what comes before the body.
 */
export function createAdapter(agent: Agent, onHeaders: (headers: HeaderReader) => void = () => undefined): Adapter {
  const adapter = async (request: Request) => {
    const { url, method = 'GET', signal } = request
    const options = {
      ...urlToHttpOptions(new URL(url)),
      agent,
      method,
      headers: Object.fromEntries(request.headers),
      ...(signal instanceof AbortSignal ? { signal } : {}),
    }
    const incoming = await send(options, typeof request.body === 'string' ? request.body : undefined)
    const { statusCode: status = 0 } = incoming
    const headers = headersOf(incoming)
    onHeaders(headers)
    const body = decoded(incoming)
    const data = request.responseType === 'stream' ? body : readJson(await textOf(body))
    return {
      config: request,
      status,
      statusText: '',
      ok: status >= 200 && status < 300,
      headers,
      url: String(request.url),
      data,
    }
  }
  // Its type promises an answer of whatever type the caller asks for.
  return adapter as unknown as Adapter
}

/** The same transport for requests that are made already. */
export function createSender(agent: Agent, onHeaders: (headers: HeaderReader) => void = () => undefined): Sender {
  return async (options) => {
    const incoming = await send({ ...options, agent })
    const headers = readerOf(incoming)
    onHeaders(headers)
    return { status: incoming.statusCode ?? 0, headers, body: decoded(incoming) }
  }
}

function send(options: RequestOptions, body?: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = (options.protocol === 'https:' ? https : http).request(options)
    outgoing.once('error', reject)
    outgoing.once('response', (incoming) => {
      if (isRedirect(incoming)) {
        incoming.destroy()
        return reject(Object.assign(new Error('The server redirects to another address'), { code: 'no-redirect' }))
      }
      resolve(incoming)
    })
    outgoing.end(body)
  })
}

const isRedirect = ({ statusCode = 0, headers }: IncomingMessage): boolean =>
  [301, 302, 303, 307, 308].includes(statusCode) && headers.location !== undefined

/** https://www.rfc-editor.org/rfc/rfc9110#field.content-encoding */
function decoded(incoming: IncomingMessage): Readable {
  const decoder = decoderOf(incoming.headers['content-encoding']?.toLowerCase())
  // The reader meets the error of either at the end of the pipe.
  return decoder === null ? incoming : pipeline(incoming, decoder, () => undefined)
}

function decoderOf(encoding: string | undefined) {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'deflate':
      return createInflate()
    case 'br':
      return createBrotliDecompress()
    default:
      return null
  }
}

/** Looked at without being copied: of nearly all answers only the date is asked for. */
const readerOf = ({ headers }: IncomingMessage): HeaderReader => ({
  get(name) {
    const value = headers[name.toLowerCase()]
    return value === undefined ? null : String(value)
  },
})

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!)
  return headers
}

/** The longest page of a list or of history is a few million bytes. */
const MAX_TEXT = 32 * 1024 * 1024

/** A body as text. A small compressed one can unfold to any size, and one may never end: neither is read on beyond `MAX_TEXT`. */
async function textOf(body: Readable): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > MAX_TEXT) throw Object.assign(new Error('The answer does not end'), { code: ANSWER_TOO_LARGE })
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** What is no JSON stays text: the reader of the answer says what is wrong with it. */
function readJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
