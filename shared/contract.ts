import { z } from 'zod'
import { credentialOperations } from './credentials.ts'
import { type Problem, toProblem } from './errors.ts'
import { FailedMessage, MetricsSeries, StorageFigures, seriesSpans } from './figures.ts'
import { LogEntry, LogLevel } from './log-entry.ts'
import { type Operation, operation } from './operation.ts'
import { effectTimes, settingNames, settingsTable, WireSettings, WireSettingsPatch, wireName } from './settings.ts'
import { clientName, SignIn, signInOperations } from './sign-in.ts'
import { AccountSnapshot, Snapshot } from './status.ts'
import { tokenOperations } from './token.ts'
import { verifyOperations } from './verify.ts'

export type { Operation } from './operation.ts'

/**
 * A whole number within limits. As text it must be decimal digits and nothing else: no sign, fraction, exponent, hex or
 * other script's digits.
 */
export function wholeNumber(min: number, max: number) {
  const error = `must be a whole number from ${min} to ${max}`
  return z
    .union(
      [
        z.number(),
        z
          .string()
          .regex(/^[0-9]{1,15}$/, { error })
          .transform(Number),
      ],
      { error },
    )
    .pipe(z.int({ error }).min(min, { error }).max(max, { error }))
}

const nothing = z.strictObject({})
/** Reading with a parameter nobody knows (a cache-buster, say) is no mistake worth refusing; acting with one is. */
const anything = z.object({})
const { min: shortest, max: longest } = settingsTable.intervalMinutes
const base = '/api/v1/background-sync'
/** An account's id or address. */
const account = z.string().min(1).max(320)
const wireNames = z.enum(settingNames.map(wireName))
const settingSources = z.record(wireNames, z.enum(['flag', 'environment', 'file', 'default']))

