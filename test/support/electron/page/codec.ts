/**
 * Values as JSON, close to the structured clone that Electron's IPC uses. Self-contained: its source text also runs inside pages.
 */
export function createCodec() {
  type Json = null | string | number | boolean | readonly Json[] | { readonly [key: string]: Json }
  const refuse = (): never => {
    throw new Error('An object could not be cloned.')
  }
  const base64 = (bytes: Uint8Array): string => {
    let text = ''
    for (const byte of bytes) text += String.fromCharCode(byte)
    return btoa(text)
  }
  const bytesOf = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  const tagged = (tag: string, value: Json): Json => ({ $: tag, value })

  const encode = (value: unknown, above: readonly unknown[] = []): Json => {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (value === undefined) return tagged('undefined', null)
    if (typeof value === 'number') {
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : tagged('number', Object.is(value, -0) ? '-0' : String(value))
    }
    if (typeof value === 'bigint') return tagged('bigint', String(value))
    if (typeof value !== 'object') return refuse()
    // Electron keeps cycles; nothing that crosses our bridge has any, and one would be a mistake.
    if (above.includes(value)) throw new Error('stand-in: cyclic values are not modelled')
    const inner = (item: unknown): Json => encode(item, [...above, value])
    if (value instanceof Date) return tagged('date', String(value.getTime()))
    if (value instanceof RegExp) return tagged('regexp', [value.source, value.flags])
    if (value instanceof Map)
      return tagged(
        'map',
        [...value].map(([key, item]) => [inner(key), inner(item)]),
      )
    if (value instanceof Set) return tagged('set', [...value].map(inner))
    if (value instanceof ArrayBuffer) return tagged('buffer', base64(new Uint8Array(value)))
    if (ArrayBuffer.isView(value)) {
      const kind = value.constructor.name === 'Buffer' ? 'Uint8Array' : value.constructor.name
      return tagged('view', [kind, base64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength))])
    }
    if (value instanceof Error) return tagged('error', [value.name, value.message, value.stack ?? ''])
    if (value instanceof WeakMap || value instanceof WeakSet || value instanceof Promise) return refuse()
    if (Array.isArray(value)) return Array.from(value, inner)
    return tagged(
      'object',
      Object.entries(value).map(([key, item]) => [key, inner(item)]),
    )
  }

  const decode = (json: Json): unknown => {
    if (json === null || typeof json !== 'object') return json
    if (Array.isArray(json)) return json.map(decode)
    const { $: tag, value } = json as { readonly $: string; readonly value: never }
    const pairs = (): [string, Json][] => value
    switch (tag) {
      case 'undefined':
        return undefined
      case 'number':
        return Number(value)
      case 'bigint':
        return BigInt(value)
      case 'date':
        return new Date(Number(value))
      case 'regexp':
        return new RegExp(value[0], value[1])
      case 'map':
        return new Map(pairs().map(([key, item]) => [decode(key), decode(item)]))
      case 'set':
        return new Set((value as Json[]).map(decode))
      case 'buffer':
        return bytesOf(value).buffer
      case 'view': {
        const bytes = bytesOf(value[1])
        const kinds = globalThis as unknown as Record<string, new (buffer: ArrayBufferLike) => unknown>
        return value[0] === 'Uint8Array' ? bytes : new kinds[value[0]]!(bytes.buffer)
      }
      case 'error': {
        const error = new Error(value[1])
        error.name = value[0]
        error.stack = value[2]
        return error
      }
      default:
        return Object.fromEntries(pairs().map(([key, item]) => [key, decode(item)]))
    }
  }
  return {
    encode: (value: unknown): string => JSON.stringify(encode(value)),
    decode: (text: string): unknown => decode(JSON.parse(text) as Json),
  }
}

export type Codec = ReturnType<typeof createCodec>
