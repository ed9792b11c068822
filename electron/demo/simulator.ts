/** Starts a Gmail of our own: real HTTP on loopback, Google's shapes, and every fault on a dial. */
import type { AddressInfo } from 'node:net'
import { AppError } from '../../shared/errors.ts'
import { createSimulatedClock } from './simulator/clock.ts'
import type { Context } from './simulator/context.ts'
import { createDiceBox } from './simulator/dice.ts'
import { createMailbox, type MailboxState } from './simulator/mailbox.ts'
import { createPageTokens } from './simulator/page-tokens.ts'
import { createQuota } from './simulator/quota.ts'
import { createSimulatorServer } from './simulator/server.ts'
import { createServiceAccount } from './simulator/service-account.ts'
import { createGrants } from './simulator/tokens.ts'
import type { Dials, Simulator, SimulatorOptions } from './types.ts'

const quiet: Dials = {
  serverError: 0,
  reset: 0,
  cut: 0,
  garbage: 0,
  tooMany: 0,
  spuriousQuota: 0,
  unauthorized: 0,
  pageTokenExpired: 0,
  mostPerPage: 0,
  historyQuirks: 0,
  deletedBetween: 0,
  freshNotFoundMs: 0,
  latency: 0,
  slow: 0,
  slowMs: 1_000,
  maxConcurrent: 0,
  quota: 'none',
  gzip: false,
  exhausted: 0,
  userRate: 0,
  userRateMs: 60_000,
  retryAfterSeconds: 0,
  shiftingPages: false,
  chargeRejected: false,
  tokenFaults: true,
  accessTokenSeconds: 3_599,
  testingMode: false,
  rotateRefreshTokens: false,
  delegation: 'granted',
  consent: 'grant',
  verified: true,
  tickBoxes: false,
  consentError: null,
}

const emptyStats = (): Context['stats'] => ({
  requests: 0,
  byMethod: {},
  units: 0,
  quotaErrors: 0,
  concurrencyErrors: 0,
  tokenRefreshes: 0,
  faults: {},
  batchParts: 0,
  bytes: 0,
  maxInFlight: 0,
})

const CLIENT_ID = '402612345678-simulator.apps.googleusercontent.com'
const CLIENT_SECRET = 'GOCSPX-simulated'

function createContext(seed: number, options: SimulatorOptions): Context {
  const clock = createSimulatedClock(options.timeScale ?? 1)
  return {
    seed,
    clock,
    dials: { ...quiet, ...options.dials },
    grants: createGrants(seed, clock, CLIENT_ID),
    quota: createQuota(),
    clientId: CLIENT_ID,
    clientSecret: CLIENT_SECRET,
    clients: new Map([[CLIENT_ID, CLIENT_SECRET]]),
    serviceAccount: createServiceAccount(),
    users: new Map(),
    emails: new Map(),
    listTokens: createPageTokens(seed),
    historyTokens: createPageTokens(seed + 1),
    stats: emptyStats(),
  }
}

/**
 * Starts the simulator on `127.0.0.1` (an ephemeral port unless one is named). It has no mailbox until `addMailbox`.
 * Throws `AppError('port_in_use')`.
 */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const seed = options.seed ?? 1
  const context = createContext(seed, options)
  const { server, abort } = createSimulatorServer(
    context,
    createDiceBox(seed, () => context.stats.faults),
  )
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE') return reject(cause)
      const remedy = 'Choose another port or stop the program that holds it'
      reject(new AppError('port_in_use', `Port ${options.port} is in use`, { remedy, cause }))
    })
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`

  const mailbox = (email: string): MailboxState => {
    const found = context.users.get(context.emails.get(email.toLowerCase()) ?? '')
    if (found === undefined) throw new AppError('not_found', `The simulator has no mailbox ${email}`)
    return found
  }
  const free = (email: string): string => {
    const key = email.toLowerCase()
    if (context.emails.has(key)) throw new AppError('conflict', `The simulator has a mailbox ${email} already`)
    return key
  }
  return {
    url,
    oauthUrl: `${url}oauth/`,
    dials: context.dials,
    clientId: context.clientId,
    clientSecret: context.clientSecret,
    mailbox,
    addMailbox(email) {
      const user = free(email)
      const added = createMailbox(email, {
        user,
        seed,
        clock: context.clock,
        grants: context.grants,
        historyFrom: options.historyFrom,
        renamed(from, to) {
          const key = free(to)
          context.emails.delete(from.toLowerCase())
          context.emails.set(key, user)
        },
      })
      context.users.set(user, added)
      context.emails.set(user, user)
      context.grants.issue(user)
      return added
    },
    addClient() {
      const client_id = `40261234567${context.clients.size + 8}-simulator.apps.googleusercontent.com`
      const client_secret = `GOCSPX-simulated-${context.clients.size}`
      context.clients.set(client_id, client_secret)
      return { client_id, client_secret }
    },
    deleteClient: (clientId) => {
      context.clients.set(clientId, null)
    },
    authorizedUser: (email) => ({
      type: 'authorized_user',
      client_id: context.clientId,
      client_secret: context.clientSecret,
      refresh_token: mailbox(email).refreshToken,
    }),
    serviceAccountKey: (replace = false) => ({
      ...context.serviceAccount.key(replace),
      token_uri: `${url}oauth/token`,
    }),
    deathOf: (refreshToken) => {
      const grant = context.grants.refresh(refreshToken, context.dials.testingMode)
      return grant === undefined ? 'unknown' : grant.death
    },
    accessToken: (email) => context.grants.access(mailbox(email).user, context.dials),
    now: () => context.clock.now(),
    advance: (ms) => context.clock.advance(ms),
    stats: () => ({ ...context.stats, byMethod: { ...context.stats.byMethod }, faults: { ...context.stats.faults } }),
    resetStats: () => {
      Object.assign(context.stats, emptyStats())
    },
    close() {
      abort()
      return new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
    },
  }
}
