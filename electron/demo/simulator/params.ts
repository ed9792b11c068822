/** Query parameters, refused as Google refuses them. */
import { badRequest, invalidArgument, invalidId } from './errors.ts'

const common = ['alt', 'fields', 'prettyPrint', 'key', 'quotaUser', '$.xgafv', 'access_token', 'oauth_token']

/** Throws the 400 answer on a parameter the method does not have: a mistyped one must not pass unnoticed. */
export function checkParams(params: URLSearchParams, allowed: readonly string[]): void {
  for (const name of params.keys()) {
    if (common.includes(name) || allowed.includes(name)) continue
    const message = `Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter. Field '${name}' could not be found in request message.`
    throw badRequest(message, '', message)
  }
}

/** `maxResults`: a whole number, more than `most` means `most`, 0 means the default. */
export function maxResults(params: URLSearchParams, standard = 100, most = 500): number {
  const text = params.get('maxResults')
  if (text === null) return standard
  if (!/^\d{1,10}$/.test(text)) {
    const message = `Invalid value at 'max_results' (TYPE_UINT32), "${text}"`
    throw badRequest(message, 'max_results', message)
  }
  const asked = Number(text)
  return asked === 0 ? standard : Math.min(asked, most)
}

export function boolean(params: URLSearchParams, name: string): boolean {
  const text = params.get(name)
  if (text === null || text === 'false' || text === '0') return false
  if (text === 'true' || text === '1' || text === '') return true
  const message = `Invalid value at '${name}' (TYPE_BOOL), "${text}"`
  throw badRequest(message, name, message)
}

/** One of the names an enum has; anything else is a 400. */
export function choice<T extends string>(text: string, field: string, names: readonly T[]): T {
  const found = names.find((name) => name === text)
  if (found !== undefined) return found
  const message = `Invalid value at '${field}' (type.googleapis.com/google.internal.gmail.v1), "${text}"`
  throw badRequest(message, field, message)
}

/**
 * Gmail's rule for ids of messages and threads: hexadecimal and below 2^63, else 400 "Invalid id value". Upper case and
 * leading zeros name the same message.
 */
export function messageId(text: string): string {
  if (!/^[0-9a-fA-F]{1,32}$/.test(text)) throw invalidId()
  const value = BigInt(`0x${text}`)
  if (value >= 1n << 63n) throw invalidId()
  return value.toString(16)
}

/** A history id: decimal digits that fit uint64. */
export function historyId(text: string | null, name: string): bigint {
  if (text === null || !/^\d{1,20}$/.test(text) || BigInt(text) >= 1n << 64n || BigInt(text) === 0n)
    throw invalidArgument(`Missing/invalid parameter: ${name}`)
  return BigInt(text)
}
