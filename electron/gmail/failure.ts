/** What we need of response headers: the global class, node-fetch's and the client library's all have it. */
export interface HeaderReader {
  get(name: string): string | null
}

/** An answer that is not what we asked for: any status but 200, with its body as far as it came. Never logged whole. */
export class HttpFailure extends Error {
  readonly status: number
  readonly headers: HeaderReader
  /** Parsed JSON or text. */
  readonly body: unknown

  constructor(status: number, headers: HeaderReader, body: unknown) {
    super(`HTTP ${status}`)
    this.name = 'HttpFailure'
    this.status = status
    this.headers = headers
    this.body = body
  }
}

/** What a failed call says, wherever it says it. Everything may be missing. */
export interface FailureFacts {
  readonly status: number | null
  readonly headers: HeaderReader
  /** Google's envelope `{"error": {...}}` was there: https://cloud.google.com/apis/design/errors */
  readonly isGoogle: boolean
  /** `errors[].reason` first, then `details[].reason`, then the gRPC status, such as NOT_FOUND. */
  readonly reasons: readonly string[]
  /** All messages of the body, joined; '' for HTML. */
  readonly message: string
  /** `details[].metadata` of google.rpc.ErrorInfo. */
  readonly metadata: Readonly<Record<string, string>>
  /** An OAuth error body (RFC 6749 §5.2) with Google's `error_subtype`; null when it is none. */
  readonly oauth: { readonly error: string; readonly description: string; readonly subtype: string } | null
  /** Error codes and names along the chain of causes, outermost first: ECONNRESET, TimeoutError, UND_ERR_SOCKET. */
  readonly codes: readonly string[]
}

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : [])

/** Reads a thrown value of the client library, of `fetch` or of `HttpFailure` into plain facts. Pure; never throws. */
export function failureFacts(failure: unknown): FailureFacts {
  const answer = answerOf(failure)
  const body = jsonOf(answer?.body)
  const error = isFields(body) ? body['error'] : undefined
  const envelope = isFields(error) ? error : undefined
  const errors = list(envelope?.['errors'])
  const details = list(envelope?.['details'])
  const messages = [text(envelope?.['message']), ...errors.map((entry) => text(entry['message']))]
  return {
    status: answer?.status ?? null,
    headers: answer?.headers ?? new Headers(),
    isGoogle: envelope !== undefined,
    reasons: [
      ...errors.map((entry) => entry['reason']),
      ...details.map((entry) => entry['reason']),
      envelope?.['status'],
    ]
      .map(text)
      .filter((reason) => reason !== ''),
    message: [...new Set(messages.filter((part) => part !== ''))].join(' '),
    metadata: metadataOf(details),
    oauth:
      isFields(body) && typeof error === 'string'
        ? { error, description: text(body['error_description']), subtype: text(body['error_subtype']) }
        : null,
    codes: codesOf(failure),
  }
}

function answerOf(failure: unknown): { status: number; headers: HeaderReader; body: unknown } | null {
  if (failure instanceof HttpFailure) return failure
  if (!isFields(failure) || !isFields(failure['response'])) return null
  const { status, headers, data } = failure['response']
  if (typeof status !== 'number') return null
  return { status, headers: headersOf(headers), body: data }
}

const isHeaders = (value: unknown): value is HeaderReader => isFields(value) && typeof value['get'] === 'function'

/** Headers in whichever of the client library's three forms: node-fetch's class, the global class, or a plain object. */
export function headersOf(value: unknown): HeaderReader {
  if (isHeaders(value)) return value
  if (!isFields(value)) return new Headers()
  return new Headers(Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
}

/** Streams, arraybuffers and answers without a content type leave the JSON of an error unparsed. */
function jsonOf(body: unknown): unknown {
  if (body instanceof ArrayBuffer) return jsonOf(new TextDecoder().decode(body))
  if (ArrayBuffer.isView(body)) {
    return jsonOf(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('utf8'))
  }
  if (typeof body !== 'string') return body
  try {
    return JSON.parse(body)
  } catch {
    return null // HTML, or cut short: it has nothing to say
  }
}

function metadataOf(details: readonly Fields[]): Record<string, string> {
  const known: Record<string, string> = {}
  for (const detail of details) {
    if (!isFields(detail['metadata'])) continue
    for (const [key, value] of Object.entries(detail['metadata'])) {
      if (typeof value === 'string' || typeof value === 'number') known[key] = String(value)
    }
  }
  return known
}

/** Node puts network codes on the error, undici on its cause, happy eyeballs on the members of an AggregateError. */
function codesOf(failure: unknown, depth = 0): string[] {
  if (!isFields(failure) || depth > 8) return []
  const own = [failure['code'], failure['type'], failure['name']].map(text).filter((code) => code !== '')
  const signal = isFields(failure['config']) ? failure['config']['signal'] : undefined
  const reason = isFields(signal) ? codesOf(signal['reason'], depth + 1) : []
  const members = list(failure['errors']).flatMap((member) => codesOf(member, depth + 1))
  return [...own, ...reason, ...codesOf(failure['cause'], depth + 1), ...members]
}
