import { EventEmitter } from 'node:events'
import type Electron from 'electron'
import { standInFor } from './strict.ts'

/** What a person sees of a notification. */
export interface NotificationEntry {
  readonly title: string
  readonly body: string
  readonly silent: boolean
  readonly actions: readonly string[]
  isShown: boolean
}

interface Kept {
  readonly entry: NotificationEntry
  readonly events: EventEmitter
}

/** Every one that was shown, oldest first. */
export const notifications: Kept[] = []
export const notificationSupport = { isSupported: process.env['STAND_IN_NOTIFICATIONS'] !== 'none' }

class NotificationImplementation extends EventEmitter {
  title: string
  subtitle: string
  body: string
  silent: boolean
  urgency: 'normal' | 'critical' | 'low'
  timeoutType: 'default' | 'never'
  actions: Electron.NotificationAction[]
  hasReply: boolean
  #kept: Kept | null = null

  constructor(options: Electron.NotificationConstructorOptions = {}) {
    super()
    this.title = options.title ?? ''
    this.subtitle = options.subtitle ?? ''
    this.body = options.body ?? ''
    this.silent = options.silent ?? false
    this.urgency = options.urgency ?? 'normal'
    this.timeoutType = options.timeoutType ?? 'default'
    this.actions = options.actions ?? []
    this.hasReply = options.hasReply ?? false
  }
  show(): void {
    if (!notificationSupport.isSupported) {
      this.emit('failed', {}, 'Notifications are not supported')
      return
    }
    const { title, body, silent } = this
    const actions = this.actions.map(({ text }) => text ?? '')
    this.#kept = { entry: { title, body, silent, actions, isShown: true }, events: this }
    notifications.push(this.#kept)
    this.emit('show', {})
  }
  close(): void {
    if (this.#kept === null || !this.#kept.entry.isShown) return
    this.#kept.entry.isShown = false
    this.emit('close', {})
  }
}

export const Notification = new Proxy(NotificationImplementation as unknown as typeof Electron.Notification, {
  construct: (_target, [options]: [Electron.NotificationConstructorOptions?]) =>
    standInFor<Electron.Notification>()('Notification', new NotificationImplementation(options)),
  get: (target, key) => {
    if (key === 'isSupported') return () => notificationSupport.isSupported
    if (key === 'prototype' || typeof key === 'symbol') return Reflect.get(target, key) as unknown
    throw new Error(`stand-in: Notification.${key} is not implemented`)
  },
})