/** The contract: every operation is one row. */
export const operations = {
  health: operation({
    summary: 'Whether the service works and its database answers',
    problems: ['store'],
    method: 'GET',
    path: '/health',
    auth: 'open',
    from: 'query',
    success: 200,
    input: anything,
    output: z.object({ status: z.literal('ok'), version: z.string(), uptime_seconds: z.number().min(0) }),
  }),
  status: operation({
    summary: 'The whole snapshot: state, accounts, progress, errors, alerts',
    method: 'GET',
    path: `${base}/status`,
    auth: 'open',
    from: 'query',
    success: 200,
    input: anything,
    output: z.object({ sync_status: Snapshot }),
  }),
  start: operation({
    summary: 'Start syncing, or change the interval while it runs',
    problems: ['already_running'],
    method: 'POST',
    path: `${base}/start`,
    auth: 'open',
    from: 'query',
    success: 200,
    input: z.strictObject({ interval_minutes: wholeNumber(shortest, longest).optional() }),
    output: z.object({ message: z.string(), interval_minutes: z.int() }),
  }),
  stop: operation({
    summary: 'Stop syncing; the service keeps answering',
    problems: ['not_running'],
    method: 'POST',
    path: `${base}/stop`,
    auth: 'open',
    from: 'query',
    success: 200,
    input: nothing,
    output: z.object({ message: z.string() }),
  }),
  syncNow: operation({
    summary: 'Sync now, without waiting for the next cycle',
    problems: ['not_found', 'not_running', 'conflict'],
    method: 'POST',
    path: `${base}/sync-now`,
    auth: 'open',
    from: 'query',
    success: 202,
    input: z.strictObject({ account: account.optional() }),
    output: z.object({ message: z.string() }),
  }),
  accountsList: operation({
    summary: 'The accounts with their state',
    method: 'GET',
    path: '/api/v1/accounts',
    auth: 'token',
    from: 'query',
    success: 200,
    input: anything,
    output: z.object({ accounts: z.array(AccountSnapshot) }),
  }),
  accountsAdd: operation({
    summary: 'Add an account with another tool’s token, or a service account’s key (with `email`)',
    problems: [
      'bad_token_file',
      'wrong_account',
      'needs_reauth',
      'policy',
      'mailbox_off',
      'api_disabled',
      'network',
      'conflict',
    ],
    method: 'POST',
    path: '/api/v1/accounts',
    auth: 'token',
    from: 'body',
    success: 201,
    input: z.strictObject({
      authorized_user: z.record(z.string(), z.unknown()),
      email: z.string().max(320).optional(),
      /** The OAuth client's JSON, for token files that do not name it. */
      oauth_client: z.record(z.string(), z.unknown()).optional(),
    }),
    output: z.object({ account: AccountSnapshot }),
  }),
  demoAdd: operation({
    summary:
      'Add the demo account: made-up mail from a Gmail simulated on this computer, without Google. There is at most one; asked again, it answers with that one',
    problems: ['demo', 'conflict', 'store'],
    method: 'POST',
    path: '/api/v1/demo',
    auth: 'token',
    from: 'query',
    success: 200,
    input: nothing,
    output: z.object({
      account: AccountSnapshot,
      /** False when it was there already. */
      added: z.boolean(),
    }),
  }),
  ...signInOperations,
  ...credentialOperations,
  logs: operation({
    summary: 'The last lines of the log',
    method: 'GET',
    path: '/api/v1/logs',
    auth: 'token',
    from: 'query',
    success: 200,
    input: z.strictObject({ lines: wholeNumber(1, 5_000).default(200), level: LogLevel.default('info') }),
    output: z.object({ entries: z.array(LogEntry) }),
  }),
  settings: operation({
    summary: 'The settings, and where each comes from',
    method: 'GET',
    path: '/api/v1/settings',
    auth: 'token',
    from: 'query',
    success: 200,
    input: anything,
    output: z.object({
      settings: WireSettings,
      sources: settingSources,
    }),
  }),
  /** Refused as a whole (409) when a flag or an environment variable holds one of the settings for this run. */
  settingsChange: operation({
    summary: 'Change settings',
    problems: ['conflict', 'bad_settings'],
    method: 'PATCH',
    path: '/api/v1/settings',
    auth: 'token',
    from: 'body',
    success: 200,
    input: WireSettingsPatch,
    output: z.object({
      settings: WireSettings,
      sources: settingSources,
      /** When each of the given settings is obeyed. */
      takes_effect: z.partialRecord(wireNames, z.enum(effectTimes)),
    }),
  }),
  /** A grant belongs to its client, so another client begins a sign-in; until it is done, everything stays as it was. */
  accountsChange: operation({
    summary: 'Pause or resume an account, or start switching it to another OAuth client',
    problems: ['not_found', 'conflict', 'concurrency', 'sealed_elsewhere'],
    method: 'PATCH',
    path: '/api/v1/accounts/{id}',
    auth: 'token',
    from: 'body',
    success: 200,
    input: z
      .strictObject({
        id: account,
        paused: z.boolean().optional(),
        client: clientName.optional(),
        /** With `client`: nothing listens for the browser. */
        paste: z.boolean().optional(),
      })
      .refine(({ paused, client }) => paused !== undefined || client !== undefined, {
        error: 'must have paused or client',
      }),
    output: z.object({
      account: AccountSnapshot,
      /** With `client`: the sign-in that was begun; null when the account uses that client already. */
      sign_in: SignIn.nullable(),
    }),
  }),
  accountsRemove: operation({
    summary:
      'Remove an account: its mail stays readable or is deleted, and its credential is deleted. `revoke` also takes back Google’s permission, for every program that uses an OAuth client of the same Google project',
    problems: ['not_found', 'conflict', 'sealed_elsewhere', 'needs_reauth', 'network', 'server', 'store'],
    method: 'DELETE',
    path: '/api/v1/accounts/{id}',
    auth: 'token',
    from: 'query',
    success: 200,
    input: z.strictObject({
      id: account,
      mail: z.enum(['keep', 'delete']),
      revoke: z.enum(['true', 'false']).default('false'),
    }),
    output: z.object({
      message: z.string(),
      email: z.string(),
      /** `deleting`: it goes on after the answer, and after a restart. */
      mail: z.enum(['kept', 'deleting']),
      revoked: z.boolean(),
    }),
  }),
  failures: operation({
    summary: 'Messages that could not be downloaded or read, and why',
    problems: ['not_found', 'store'],
    method: 'GET',
    path: '/api/v1/failures',
    auth: 'token',
    from: 'query',
    success: 200,
    input: z.strictObject({ account: account.optional(), limit: wholeNumber(1, 10_000).default(100) }),
    output: z.object({ failures: z.array(FailedMessage), total: z.int().min(0) }),
  }),
  failuresRetry: operation({
    summary: 'Try failed downloads again; those of paused accounts wait until they are resumed',
    problems: ['not_found', 'conflict', 'store'],
    method: 'POST',
    path: '/api/v1/failures/retry',
    auth: 'token',
    from: 'query',
    success: 202,
    input: z.strictObject({ account: account.optional() }),
    output: z.object({ message: z.string(), count: z.int().min(0) }),
  }),
  metricsSeries: operation({
    summary: 'Finished cycles over time, for charts',
    problems: ['store'],
    method: 'GET',
    path: '/api/v1/metrics/series',
    auth: 'token',
    from: 'query',
    success: 200,
    input: z.strictObject({ span: z.enum(seriesSpans).default('day') }),
    output: MetricsSeries,
  }),
  ...tokenOperations,
  storage: operation({
    summary: 'How much disk space the mail takes, and how much is free',
    problems: ['store'],
    method: 'GET',
    path: '/api/v1/storage',
    auth: 'token',
    from: 'query',
    success: 200,
    input: anything,
    output: StorageFigures,
  }),
  ...verifyOperations,
}

