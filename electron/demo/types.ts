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

/** A mail whose bytes are made when somebody asks, so that a mailbox of 50,000 fits into memory. Asked twice, it must give the same bytes. */
export interface LazyMail extends Omit<NewMail, 'raw'> {
  readonly read: () => Uint8Array
}

/**
 * Why a refresh token died. Google answers most of these alike (`invalid_grant`); the others have bodies of their own:
 * https://developers.google.com/identity/protocols/oauth2#expiration
 */
export type TokenDeath =
  | 'revoked'
  | 'unused_six_months'
  | 'password_changed'
  | 'too_many_tokens'
  | 'testing_mode_expired'
  | 'grant_time_ended'
  | 'account_deleted'
  | 'admin_policy'
  | 'invalid_rapt'
  | 'rapt_required'
  | 'client_deleted'
  | 'client_unauthorized'
  | 'client_secret_wrong'

/** A state of the account in which Gmail refuses every call. */
export type Refusal =
  | 'mailbox_off'
  | 'precondition'
  | 'api_disabled'
  | 'domain_policy'
  | 'delegation_denied'
  | 'insufficient_scope'
  | 'daily_limit'
  | 'quota_exceeded'
  | 'project_quota'
  | 'rate_limited_until'

/**
 * Why Google shows a page of its own and ends a sign-in there:
 * https://developers.google.com/identity/protocols/oauth2/native-app#authorization-errors
 */
export type ConsentError =
  /** The app is in testing, and this person is none of its testers. */
  | 'access_denied'
  | 'access_not_configured'
  | 'admin_policy_enforced'
  | 'deleted_client'
  | 'disallowed_useragent'
  | 'invalid_client'
  | 'invalid_request'
  | 'invalid_scope'
  | 'org_internal'
  /** The account is in Google's Advanced Protection Program. */
  | 'policy_enforced'
  /** Too many new people signed in with this client lately. */
  | 'rate_limit_exceeded'
  | 'redirect_uri_mismatch'
  | 'restricted_client'

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
  /** 403 per-minute quota error at random, though quota is left; in any of the shapes that have been seen. */
  spuriousQuota: number
  /** 401 though the token is good. */
  unauthorized: number
  /** A stored page token is refused with 400. */
  pageTokenExpired: number
  /** Pages of messages and history hold no more than this, whatever is asked for; 0 = as many as are asked for. */
  mostPerPage: number
  /** A history page carries a nextPageToken but no history; records repeat; added twice. */
  historyQuirks: number
  /** A listed message answers 404 on get and is in fact deleted. */
  deletedBetween: number
  /** New messages answer 404 on get for this many (simulated) milliseconds after they appear in history. */
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
  /** 429 "Resource has been exhausted (e.g. check quota)." at random. */
  exhausted: number
  /** 429 "User-rate limit exceeded.  Retry after <time>" at random, the time being `userRateMs` (simulated) ahead. */
  userRate: number
  userRateMs: number
  /** Seconds named by a Retry-After header on 429 and 503 answers; 0 = no such header, as Gmail does nearly always. */
  retryAfterSeconds: number
  /** Page tokens are offsets: an arrival makes rows appear twice, a deletion makes the listing skip rows. */
  shiftingPages: boolean
  /** Calls refused for quota cost their units all the same (undocumented; off = they cost nothing). */
  chargeRejected: boolean
  /** Faults of the transport (serverError, reset, cut, garbage, latency, slow) meet the token endpoint too. */
  tokenFaults: boolean
  /** Lifetime of access tokens in simulated seconds. */
  accessTokenSeconds: number
  /** An OAuth client in testing mode: refresh tokens die after 7 simulated days, and answers say so. */
  testingMode: boolean
  /** Answers carry a refresh token in place of the old one, which dies (Google does not; other servers do). */
  rotateRefreshTokens: boolean
  /** Whether the domain of every mailbox delegated it to the service account. */
  delegation: 'granted' | 'missing'
  /** What the person says when asked for consent; `ask` shows the pages, and waits for somebody to click through them. */
  consent: 'grant' | 'deny' | 'ask'
  /** Google verified the app. If not, a page warns of it before the consent. With `testingMode` it is the page for testers. */
  verified: boolean
  /** The consent page has a box for every right; without this, only when several are asked for. */
  tickBoxes: boolean
  /** Google shows this error in place of the consent page, and never sends the browser back. */
  consentError: ConsentError | null
}

