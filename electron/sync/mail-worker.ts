/**
 * The mail worker: a thread that decodes, hashes, packs, writes and reads mails, so that the main thread stays free for network and
 * status. The same in both hosts. It holds no state but mails to read and files to make durable.
 */
import { hash } from 'node:crypto'
import { parentPort, workerData } from 'node:worker_threads'
import { asAppError } from '../../shared/errors.ts'
import { messageId, threadId } from '../../shared/ids.ts'
import { decodeRawAnswer } from '../gmail/decode-raw.ts'
import type { MessageFacts, RawMessage } from '../gmail/types.ts'
import { PARSER_VERSION, parseMessage } from '../mail/parse.ts'
import { asMessageRow } from '../store/message-row.ts'
import type { RawEntry, RawFacts } from '../store/raw.ts'
import { createRawFiles, packRaw, unpackRaw } from '../store/raw-files.ts'
import type { MailReply, MailRequest, MailWorkerData, WorkerMessage } from './mail-protocol.ts'
import { toStoredMessage, unreadMessage } from './stored-message.ts'

// Each thread has its own part in Node's reports of crashes, and would show the passphrase and the database's password.
if (process.report) process.report.excludeEnv = true

const { rawFolder, marked, reading } = workerData as MailWorkerData
const files = rawFolder === null ? null : createRawFiles(rawFolder, { marked })
if (parentPort === null) throw new Error('The mail worker runs as a worker thread')
const port = parentPort
const reply = (message: MailReply): void => port.postMessage(message)
const replyPrepared = (seq: number, prepared: WorkerMessage | null): void =>
  port.postMessage(
    { kind: 'prepared', seq, prepared } satisfies MailReply,
    prepared === null ? [] : [prepared.message.json.buffer],
  )

function read(seq: number, facts: MessageFacts, bytes: Uint8Array, skipParse: boolean): WorkerMessage['message'] {
  const digest = { sizeBytes: bytes.length, sha256: hash('sha256', bytes, 'hex') }
  if (skipParse) return asMessageRow(toStoredMessage(facts, digest, unreadMessage(PARSER_VERSION, 'parse_timeout')))
  Atomics.store(reading, 0, seq)
  try {
    return asMessageRow(toStoredMessage(facts, digest, parseMessage(bytes)))
  } finally {
    Atomics.store(reading, 0, 0)
  }
}

/**
 * Gives memory back at once. Left to the collector, buffers of tens of kilobytes for every mail make it walk the whole heap every hundred
 * mails. Only what owns its memory can be let go: small buffers share it.
 */
function letGo({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0)
}

async function prepare(request: MailRequest & { kind: 'prepare' }): Promise<WorkerMessage> {
  const raw: RawMessage = decodeRawAnswer(request.body, request.id)
  letGo(request.body)
  try {
    return await prepareDecoded(request, raw)
  } finally {
    letGo(raw.bytes)
  }
}

async function prepareDecoded(request: MailRequest & { kind: 'prepare' }, raw: RawMessage): Promise<WorkerMessage> {
  const message = read(request.seq, raw, raw.bytes, request.skipParse)
  const facts: RawFacts = {
    id: raw.id,
    thread_id: raw.threadId,
    history_id: raw.historyId.toString(),
    internal_date: raw.internalDate,
    label_ids: raw.labelIds,
    snippet: raw.snippet,
  }
  if (files === null) return { message, packed: packRaw(facts, raw.bytes) }
  await files.write(request.account, facts, raw.bytes)
  return { message, packed: null }
}

async function reread(request: MailRequest & { kind: 'reread' }): Promise<WorkerMessage | null> {
  const entry: RawEntry | null =
    request.packed === null ? ((await files?.get(request.account, request.id)) ?? null) : unpackRaw(request.packed)
  if (entry === null) return null
  const { facts, bytes } = entry
  const known: MessageFacts = {
    id: messageId(facts.id),
    threadId: threadId(facts.thread_id),
    labelIds: facts.label_ids as MessageFacts['labelIds'],
    historyId: BigInt(facts.history_id),
    internalDate: facts.internal_date,
    snippet: facts.snippet,
  }
  return { message: read(request.seq, known, bytes, request.skipParse), packed: null }
}

async function answer(request: MailRequest): Promise<void> {
  const { seq } = request
  try {
    switch (request.kind) {
      case 'prepare':
        return replyPrepared(seq, await prepare(request))
      case 'reread':
        return replyPrepared(seq, await reread(request))
      case 'flush':
        await files?.flush()
        return reply({ kind: 'done', seq })
    }
  } catch (error) {
    const { code, message, remedy, action } = asAppError(error)
    reply({ kind: 'failed', seq, code, message, remedy, action })
  }
}

/** Mails whose turn has not come. */
const queue: MailRequest[] = []

function takeNext(): void {
  const request = queue.shift()
  if (request === undefined) return
  void answer(request)
  if (queue.length > 0) setImmediate(takeNext)
}

// One mail per round of the event loop: messages that came together are all handed over in one, and files that are being synced would
// have to wait for all of them, once per file. A flush is for what was written before, and need not wait for mails at all.
port.on('message', (request: MailRequest) => {
  if (request.kind === 'flush') {
    void answer(request)
    return
  }
  queue.push(request)
  if (queue.length === 1) setImmediate(takeNext)
})
