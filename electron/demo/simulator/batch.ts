/** `POST /batch/gmail/v1`: https://developers.google.com/workspace/gmail/api/guides/batch */
import { STATUS_CODES } from 'node:http'
import { type Answer, googleError } from './answer.ts'

const MOST = 100

export interface BatchPart {
  readonly contentId: string
  readonly verb: string
  readonly target: string
  readonly authorization: string | undefined
}

const refusal = (message: string): Answer =>
  googleError({ code: 400, message, reason: 'badRequest', status: 'INVALID_ARGUMENT' })

/** The calls inside a batch, or the 400 that refuses it. */
export function readBatch(contentType: string, body: Buffer): BatchPart[] | Answer {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1]
  if (boundary === undefined) return refusal('Failed to parse batch request, error: no boundary in Content-Type.')
  const pieces = `\r\n${body.toString('latin1')}`.split(`\n--${boundary}`).slice(1)
  const parts: BatchPart[] = []
  for (const piece of pieces) {
    if (piece.startsWith('--')) break
    const call = /^(GET|POST|PUT|PATCH|DELETE) (\S+)/m.exec(piece)
    if (call === null) return refusal('Failed to parse batch request, error: a part has no request line.')
    parts.push({
      contentId: /^content-id:\s*<?([^>\r\n]*)>?/im.exec(piece)?.[1] ?? '',
      verb: call[1] ?? 'GET',
      target: call[2] ?? '/',
      authorization: /^authorization:\s*(.+?)\s*$/im.exec(piece.slice(call.index))?.[1],
    })
  }
  if (parts.length === 0) return refusal('The batch request has no parts.')
  if (parts.length > MOST)
    return refusal(`The batch request could not be processed: at most ${MOST} calls are allowed.`)
  return parts
}

/** The answers in one multipart body; matched by Content-ID, not by order. */
export function writeBatch(boundary: string, answers: readonly { contentId: string; answer: Answer }[]): Answer {
  const chunks: Buffer[] = []
  for (const { contentId, answer } of answers) {
    chunks.push(
      Buffer.from(
        `--${boundary}\r\nContent-Type: application/http\r\nContent-ID: <response-${contentId}>\r\n\r\n` +
          `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}\r\nContent-Type: ${answer.type}\r\nVary: Origin\r\nVary: X-Origin\r\nVary: Referer\r\n\r\n`,
      ),
      answer.body,
      Buffer.from('\r\n'),
    )
  }
  chunks.push(Buffer.from(`--${boundary}--\r\n`))
  return { status: 200, type: `multipart/mixed; boundary=${boundary}`, body: Buffer.concat(chunks) }
}
