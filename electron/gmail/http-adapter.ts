import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import { pipeline, type Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import type { Agent } from './transport.ts'

type Adapter = NonNullable<gmail_v1.Options['adapter']>
type Request = Parameters<Adapter>[0]

/**
 * Carries the requests of Google's client over Node's own HTTP, by the client's documented `adapter`
 * (https://github.com/googleapis/google-cloud-node-core/tree/main/packages/gaxios). The fetch that the client would use copies every body
 * through three streams: more than half of what a request costs. Answers of any status are given as they come, but a
 * redirect is an error: following it would carry the token to another server. `onHeaders` sees what comes before the body.
 */
export function createAdapter(agent: Agent, onHeaders: (headers: Headers) => void = () => undefined): Adapter {
  const adapter = async (request: Request) => {
    const { status, headers, body } = await send(request, agent)
    onHeaders(headers)
    const data = request.responseType === 'stream' ? body : readJson(await text(body))
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

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readable
}

function send(request: Request, agent: Agent): Promise<Answer> {
  const { url, method = 'GET', headers, signal, body } = request
  return new Promise((resolve, reject) => {
    const outgoing = (url.protocol === 'https:' ? https : http).request(url, {
      agent,
      method,
      headers: Object.fromEntries(headers),
      ...(signal instanceof AbortSignal ? { signal } : {}),
    })
    outgoing.once('error', reject)
    outgoing.once('response', (incoming) => {
      if (isRedirect(incoming)) {
        incoming.destroy()
        return reject(Object.assign(new Error('The server redirects to another address'), { code: 'no-redirect' }))
      }
      resolve({ status: incoming.statusCode ?? 0, headers: headersOf(incoming), body: decoded(incoming) })
    })
    outgoing.end(typeof body === 'string' ? body : undefined)
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

function headersOf({ rawHeaders }: IncomingMessage): Headers {
  const headers = new Headers()
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) headers.append(rawHeaders[at]!, rawHeaders[at + 1]!)
  return headers
}

/** What is no JSON stays text: the reader of the answer says what is wrong with it. */
function readJson(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}