type Operations = typeof operations
export type OperationName = keyof Operations
export const operationNames = Object.keys(operations) as readonly OperationName[]

/** Who asks, as far as a transport can tell. */
export interface Asker {
  /** Whether it is a program of the service's own user on this computer; null where nobody can tell. */
  readonly isOwnUser: () => Promise<boolean | null>
}

/** The server's end: input as validated, output before validation. */
export type Handlers = {
  readonly [N in OperationName]: (
    input: z.output<Operations[N]['input']>,
    asker?: Asker,
  ) => Promise<z.input<Operations[N]['output']>>
}

/** The client's end: input as the caller writes it, output as validated. */
export type Client = {
  readonly [N in OperationName]: (input: z.input<Operations[N]['input']>) => Promise<z.output<Operations[N]['output']>>
}

export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: Problem }

/**
 * Server end of every transport. Never throws: Electron would strip an error of its code. `report` is told what a handler threw, not of
 * input that is not valid.
 */
export async function dispatch(
  handlers: Handlers,
  name: OperationName,
  input: unknown,
  report: (error: unknown) => void,
  asker?: Asker,
): Promise<Reply> {
  const handler = handlers[name] as (input: unknown, asker?: Asker) => Promise<unknown>
  return await replyTo(operations[name].input, (valid) => handler(valid, asker), input, report)
}

/** As `dispatch`, for one handler and what it may be asked. */
export async function replyTo(
  allowed: z.ZodType,
  handler: (input: unknown) => Promise<unknown>,
  input: unknown,
  report: (error: unknown) => void,
): Promise<Reply> {
  const parsed = allowed.safeParse(input)
  if (!parsed.success) return { ok: false, problem: toProblem(parsed.error) }
  try {
    return { ok: true, value: await handler(parsed.data) }
  } catch (error) {
    report(error)
    // What a handler could not make of an answer of somebody else is no mistake of the caller.
    return { ok: false, problem: toProblem(error instanceof z.ZodError ? new Error(error.message) : error) }
  }
}

/** The paths that answer an operation: its own, and the one that existing scripts use. */
export function pathsOf({ path }: Pick<Operation, 'path'>): readonly string[] {
  return path.startsWith(`${base}/`) ? [path, path.replace(base, '/api/v1/test/background-sync')] : [path]
}

/** The names in braces of a path. */
export const pathFields = (path: string): readonly string[] => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)

/** What a client sends for an input: the fields named in the path go there, the others into the query or the body. */
export function requestOf(
  row: Pick<Operation, 'path' | 'from'>,
  input: Readonly<Record<string, unknown>>,
): { readonly url: string; readonly body: string | null } {
  const inPath = new Set(pathFields(row.path))
  const path = row.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(input[name])))
  const rest = Object.entries(input).filter(([name, value]) => !inPath.has(name) && value !== undefined)
  if (row.from === 'body') return { url: path, body: JSON.stringify(Object.fromEntries(rest)) }
  const query = rest.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')
  return { url: query === '' ? path : `${path}?${query}`, body: null }
}
