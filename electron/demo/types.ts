/**
 * The face of our Gmail simulator: a real HTTP server with Google's shapes, and a hand on every dial. The demo, tests and
 * benchmarks start it; nothing in the product depends on it.
 */
export interface SimulatedMail {
  readonly id: string
  readonly threadId: string
  readonly labelIds: readonly string[]
  readonly historyId: bigint
  readonly internalDate: number
  readonly raw: Uint8Array
}

/** A mail to put into a mailbox. Ids, thread and dates are made up when absent. */
export interface NewMail {
  readonly raw: Uint8Array
  readonly id?: string
  readonly threadId?: string
  readonly labelIds?: readonly string[]
  readonly internalDate?: number
}

/** Probabilities are 0..1 per request; everything is 0 or off by default. */
export interface Dials {
  /** 500, 502, 503 or 504, as JSON or as HTML. */
  serverError: number
  /** The connection is reset before or in the middle of the answer. */
  reset: number
  /** The answer's body is cut after some bytes while the header promised more. */
  cut: number
  /** 200 with a body that is not JSON. */
  garbage: number
  /** 429 "Too many concurrent requests for user." at random. */
  tooMany: number
  /** 403 per-minute quota error at random, though quota is left. */
  spuriousQuota: number
  /** 401 though the token is good. */
  unauthorized: number
  /** A stored page token is refused with 400. */
  pageTokenExpired: number
  /** A history page carries a nextPageToken but no history; records repeat; added twice. */
  historyQuirks: number
  /** A listed message answers 404 on get and is in fact deleted. */
  deletedBetween: number
  /** New messages answer 404 on get for this many milliseconds after they appear in history. */
  freshNotFoundMs: number
  /** Milliseconds before each answer: fixed, or [min, max]. */
  latency: number | readonly [number, number]
  /** The answer trickles for so many milliseconds, with this probability. */
  slow: number
  slowMs: number
  /** Requests served at once per user before 429; 0 = no limit. */
  maxConcurrent: number
  /** Which quota table is enforced: 'new' 6,000/min with get = 20, 'old' 15,000/min with get = 5, 'none'. */
  quota: 'new' | 'old' | 'none'
  /** Answers are compressed when the client allows it. */
  gzip: boolean
}

/** What the server saw, for tests and benchmarks. */
export interface SimulatorStats {
  readonly requests: number
  readonly byMethod: Readonly<Record<string, number>>
  readonly units: number
  readonly quotaErrors: number
  readonly concurrencyErrors: number
  readonly tokenRefreshes: number
  readonly bytes: number
  readonly maxInFlight: number
}

export interface SimulatedMailbox {
  readonly email: string
  readonly refreshToken: string
  readonly size: number
  historyId(): bigint
  /** Live messages, newest first (by internalDate). */
  messages(): SimulatedMail[]
  get(id: string): SimulatedMail | undefined
  labels(): { id: string; name: string; type: 'system' | 'user' }[]
  /** Each of these writes history as Gmail would. */
  add(mail: NewMail): SimulatedMail
  remove(id: string): void
  relabel(id: string, add: readonly string[], remove: readonly string[]): void
  trash(id: string): void
  /** A draft saved again: the message id changes (messagesAdded of the new one, messagesDeleted of the old one). */
  saveDraft(raw: Uint8Array, previous?: string): SimulatedMail
  createLabel(name: string): string
  renameLabel(id: string, name: string): void
  deleteLabel(id: string): void
  /** Every history id up to now answers 404 from here on. */
  expireHistory(): void
  /** Kills the refresh token: `invalid_grant` from now on. */
  revoke(): void
  /** The account's address changes (rename). */
  rename(email: string): void
}

export interface Simulator {
  /** Value for `MAILTIDE_GMAIL_ROOT_URL`, with a slash at the end. */
  readonly url: string
  /** Value for `MAILTIDE_OAUTH_URL`, with a slash at the end; `token`, `auth` and `revoke` live below it. */
  readonly oauthUrl: string
  readonly dials: Dials
  readonly clientId: string
  readonly clientSecret: string
  mailbox(email: string): SimulatedMailbox
  addMailbox(email: string): SimulatedMailbox
  /** Google's `authorized_user` JSON for a mailbox, as `accounts import-token` takes it. */
  authorizedUser(email: string): {
    type: 'authorized_user'
    client_id: string
    client_secret: string
    refresh_token: string
  }
  stats(): SimulatorStats
  resetStats(): void
  close(): Promise<void>
}

export interface SimulatorOptions {
  readonly port?: number
  readonly seed?: number
  readonly dials?: Partial<Dials>
  /** Simulated milliseconds per real millisecond for quota windows and token expiry (a scaled clock). Default 1. */
  readonly timeScale?: number
}
