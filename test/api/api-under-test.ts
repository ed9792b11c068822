import type { Hono } from 'hono'
import { createApi } from '../../electron/api/create-api.ts'
import { createEvents, type Events } from '../../electron/api/events.ts'
import { createHandlers } from '../../electron/api/handlers.ts'
import { createLinkCodes, type LinkCodes } from '../../electron/api/link-codes.ts'
import type { ReadWindow } from '../../electron/api/window-routes.ts'
import { createProver } from '../../electron/platform/token-proof.ts'
import type { Clock, Log } from '../../electron/ports.ts'
import type { LogEntry, LogLevel } from '../../shared/log-entry.ts'
import { defaultSettings, type SettingName, settingNames } from '../../shared/settings.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { createFakeService } from './fake-service.ts'

export const token = 'the-token-of-this-data-folder'
export const host = { host: '127.0.0.1:8000' }
export const withToken = { ...host, authorization: `Bearer ${token}` }

export const entry = (n: number, level: LogLevel = 'info'): LogEntry => ({
  at: new Date(Date.UTC(2026, 0, 1) + n).toISOString(),
  level,
  name: 'sync.engine',
  message: `Line ${n}`,
})

/** A log that remembers everything. */
export function createFakeLogs(past: readonly LogEntry[] = []) {
  const entries = [...past]
  const listeners = new Set<(entry: LogEntry) => void>()
  const asked: string[] = []
  return {
    asked,
    tail: (lines: number, level: LogLevel) => {
      asked.push(`${lines} ${level}`)
      return entries.slice(-lines)
    },
    subscribe: (listener: (entry: LogEntry) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    write: (line: LogEntry) => {
      entries.push(line)
      for (const listener of listeners) listener(line)
    },
    listeners: () => listeners.size,
  }
}

export interface ApiUnderTest {
  readonly api: Hono
  readonly service: ReturnType<typeof createFakeService>
  readonly logs: ReturnType<typeof createFakeLogs>
  readonly events: Events
  /** What was logged, without fields. */
  readonly logged: readonly string[]
  readonly links: LinkCodes
  readonly rules: { requireToken: boolean; token: string }
}

/** What a build of the window made. */
const windowFiles = new Map(
  Object.entries({
    'index.html': '<!doctype html><title>Mailtide</title><script type="module" src="./assets/index-1.js"></script>',
    'assets/index-1.js': 'document.title = "Mailtide"',
  }).map(([name, text]) => [name, new TextEncoder().encode(text)]),
)

/** The API as a function, with a service behind it that syncs nothing. */
export function buildApi(
  options: {
    readonly clock?: Clock
    readonly past?: readonly LogEntry[]
    readonly service?: ReturnType<typeof createFakeService>
    readonly readWindow?: ReadWindow
  } = {},
): ApiUnderTest {
  const service = options.service ?? createFakeService()
  const logs = createFakeLogs(options.past ?? [entry(0)])
  const logged: string[] = []
  const note = (message: string) => {
    logged.push(message)
  }
  const log: Log = { debug: note, info: note, warning: note, error: note, named: () => log }
  const sources = Object.fromEntries(settingNames.map((name) => [name, 'default'])) as Record<SettingName, 'default'>
  const rules = { requireToken: false, token }
  const clock = options.clock ?? createFakeClock()
  const links = createLinkCodes(clock, () => note('A link was used a second time'))
  const prover = createProver(() => rules.token)
  const handlers = createHandlers({
    service,
    logs,
    settings: () => ({ values: defaultSettings, sources }),
    token: {
      present: () => rules.token,
      renew: async () => {
        rules.token = 'a-new-token'
        return rules.token
      },
      prove: prover.prove,
    },
    links,
  })
  const events = createEvents({ clock, logs, run: 'run1', since: new Date('2026-01-01T00:00:00.000Z') })
  events.attach(service)
  const api = createApi({
    handlers,
    events,
    version: '0.1.0',
    readWindow: options.readWindow ?? (async (names) => windowFiles.get(names.join('/')) ?? null),
    get requireToken() {
      return rules.requireToken
    },
    isToken: (given) => given === rules.token || prover.isSessionKey(given),
    log,
  })
  return { api, service, logs, events, logged, links, rules }
}
