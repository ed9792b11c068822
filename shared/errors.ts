import { z } from 'zod'
import type { GuideTopic } from './google-guide.ts'

/** Every kind of failure we foresee. The code decides what the program does; the text tells the person. */
export const errorCodes = [
  // The account cannot go on without the person
  'needs_reauth',
  'mailbox_off',
  'policy',
  'api_disabled',
  'wrong_account',
  // It passes by itself
  'network',
  'server',
  'bad_answer',
  'quota',
  'concurrency',
  'daily_quota',
  // About one message or one call
  'gone',
  'bad_id',
  'bad_page_token',
  'history_expired',
  'mass_deletion',
  'parse_failed',
  'parse_timeout',
  // Our own machine
  'disk',
  'store',
  'store_newer',
  'originals_away',
  'demo',
  'already_running',
  'port_in_use',
  'bad_settings',
  'bad_token_file',
  'sealed_elsewhere',
  'not_running',
  'not_found',
  'conflict',
  'bad_input',
  'forbidden',
  'aborted',
  'bug',
] as const
export type ErrorCode = (typeof errorCodes)[number]

/** What lies behind a failure where its code alone does not say what helps: windows and trays offer what fits. */
export const failureCauses = [
  /** Google no longer accepts the sign-in, and does not say why. */
  'withdrawn',
  /** The sign-in had an end from the start: an OAuth client in testing mode, or access for a limited time. */
  'testing_mode',
  'session_control',
  /** The sign-in does not permit reading mail. */
  'scope',
  /** The OAuth client is gone, or Google does not take it. */
  'client',
  /** Somebody who is not the person does not allow it: an administrator, an organisation. */
  'blocked',
  /** The credential is the key of a service account: there is no sign-in to repeat. */
  'service_account',
  /** This computer's clock is off. */
  'clock',
] as const
export type FailureCause = (typeof failureCauses)[number]

/** What the remedy comes to, for windows and programs: nobody need look for it in the words. */
export const RemedyAction = z.discriminatedUnion('kind', [
  /** Mailtide tries again by itself. */
  z.object({ kind: z.literal('keeps_trying') }),
  /** What the person has set stands in the way: the setting, by its name in the HTTP API. */
  z.object({ kind: z.literal('change_setting'), setting: z.string() }),
  /** Something is to be switched on, on this page. */
  z.object({ kind: z.literal('open_page'), url: z.string() }),
  z.object({ kind: z.literal('start_service') }),
])
export type RemedyAction = z.infer<typeof RemedyAction>

export interface AppErrorOptions {
  /** What the person can do, as an imperative sentence. */
  readonly remedy?: string
  /** What the remedy comes to, where a program can offer it. */
  readonly action?: RemedyAction | undefined
  /** The server asked not to be called again before this many milliseconds have passed. */
  readonly retryAfterMs?: number
  /** A quota error that concerns every account of the OAuth client, not just this one. */
  readonly projectWide?: boolean
  /** The quota limit Gmail named in the error (units per minute), when it did. */
  readonly quotaLimit?: number
  /** Where the guide to Google says more. */
  readonly guide?: GuideTopic | undefined
  /** What lies behind it; `cause` is the error that it was made of. */
  readonly because?: FailureCause | undefined
  readonly cause?: unknown
}

/** A foreseen failure: what happened (message) and what to do about it (remedy). Bugs are thrown as they are. */
export class AppError extends Error {
  readonly code: ErrorCode
  readonly remedy: string | undefined
  readonly action: RemedyAction | undefined
  readonly retryAfterMs: number | undefined
  readonly projectWide: boolean
  readonly quotaLimit: number | undefined
  readonly guide: GuideTopic | undefined
  readonly because: FailureCause | undefined

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'AppError'
    this.code = code
    this.remedy = options.remedy
    this.action = options.action
    this.retryAfterMs = options.retryAfterMs
    this.projectWide = options.projectWide ?? false
    this.quotaLimit = options.quotaLimit
    this.guide = options.guide
    this.because = options.because
  }
}

/** A failure on the wire: RFC 9457 problem document (https://www.rfc-editor.org/rfc/rfc9457), extended by code and remedy. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(errorCodes),
  detail: z.string().optional(),
  remedy: z.string().optional(),
  /** What the remedy comes to, where a program can offer it. */
  action: RemedyAction.optional(),
  /** The place of the guide to Google that says more: `mailtide guide NAME`, and a part of docs/google-setup.md. */
  guide: z.string().optional(),
  /** What lies behind it, where the code does not say. */
  cause: z.enum(failureCauses).optional(),
})
export type Problem = z.infer<typeof Problem>

const statusOf: Partial<Record<ErrorCode, number>> = {
  bad_input: 400,
  bad_token_file: 400,
  bad_settings: 400,
  forbidden: 403,
  not_found: 404,
  gone: 404,
  already_running: 409,
  not_running: 409,
  conflict: 409,
  wrong_account: 409,
  // Never 401, which is about our own token and must come with a challenge (RFC 9110 §15.5.2): to a client it would mean "send another token".
  needs_reauth: 409,
  sealed_elsewhere: 409,
  quota: 503,
  concurrency: 503,
  daily_quota: 503,
  network: 503,
  aborted: 503,
  server: 502,
  bad_answer: 502,
  mailbox_off: 502,
  policy: 502,
  api_disabled: 502,
  disk: 507,
  store: 503,
  originals_away: 503,
  demo: 503,
}

/** Any thrown value as a problem. Unforeseen errors keep their text out of the answer: it may hold paths or data. */
export function toProblem(error: unknown): Problem {
  if (error instanceof AppError) {
    return {
      type: `urn:mailtide:problem:${error.code}`,
      title: error.message,
      status: statusOf[error.code] ?? 500,
      code: error.code,
      ...(error.remedy === undefined ? {} : { remedy: error.remedy }),
      ...(error.action === undefined ? {} : { action: error.action }),
      ...(error.guide === undefined ? {} : { guide: error.guide }),
      ...(error.because === undefined ? {} : { cause: error.because }),
    }
  }
  if (error instanceof z.ZodError) {
    return {
      type: 'urn:mailtide:problem:bad_input',
      title: 'The request is not valid',
      status: 400,
      code: 'bad_input',
      detail: error.issues.map((issue) => `${issue.path.join('.') || 'request'}: ${issue.message}`).join('; '),
    }
  }
  return {
    type: 'urn:mailtide:problem:bug',
    title: 'An unexpected error occurred in Mailtide',
    status: 500,
    code: 'bug',
    remedy: 'See the log',
  }
}

/** The error as an `AppError`, so that callers can rely on its code; an unforeseen one becomes `bug` with its cause kept. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  return new AppError('bug', error instanceof Error ? error.message : String(error), { cause: error })
}

/** True for errors that only say "you asked me to stop". */
export function isAbort(error: unknown): boolean {
  if (error instanceof AppError) return error.code === 'aborted'
  return error instanceof Error && error.name === 'AbortError'
}
