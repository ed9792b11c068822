import type { Readable } from 'node:stream'
import { AppError } from '../../shared/errors.ts'
import type { ByteGate, GateTicket } from './byte-gate.ts'
import type { Deadline } from './transport.ts'

/** A whole body in memory, counted by the gate until released. */
export interface Collected {
  /** Owns its buffer: it can be transferred to a worker. */
  readonly body: Uint8Array<ArrayBuffer>
  release(): void
}

/** Gmail's largest mail is about 50 MB, 67 MB as base64. */
const MAX_BODY = 160 * 1024 * 1024
const MAX_ERROR = 64 * 1024

/**
 * Reads a message's answer to its end. Over the gate's limit it stops reading until there is room, which does not
 * count as the server's silence. Throws `AppError('bad_answer')` when it is plainly no whole JSON object.
 */
export async function collect(stream: Readable, gate: ByteGate, deadline: Deadline): Promise<Collected> {
  const ticket = gate.open()
  try {
    const body = await readAll(stream, ticket, deadline)
    if (body[0] !== OPEN || body[lastByte(body)] !== CLOSE) {
      throw new AppError('bad_answer', "Gmail's answer is cut short or no JSON")
    }
    return { body, release: ticket.close }
  } catch (error) {
    ticket.close()
    throw error
  }
}

const OPEN = 0x7b
const CLOSE = 0x7d

async function readAll(stream: Readable, ticket: GateTicket, deadline: Deadline): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    deadline.touch()
    chunks.push(chunk)
    size += chunk.length
    ticket.add(chunk.length)
    if (size > MAX_BODY) throw new AppError('bad_answer', "Gmail's answer is larger than any mail can be")
    const room = ticket.room(deadline.signal)
    if (room !== null) await deadline.hold(room)
  }
  const body = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    body.set(chunk, at)
    at += chunk.length
  }
  return body
}

/** White space may follow the JSON. */
function lastByte(body: Uint8Array): number {
  let at = body.length - 1
  while (at >= 0 && (body[at] ?? 0) <= 0x20) at--
  return at
}

/** The body of an error as text, as far as anybody needs it. */
export async function readErrorBody(stream: Readable, deadline: Deadline): Promise<string> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    deadline.touch()
    chunks.push(chunk)
    size += chunk.length
    if (size > MAX_ERROR) break
  }
  return Buffer.concat(chunks).toString('utf8')
}
