/** What a route gives back, before faults and compression. */
export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: Buffer
  readonly headers?: Readonly<Record<string, string>>
}

const JSON_TYPE = 'application/json; charset=UTF-8'

/** A JSON answer; Google prints with two spaces unless asked not to. */
export function json(value: unknown, status = 200, pretty = true): Answer {
  return { status, type: JSON_TYPE, body: Buffer.from(JSON.stringify(value, null, pretty ? 2 : undefined)) }
}

/** A JSON answer with a long text in one of its fields, which needs no escaping: put in without another pass over it. */
export function jsonWithText(value: Readonly<Record<string, unknown>>, field: string, pretty = true): Answer {
  const text = value[field]
  if (typeof text !== 'string' || text.length < 2_000) return json(value, 200, pretty)
  const whole = JSON.stringify({ ...value, [field]: '' }, null, pretty ? 2 : undefined)
  // Inside a string of the JSON every quote is escaped, so this is the field itself.
  const empty = `"${field}":${pretty ? ' ' : ''}""`
  const at = whole.indexOf(empty) + empty.length - 1
  const [before, after] = [whole.slice(0, at), whole.slice(at)]
  const body = Buffer.allocUnsafe(Buffer.byteLength(before) + text.length + Buffer.byteLength(after))
  const start = body.write(before)
  body.write(text, start, 'latin1')
  body.write(after, start + text.length)
  return { status: 200, type: JSON_TYPE, body }
}

export interface GoogleError {
  readonly code: number
  readonly message: string
  readonly reason: string
  readonly status: string
  readonly domain?: string
  /** Text of `errors[0]` where it differs from the one on top. */
  readonly inner?: string
  readonly location?: string
  readonly locationType?: string
  readonly details?: readonly object[]
}

/** Google's error envelope; key order as in real answers. */
export function googleError(error: GoogleError): Answer {
  const inner = {
    message: error.inner ?? error.message,
    domain: error.domain ?? 'global',
    reason: error.reason,
    ...(error.location === undefined ? {} : { location: error.location }),
    ...(error.locationType === undefined ? {} : { locationType: error.locationType }),
  }
  return json(
    {
      error: {
        code: error.code,
        message: error.message,
        errors: [inner],
        status: error.status,
        ...(error.details === undefined ? {} : { details: error.details }),
      },
    },
    error.code,
  )
}

/** Thrown by routes to end a request with an error answer. */
export class Refused extends Error {
  readonly answer: Answer
  constructor(answer: Answer) {
    super(`refused with ${answer.status}`)
    this.answer = answer
  }
}

export const refuse = (error: GoogleError): Refused => new Refused(googleError(error))
