/** What passes between the worlds. */
export interface WorldMessage {
  readonly id?: number
  readonly call?: number
  readonly args?: unknown
  readonly value?: unknown
  readonly error?: string
  readonly isPromise?: boolean
}

/**
 * One end of the bridge between the two JavaScript worlds of a page, as Electron's contextBridge has it: values are copied, functions
 * and promises are proxied. DOM events reach both worlds synchronously, and Chromium clones their `detail`. Self-contained: its source
 * text runs inside pages.
 */
export function createEndpoint(token: string, me: string, peer: string) {
  type AnyFunction = (...args: unknown[]) => unknown
  // The page may replace these later.
  const dispatch = EventTarget.prototype.dispatchEvent.bind(window)
  const DomEvent = CustomEvent
  const functions = new Map<number, AnyFunction>()
  const pending = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>()
  let last = 0
  let returned: WorldMessage | undefined

  const fire = (type: string, detail: unknown): unknown => dispatch(new DomEvent(token + peer + type, { detail }))
  const on = (type: string, listener: (message: WorldMessage) => void): void =>
    window.addEventListener(token + me + type, (event) => {
      event.stopImmediatePropagation()
      listener((event as CustomEvent<WorldMessage>).detail)
    })
  const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
  const isPlain = (value: object): boolean => {
    const prototype: unknown = Object.getPrototypeOf(value)
    return prototype === null || Object.getPrototypeOf(prototype) === null
  }
  const isCloneable = (value: object): boolean =>
    value instanceof Date ||
    value instanceof RegExp ||
    value instanceof Map ||
    value instanceof Set ||
    value instanceof ArrayBuffer ||
    ArrayBuffer.isView(value) ||
    value instanceof Blob
  const mapValues = (value: object, change: (item: unknown) => unknown): object =>
    Object.fromEntries(Object.entries(value).map(([key, item]) => [key, change(item)]))

  const outward = (value: unknown, above: readonly unknown[] = []): unknown => {
    if (typeof value === 'symbol') throw new TypeError('stand-in: symbols do not cross the contextBridge')
    if (typeof value === 'function') {
      functions.set(++last, value as AnyFunction)
      return { $function: last }
    }
    if (value === null || typeof value !== 'object') return value
    if (above.includes(value)) throw new Error('stand-in: cyclic values over the contextBridge are not modelled')
    const inner = (item: unknown): unknown => outward(item, [...above, value])
    if (Array.isArray(value)) return value.map(inner)
    if (value instanceof Error) return { $error: value.message }
    if (isCloneable(value)) return value
    // An instance of a class loses its prototype.
    return mapValues(value, inner)
  }
  const inward = (value: unknown): unknown => {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map(inward)
    const { $function: id, $error: message } = value as { readonly $function?: number; readonly $error?: string }
    if (id !== undefined) return (...args: unknown[]) => call(id, args)
    if (message !== undefined) return new Error(message)
    return isPlain(value) ? mapValues(value, inward) : value
  }
  function call(id: number, args: readonly unknown[]): unknown {
    const number = ++last
    fire('call', { id, call: number, args: outward(args) })
    const answer = returned
    returned = undefined
    if (answer === undefined) throw new Error('stand-in: the other world of the page is gone')
    if (answer.isPromise === true) return new Promise((resolve, reject) => pending.set(number, { resolve, reject }))
    if (answer.error !== undefined) throw new Error(answer.error)
    return inward(answer.value)
  }

  on('call', ({ id, call: number, args }) => {
    try {
      const value = functions.get(id!)!(...(inward(args) as unknown[]))
      if (typeof (value as Promise<unknown> | undefined)?.then !== 'function') {
        fire('return', { value: outward(value) })
        return
      }
      fire('return', { isPromise: true })
      ;(value as Promise<unknown>).then(
        (result) => fire('settle', { call: number, value: outward(result) }),
        (error: unknown) => fire('settle', { call: number, error: textOf(error) }),
      )
    } catch (error) {
      fire('return', { error: textOf(error) })
    }
  })
  on('return', (message) => {
    returned = message
  })
  on('settle', ({ call: number, value, error }) => {
    const waiting = pending.get(number!)
    pending.delete(number!)
    if (error === undefined) waiting?.resolve(inward(value))
    else waiting?.reject(new Error(error))
  })
  return { fire, on, outward, inward }
}

export type CreateEndpoint = typeof createEndpoint