/** What the server saw, for tests and benchmarks. */
export interface SimulatorStats {
  /** HTTP requests of every kind, those to the token endpoint too. */
  readonly requests: number
  /** Calls by name: 'getProfile', 'labels.list', 'messages.list', 'messages.get', 'history.list', ... */
  readonly byMethod: Readonly<Record<string, number>>
  readonly units: number
  readonly quotaErrors: number
  readonly concurrencyErrors: number
  readonly tokenRefreshes: number
  /** Faults dealt, by name of the dial. */
  readonly faults: Readonly<Record<string, number>>
  /** Calls inside batches; `requests` counts the batch itself once. */
  readonly batchParts: number
  readonly bytes: number
  readonly maxInFlight: number
}

export interface SimulatedMailbox {
  readonly email: string
  readonly refreshToken: string
  readonly size: number
  historyId(): bigint
  /** Live messages, newest first (by internalDate), spam and trash included. */
  messages(): SimulatedMail[]
  get(id: string): SimulatedMail | undefined
  labels(): { id: string; name: string; type: 'system' | 'user' }[]
  /** Drafts with their stable ids and the present message of each. */
  drafts(): { id: string; messageId: string }[]
  /** Mail that has been there for long: no history is kept of its arrival, and cursors from before answer 404. */
  load(mails: Iterable<LazyMail>): void
  /** Each of these writes history as Gmail would. */
  add(mail: NewMail): SimulatedMail
  remove(id: string): void
  relabel(id: string, add: readonly string[], remove: readonly string[]): void
  trash(id: string): void
  untrash(id: string): void
  /** A draft saved again: the message id changes (messagesAdded of the new one, messagesDeleted of the old one). */
  saveDraft(raw: Uint8Array, previous?: string): SimulatedMail
  /** Sends a draft, named by its message id: the draft goes, a new message with SENT comes. */
  sendDraft(id: string): SimulatedMail
  /** Throws `AppError('conflict')` when a label of that name exists. */
  createLabel(name: string): string
  renameLabel(id: string, name: string): void
  deleteLabel(id: string): void
  /** Every history id up to now answers 404 from here on. */
  expireHistory(): void
  /** Kills the refresh token and the access tokens made from it; the cause (default 'revoked') decides the answer. */
  revoke(cause?: TokenDeath): void
  /** The person signs in again: a new refresh token, which is returned. */
  signIn(): string
  /** Scopes of tokens given from now on; default gmail.readonly alone. */
  setScopes(scopes: readonly string[]): void
  /** Every call of this account is refused in this way until `null` is given. */
  refuse(refusal: Refusal | null): void
  /** The account's address changes (rename). */
  rename(email: string): void
}

/** The parts of Google's key file that matter: https://cloud.google.com/iam/docs/keys-create-delete */
export interface ServiceAccountKey {
  readonly type: 'service_account'
  readonly project_id: string
  readonly private_key_id: string
  readonly private_key: string
  readonly client_email: string
  readonly client_id: string
  readonly token_uri: string
}

export interface Simulator {
  /** Value for `MAILTIDE_GMAIL_ROOT_URL`, with a slash at the end. */
  readonly url: string
  /** Value for `MAILTIDE_OAUTH_URL`, with a slash at the end; `token`, `auth` and `revoke` live below it. */
  readonly oauthUrl: string
  readonly dials: Dials
  readonly clientId: string
  readonly clientSecret: string
  /** One more OAuth client. Sign-ins belong to the client in whose name they were made. */
  addClient(): { readonly client_id: string; readonly client_secret: string }
  /** From now on Google says of it that it was deleted. */
  deleteClient(clientId: string): void
  mailbox(email: string): SimulatedMailbox
  addMailbox(email: string): SimulatedMailbox
  /** Google's `authorized_user` JSON for a mailbox, as `accounts import-token` takes it. */
  authorizedUser(email: string): {
    type: 'authorized_user'
    client_id: string
    client_secret: string
    refresh_token: string
  }
  /** The key file of the one service account; with `replace` a new key, and the old one dies. */
  serviceAccountKey(replace?: boolean): ServiceAccountKey
  /** Why a refresh token is dead; null while it lives, `unknown` when it was never given. */
  deathOf(refreshToken: string): TokenDeath | 'unknown' | null
  /** A good access token for a mailbox, without asking the token endpoint. */
  accessToken(email: string): string
  /** Milliseconds since 1970 by the simulated clock. */
  now(): number
  /** Puts the simulated clock forward. */
  advance(ms: number): void
  stats(): SimulatorStats
  resetStats(): void
  close(): Promise<void>
}

export interface SimulatorOptions {
  readonly port?: number
  readonly seed?: number
  readonly dials?: Partial<Dials>
  /** History ids are greater than this one. Default: what the seed gives. */
  readonly historyFrom?: number
  /** Simulated milliseconds per real millisecond for quota windows and token expiry (a scaled clock). Default 1; with 0 only `advance` moves it. */
  readonly timeScale?: number
}
