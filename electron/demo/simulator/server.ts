/** The HTTP server: bodies in, answers out, and the faults that happen on the wire. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { type Answer, googleError, json, Refused } from './answer.ts'
import { type BatchPart, readBatch, writeBatch } from './batch.ts'
import { authEndpoint } from './consent.ts'
import type { Context, Dice } from './context.ts'
import type { DiceBox } from './dice.ts'
import { htmlPage, serverError } from './errors.ts'
import { revokeEndpoint, tokenEndpoint } from './oauth.ts'
import { answerCall, outage, whoAsks } from './router.ts'

const compress = promisify(gzip)
const MAX_BODY = 2 * 1024 * 1024
const TRICKLES = 8

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MAX_BODY) chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly url: URL
  readonly dice: Dice
  /** Fires when the client goes away or the server closes. */
  readonly signal: AbortSignal
}

export interface SimulatorServer {
  readonly server: Server
  /** Ends everything that is under way. */
  abort(): void
}

export function createSimulatorServer(context: Context, diceBox: DiceBox): SimulatorServer {
  const { dials, stats } = context
  const closing = new AbortController()
  const running = new Map<string, number>()
  let inFlight = 0

  /** Takes a place for a call of the user unless all are taken. The places are given back when the exchange ends. */
  const admission =
    (taken: string[]) =>
    (user: string): boolean => {
      const now = running.get(user) ?? 0
      if (dials.maxConcurrent > 0 && now >= dials.maxConcurrent) return false
      running.set(user, now + 1)
      taken.push(user)
      return true
    }

  const batch = async (exchange: Exchange, admit: (user: string) => boolean): Promise<Answer> => {
    const body = await bodyOf(exchange.request)
    const authorization = exchange.request.headers.authorization
    whoAsks(context, authorization)
    const parts = readBatch(exchange.request.headers['content-type'] ?? '', body)
    if (!Array.isArray(parts)) return parts
    stats.batchParts += parts.length
    const answers = parts.map((part: BatchPart) => {
      const target = new URL(part.target, 'http://batch')
      const dice = diceBox.for(target.pathname + target.search)
      const asked = { verb: part.verb, path: target.pathname, params: target.searchParams, dice }
      return {
        contentId: part.contentId,
        answer: answerCall(context, { ...asked, authorization: part.authorization ?? authorization }, admit),
      }
    })
    return writeBatch(`batch_${exchange.dice.detail('boundary').toString(36).slice(2)}`, answers)
  }

  const oauth = async ({ request, url, dice }: Exchange, name: string): Promise<Answer> => {
    const userAgent = request.headers['user-agent'] ?? ''
    if (request.method === 'GET') return authEndpoint(context, { name, query: url.search, form: undefined, userAgent })
    if (request.method !== 'POST') return htmlPage(404, 'Not Found')
    const form = new URLSearchParams((await bodyOf(request)).toString())
    if (name.startsWith('auth/')) return authEndpoint(context, { name, query: '', form, userAgent })
    if (dials.tokenFaults && dice.roll('serverError', dials.serverError)) return outage(dice)
    if (name === 'token') return tokenEndpoint(context, form)
    if (name === 'revoke') return revokeEndpoint(context, url.searchParams.get('token') ?? form.get('token') ?? '')
    return htmlPage(404, 'Not Found')
  }

  const answer = async (exchange: Exchange, admit: (user: string) => boolean): Promise<Answer> => {
    const { request, url, dice } = exchange
    const path = url.pathname
    if (path.startsWith('/oauth/')) return oauth(exchange, path.slice('/oauth/'.length))
    if (path === '/batch/gmail/v1' || path === '/batch') {
      if (request.method !== 'POST') return htmlPage(404, 'Not Found')
      return batch(exchange, admit)
    }
    if (path.startsWith('/gmail/v1/')) {
      const asked = { verb: request.method ?? 'GET', path, params: url.searchParams, dice }
      return answerCall(context, { ...asked, authorization: request.headers.authorization }, admit)
    }
    return htmlPage(404, 'Not Found')
  }

  const wait = async (exchange: Exchange): Promise<void> => {
    const { latency } = dials
    const ms =
      typeof latency === 'number' ? latency : latency[0] + exchange.dice.detail('latency') * (latency[1] - latency[0])
    if (ms > 0) await delay(ms, undefined, { signal: exchange.signal })
  }

  const headersFor = (given: Answer): Record<string, string> => ({
    'content-type': given.type,
    vary: 'Origin, X-Origin, Referer',
    'cache-control': 'private',
    ...given.headers,
    ...(dials.retryAfterSeconds > 0 && (given.status === 429 || given.status === 503)
      ? { 'retry-after': String(dials.retryAfterSeconds) }
      : {}),
  })

  /** Google compresses for clients that say so twice: Accept-Encoding and a User-Agent with "gzip" in it. */
  const mayCompress = ({ request }: Exchange): boolean =>
    dials.gzip &&
    /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')) &&
    /gzip/i.test(request.headers['user-agent'] ?? '')

  const send = async (exchange: Exchange, given: Answer, faulty: boolean): Promise<void> => {
    const { response, dice, signal } = exchange
    let body = given.body
    const headers = headersFor(given)
    if (faulty && given.status === 200 && dice.roll('garbage', dials.garbage)) body = garbageOf(body, dice)
    if (mayCompress(exchange) && body.length > 200) {
      body = await compress(body, { level: 1 })
      headers['content-encoding'] = 'gzip'
    }
    headers['content-length'] = String(body.length)
    stats.bytes += body.length
    const broken = faulty && dice.roll('reset', dials.reset)
    if (broken && dice.detail('reset when') < 0.5) {
      exchange.request.socket.resetAndDestroy()
      return
    }
    if (broken || (faulty && body.length > 1 && dice.roll('cut', dials.cut))) {
      const kept = Math.min(body.length - 1, Math.floor(dice.detail('cut where') * body.length))
      response.writeHead(given.status, headers)
      response.write(body.subarray(0, kept))
      // Let what was written leave before the connection goes.
      await delay(1, undefined, { signal })
      if (broken) exchange.request.socket.resetAndDestroy()
      else exchange.request.socket.destroy()
      return
    }
    response.writeHead(given.status, headers)
    if (faulty && dice.roll('slow', dials.slow)) {
      for (let i = 0; i < TRICKLES; i++) {
        response.write(
          body.subarray(Math.floor((body.length * i) / TRICKLES), Math.floor((body.length * (i + 1)) / TRICKLES)),
        )
        await delay(dials.slowMs / TRICKLES, undefined, { signal })
      }
      response.end()
      return
    }
    response.end(body)
  }

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://simulator')
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    const signal = AbortSignal.any([gone.signal, closing.signal])
    const dice = diceBox.for(url.pathname + url.search)
    const exchange: Exchange = { request, response, url, dice, signal }
    const isOauth = url.pathname.startsWith('/oauth/')
    const taken: string[] = []
    stats.requests++
    inFlight++
    if (inFlight > stats.maxInFlight) stats.maxInFlight = inFlight
    try {
      const given = await answer(exchange, admission(taken)).catch((error: unknown) => {
        if (error instanceof Refused) return error.answer
        throw error
      })
      const faulty = !isOauth || dials.tokenFaults
      if (faulty) await wait(exchange)
      await send(exchange, given, faulty)
    } catch (error) {
      if (signal.aborted) return
      // A mistake of the simulator itself: say so instead of leaving the client waiting.
      if (!response.headersSent) {
        const told = googleError({ ...serverError(500), message: `Simulator: ${String(error)}` })
        response.writeHead(told.status, { 'content-type': told.type }).end(told.body)
      } else response.destroy()
    } finally {
      inFlight--
      for (const user of taken) running.set(user, (running.get(user) ?? 1) - 1)
    }
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  server.keepAliveTimeout = 60_000
  return { server, abort: () => closing.abort() }
}

/** A body that is not what it should be: a page, half of the JSON, nothing, or JSON of another kind. */
function garbageOf(body: Buffer, dice: Dice): Buffer {
  const kind = Math.floor(dice.detail('garbage kind') * 4)
  if (kind === 0)
    return Buffer.from('<!DOCTYPE html><html><title>Wi-Fi</title><body>Please sign in to the network</body></html>')
  if (kind === 1) return body.subarray(0, Math.floor(body.length / 2))
  if (kind === 2) return Buffer.alloc(0)
  return json(null).body
}
