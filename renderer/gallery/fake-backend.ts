import { type OperationName, operations } from '../../shared/contract.ts'
import type { DesktopOperationName, DesktopState } from '../../shared/desktop.ts'
import type { EventKind, LostNotice } from '../../shared/documents.ts'
import { AppError, type Problem, toProblem } from '../../shared/errors.ts'
import type { FailedMessage } from '../../shared/figures.ts'
import type { LogEntry } from '../../shared/log-entry.ts'
import { defaultSettings, settingNames, toWire, wireName } from '../../shared/settings.ts'
import type { Snapshot } from '../../shared/status.ts'
import {
  type Backend,
  type Connection,
  type EventOf,
  type Input,
  type Output,
  ProblemError,
  type SubscribeOptions,
} from '../backend/backend.ts'
import { galleryAudit, galleryVerification } from './audits.ts'
import { galleryLog } from './log.ts'
import { gallerySeries } from './series.ts'
import { sizesOf } from './snapshots.ts'

/** A backend that does nothing and remembers what was asked, for the gallery and its tests. */
export interface FakeBackend extends Backend {
  readonly calls: readonly { readonly name: string; readonly input: unknown }[]
  readonly opened: readonly string[]
  /** Tells everybody another snapshot. */
  push(snapshot: Snapshot): void
  connect(connection: Connection): void
  /** Tells everybody who follows the log these lines. */
  log(entries: readonly LogEntry[]): void
  lose(notice: LostNotice): void
  /** What the app tells of itself is another in this. */
  tellDesktop(change: Partial<DesktopState>): void
  /** What an operation answers from now on; an `AppError` makes it fail. */
  answer<N extends OperationName>(name: N, output: Output<N> | AppError): void
  /** The same, from outside of the page: an operation that fails with this problem. */
  refuse(name: OperationName | DesktopOperationName, problem: Problem): void
}

export function createFakeBackend(first: Snapshot | null, now: Date): FakeBackend {
  const calls: { name: string; input: unknown }[] = []
  const opened: string[] = []
  const answers = new Map<string, unknown>(Object.entries(usualAnswers(first, now)))
  const listeners = new Set<{ kind: EventKind; listener: (data: never) => void; options: SubscribeOptions }>()
  const desktopListeners = new Set<(state: DesktopState) => void>()
  let desktopState: DesktopState = {
    service: 'own',
    owner: null,
    problem: null,
    starts_at_login: false,
    sealing_weakness: null,
    doing: null,
    has_tray: true,
    platform: 'linux',
    update: { kind: 'current', checked_at: now.toISOString() },
  }
  let snapshot = first
  let connection: Connection = { state: first === null ? 'connecting' : 'connected' }
  const tell = (kind: EventKind, data: unknown): void => {
    for (const entry of listeners) if (entry.kind === kind) entry.listener(data as never)
  }
  return {
    calls,
    opened,
    desktop: {
      call: async (name, input) => {
        opened.push(name === 'update' ? `update ${JSON.stringify(input)}` : name)
        return { saved: true, starts_at_login: true } as never
      },
      subscribe: (listener) => {
        desktopListeners.add(listener)
        listener(desktopState)
        return () => desktopListeners.delete(listener)
      },
    },
    shell: {
      openUrl: async (url) => void opened.push(url),
      copyText: async (text) => opened.push(text) > 0,
      saveText: async (name) => {
        const refusal = answers.get('saveText')
        if (refusal instanceof ProblemError) throw refusal
        return opened.push(name) > 0
      },
    },
    call: async <N extends OperationName>(name: N, input: Input<N>): Promise<Output<N>> => {
      calls.push({ name, input })
      const known = answers.get(name)
      const answer = typeof known === 'function' ? (known as (asked: unknown) => unknown)(input) : known
      if (answer instanceof AppError) throw new ProblemError(toProblem(answer))
      if (answer instanceof ProblemError) throw answer
      return operations[name].output.parse(answer) as Output<N>
    },
    subscribe: <K extends EventKind>(kind: K, listener: (data: EventOf<K>) => void, options: SubscribeOptions = {}) => {
      const entry = { kind, listener, options }
      listeners.add(entry)
      options.onConnection?.(connection)
      if (kind === 'status' && snapshot !== null) listener(snapshot as EventOf<K>)
      if (kind === 'log') for (const entry of galleryLog(now, options.lines ?? 0)) listener(entry as EventOf<K>)
      return () => listeners.delete(entry)
    },
    retryNow: () => void calls.push({ name: 'retryNow', input: null }),
    giveToken: (token) => void calls.push({ name: 'giveToken', input: token }),
    push: (next) => {
      snapshot = next
      tell('status', next)
    },
    connect: (next) => {
      connection = next
      for (const { options } of listeners) options.onConnection?.(next)
    },
    log: (entries) => {
      for (const entry of entries) tell('log', entry)
    },
    lose: (notice) => {
      for (const { options } of listeners) options.onLost?.(notice)
    },
    tellDesktop: (change) => {
      desktopState = { ...desktopState, ...change }
      for (const listener of desktopListeners) listener(desktopState)
    },
    answer: (name, output) => void answers.set(name, output),
    refuse: (name, problem) => void answers.set(name, new ProblemError(problem)),
  }
}

