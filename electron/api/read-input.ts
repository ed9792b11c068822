import type { Context } from 'hono'
import { type OperationName, operations, pathFields } from '../../shared/contract.ts'
import type { Problem } from '../../shared/errors.ts'
import { problem } from './problems.ts'

/** Bodies are credentials and settings: small. */
const MAX_BODY_BYTES = 64 * 1024
/** No input is nested deeper; what is would only make programs further in fail that walk it. */
const MAX_DEPTH = 32

export type Input = { readonly fields: Readonly<Record<string, unknown>> } | { readonly refused: Problem }

/** The input of an operation: path and query, and a JSON body. Secrets travel in bodies only, since queries get logged. */
export async function readInput(context: Context, name: OperationName): Promise<Input> {
  const row = operations[name]
  const inPath = Object.fromEntries(pathFields(row.path).map((field) => [field, context.req.param(field)]))
  const read = await textOf(context.req)
  if ('refused' in read) return read
  const { text } = read
  const isJson = /^application\/json *(;|$)/i.test(context.req.header('content-type') ?? '')
  // A body that is not understood is refused even where none is needed: its sender meant something by it.
  if (!isJson && (row.from === 'body' || text !== '')) return { refused: notJson }
  const body = text === '' && row.from === 'query' ? {} : parseObject(text)
  if (body === null) return { refused: badJson }
  return { fields: { ...body, ...(row.from === 'query' ? queryOf(context) : {}), ...inPath } }
}

/** A parameter given twice becomes a list, which no operation takes: better refused than half obeyed. */
export function queryOf(context: Context): Record<string, unknown> {
  const entries = Object.entries(context.req.queries())
  return Object.fromEntries(entries.map(([name, values]) => [name, values.length === 1 ? values[0] : values]))
}

/** The body as text, no longer than allowed whatever its headers say. */
async function textOf({ raw }: Context['req']): Promise<{ readonly text: string } | { readonly refused: Problem }> {
  if (Number(raw.headers.get('content-length') ?? 0) > MAX_BODY_BYTES) return { refused: tooLarge }
  // A broken-off reading is let go, not cancelled: that would close the connection before the answer is out.
  const reader = raw.body?.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  try {
    for (let read = await reader?.read(); read?.value !== undefined; read = await reader?.read()) {
      size += read.value.length
      if (size > MAX_BODY_BYTES) return { refused: tooLarge }
      chunks.push(read.value)
    }
  } catch {
    return { refused: cutShort }
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)) }
  } catch {
    return { refused: badJson }
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value) || isDeep(text)) return null
    return value as Record<string, unknown>
  } catch {
    return null
  }
}

/** Whether JSON is nested deeper than anything we take. Brackets in its strings do not count. */
function isDeep(json: string): boolean {
  let depth = 0
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    if (depth > MAX_DEPTH) return true
  }
  return false
}

const notJson = problem(
  415,
  'bad_input',
  'The request has no JSON body',
  'Send JSON with the header Content-Type: application/json, or parameters in the address where that is possible',
)
const badJson = problem(400, 'bad_input', 'The body of the request is not a JSON object', 'Send a whole JSON object')
const cutShort = problem(400, 'bad_input', 'The body of the request was cut short', 'Send it again')
const tooLarge = problem(
  413,
  'bad_input',
  `The body of the request is larger than ${MAX_BODY_BYTES} bytes`,
  'Send less',
)
