import { z } from 'zod'
import { Completeness } from './audit.ts'
import { errorCodes, failureCauses, RemedyAction } from './errors.ts'

const timestamp = z.iso.datetime()
const count = z.int().min(0)

/** The place of the guide to Google that says more, where there is one: `mailtide guide NAME`. */
const guidePlace = z.string().optional()

/** What lies behind the state where it was a failure whose code does not say what helps. */
const cause = z.enum(failureCauses).optional()

/** What the remedy comes to, where a program can offer it. */
const action = RemedyAction.optional()

/** Why a first download waits while new mail goes on: the person asked for it by a setting. */
export const holdReasons = ['battery', 'metered'] as const
export type HoldReason = (typeof holdReasons)[number]

/** Why an account waits. `disk` and `originals` (their folder is away) ask the person to act; the others pass by themselves. */
export const waitReasons = ['quota', 'network', 'server', 'disk', 'originals', 'store', ...holdReasons] as const

/** What happened last, in words, with what to do about it. */
export const LastError = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  remedy: z.string().nullable(),
  at: timestamp,
})
export type LastError = z.infer<typeof LastError>

/** How far the first download of a mailbox is. `total` is counted from listed ids, never Gmail's estimate. */
export const BackfillProgress = z.object({
  listed: count,
  listing_complete: z.boolean(),
  done: count,
  total: count,
  percent: z.number().min(0).max(100),
  per_second: z.number().min(0).nullable(),
  eta_seconds: z.number().min(0).nullable(),
  started_at: timestamp.nullable(),
  /** When Gmail got the oldest message that is stored so far: the newest come first. */
  back_to: timestamp.nullable(),
})
export type BackfillProgress = z.infer<typeof BackfillProgress>

/** The state of one account: a tagged union, moved only by the functions of `electron/service/machine.ts`. */
export const AccountState = z.discriminatedUnion('state', [
  z.object({ state: z.literal('new') }),
  z.object({ state: z.literal('backfilling') }),
  z.object({ state: z.literal('up_to_date') }),
  z.object({ state: z.literal('syncing') }),
  z.object({
    state: z.literal('waiting'),
    reason: z.enum(waitReasons),
    until: timestamp,
    message: z.string(),
    remedy: z.string().nullable(),
    action,
    cause,
  }),
  z.object({
    state: z.literal('needs_reauth'),
    reason: z.string(),
    message: z.string(),
    remedy: z.string(),
    action,
    guide: guidePlace,
    cause,
  }),
  z.object({
    state: z.literal('error'),
    code: z.enum(errorCodes),
    message: z.string(),
    remedy: z.string(),
    action,
    until: timestamp.nullable(),
    guide: guidePlace,
    cause,
  }),
  z.object({ state: z.literal('paused'), since: timestamp.optional() }),
])
export type AccountState = z.infer<typeof AccountState>

/** One account as every surface shows it. */
export const AccountSnapshot = z.intersection(
  z.object({
    id: z.string(),
    email: z.string(),
    /** Made-up mail of the demo, from a Gmail on this computer. */
    demo: z.boolean(),
    last_synced_at: timestamp.nullable(),
    next_due_at: timestamp.nullable(),
    messages_stored: count,
    messages_deleted: count,
    messages_waiting: count,
    messages_failed: count,
    backfill: BackfillProgress.nullable(),
    /** Is the copy complete, as last verified. */
    completeness: Completeness,
    last_error: LastError.nullable(),
    /** When Google will end the sign-in by itself: OAuth clients in testing mode, or access allowed for a limited time. */
    sign_in_ends_at: timestamp.nullable(),
    quota: z.object({
      table: z.enum(['new', 'old', 'unknown']),
      units_per_second: z.number(),
      units_used: count,
      errors: count,
    }),
  }),
  AccountState,
)
export type AccountSnapshot = z.infer<typeof AccountSnapshot>

export const phases = ['listing', 'downloading', 'catching_up', 'reconciling', 'auditing'] as const
export type Phase = (typeof phases)[number]

/** What the engine is doing right now. With several accounts in parallel: the one that reported last. */
export const CurrentWork = z.object({
  account: z.string(),
  phase: z.enum(phases),
  done: count,
  total: count,
  per_second: z.number().min(0),
})
export type CurrentWork = z.infer<typeof CurrentWork>

export const CycleSummary = z.object({
  started_at: timestamp,
  finished_at: timestamp,
  duration_seconds: z.number().min(0),
  accounts: count,
  emails: count,
  errors: count,
})
export type CycleSummary = z.infer<typeof CycleSummary>

export const serviceStates = ['stopped', 'idle', 'syncing', 'stopping', 'failed'] as const
export type ServiceState = (typeof serviceStates)[number]

/** A condition that the person should know of; it stands as long as its cause. */
export const Alert = z.object({
  key: z.string(),
  kind: z.enum([
    'sync_failure',
    'error_rate',
    'slow_cycle',
    'unexpected_restart',
    'needs_reauth',
    'sign_in_ends',
    'incomplete',
    'disk',
    'originals',
    'unreadable',
    'store',
    'clock',
    'api',
  ]),
  account: z.string().nullable(),
  message: z.string(),
  remedy: z.string(),
  since: timestamp,
})
export type Alert = z.infer<typeof Alert>

/** Everything any screen, script or exporter shows: whole, immutable, numbered. */
export const Snapshot = z.object({
  revision: count,
  version: z.string(),
  host: z.object({
    kind: z.enum(['desktop', 'headless', 'demo', 'test']),
    pid: z.int(),
    port: z.int().nullable(),
    data_folder: z.string(),
  }),
  running: z.boolean(),
  state: z.enum(serviceStates),
  failure: z.object({ message: z.string(), remedy: z.string() }).nullable(),
  interval_minutes: z.int().min(1).max(1440),
  started_at: timestamp.nullable(),
  uptime_seconds: z.number().min(0),
  next_cycle_at: timestamp.nullable(),
  current: CurrentWork.nullable(),
  total_cycles: count,
  total_emails_synced: count,
  error_count: count,
  errors_by_kind: z.record(z.string(), count),
  last_sync_duration_seconds: z.number().min(0).nullable(),
  last_cycle: CycleSummary.nullable(),
  accounts: z.array(AccountSnapshot),
  alerts: z.array(Alert),
  store: z.object({
    kind: z.enum(['pglite', 'postgres']),
    durable: z.boolean(),
    restarts: count,
    database_bytes: count.nullable(),
    raw_bytes: count.nullable(),
    free_bytes: count.nullable(),
  }),
  /** Set when Gmail's or OAuth's address is not Google's: `MAILTIDE_GMAIL_ROOT_URL`, `MAILTIDE_OAUTH_URL`. */
  overrides: z.object({ gmail_root_url: z.string().nullable(), oauth_url: z.string().nullable() }),
})
export type Snapshot = z.infer<typeof Snapshot>