const sources = Object.fromEntries(settingNames.map((name) => [wireName(name), 'default']))

function usualAnswers(first: Snapshot | null, now: Date): Partial<Readonly<Record<OperationName, unknown>>> {
  const soon = new Date(now.getTime() + 44 * 60_000).toISOString()
  const failure = (gmail_id: string, reason: string, attempts: number): FailedMessage => ({
    account: 'margot.delacroix@kustvaart-archief.example',
    gmail_id,
    stage: 'download',
    reason,
    attempts,
    next_try_at: soon,
  })
  const signIn = {
    id: 'sign-in-1',
    url: 'https://accounts.google.com/o/oauth2/v2/auth?client_id=made-up',
    state: 'waiting',
    expires_at: soon,
    account: null,
    problem: null,
  } as const
  const client = {
    name: 'mailtide',
    client_id: '412093318207-q8v1m5s0made-up.apps.googleusercontent.example',
    project_id: 'mail-of-anna',
    accounts: (first?.accounts ?? []).filter(({ demo }) => !demo).map(({ email }) => email),
  }
  return {
    accountsList: { accounts: [] },
    start: { message: 'Started', interval_minutes: 5 },
    stop: { message: 'Stopped' },
    syncNow: { message: 'Sync requested' },
    failures: {
      failures: [
        failure('1932f0c4a7be11d8', 'Gmail answers with an error (500)', 8),
        failure('192ab77e03c95f20', 'Connection ends at 47 MB of 61 MB', 3),
        {
          ...failure('18c04e5d9912aa3b', 'The mail could not be read: 1,204 nested parts', 1),
          stage: 'parse',
          next_try_at: null,
        },
      ],
      total: 3,
    },
    metricsSeries: ({ span }: Input<'metricsSeries'>) => gallerySeries(now, span ?? 'day'),
    failuresRetry: { message: 'Tried again', count: 3 },
    verifyShow: ({ account }: Input<'verifyShow'>) => ({
      verification: null,
      accounts: [galleryAudit(now, account ?? '')],
    }),
    verifyBegin: { verification: galleryVerification(now) },
    verifyCancel: { verification: { ...galleryVerification(now), state: 'cancelled' } },
    signInBegin: signIn,
    signInShow: signIn,
    signInCancel: { ...signIn, state: 'failed', problem: toProblem(new AppError('aborted', 'Given up')) },
    settings: { settings: toWire(defaultSettings), sources },
    settingsChange: { settings: toWire(defaultSettings), sources, takes_effect: {} },
    tokenShow: { token: 'made-up-token-3f9c' },
    tokenRenew: { token: 'another-made-up-token-77aa' },
    clientsRemove: { message: 'Forgotten' },
    storage: {
      kind: 'pglite',
      data_folder: '/home/anna/.config/mailtide',
      ...sizesOf(first?.accounts ?? []),
      logs_bytes: 12_000_000,
      snapshots_bytes: 0,
      wal_bytes: 33_554_432,
      kept_bytes: 0,
      max_folder_bytes: 0,
      free_bytes: 210_000_000_000,
      min_free_bytes: 2_000_000_000,
      durable: true,
      restarts: 0,
    },
    clientsList: { clients: [client] },
    clientsAdd: { client },
    accountsRemove: { message: 'Removed', email: 'anna.lindqvist@nordvik.example', mail: 'kept', revoked: false },
  }
}
