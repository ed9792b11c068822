import type { EventEmitter } from 'node:events'

/** What the app did to the computer, and what the computer would answer: read and set by tests. */
export interface Recorded {
  /** Calls without a visible effect here, with their arguments. */
  readonly calls: (readonly [name: string, ...args: unknown[]])[]
  /** Addresses and files handed to the desktop. */
  readonly opened: string[]
  /** Requests that would have left this computer. */
  readonly external: string[]
  /** What went wrong inside pages, the preload, protocol handlers. */
  readonly errors: string[]
  /** What `console.error` and its like said in pages. */
  readonly console: string[]
}

export const recorded: Recorded = { calls: [], opened: [], external: [], errors: [], console: [] }

export const record = (name: string, ...args: unknown[]): void => {
  recorded.calls.push([name, ...args])
}

/** An event whose listeners can prevent what it announces. */
export interface Preventable {
  defaultPrevented: boolean
  preventDefault(): void
}

export function preventable(): Preventable
export function preventable<Fields extends object>(fields: Fields): Preventable & Fields
export function preventable(fields: object = {}): Preventable {
  return {
    ...fields,
    defaultPrevented: false,
    preventDefault() {
      this.defaultPrevented = true
    },
  }
}

/** Emits, and says whether somebody prevented it. Further arguments are those that Electron calls deprecated. */
export function isPrevented(emitter: EventEmitter, name: string, fields: object = {}, ...more: unknown[]): boolean {
  const event = preventable(fields)
  emitter.emit(name, event, ...more)
  return event.defaultPrevented
}

export const messageOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error)
