import { randomUUID } from 'node:crypto'
import { isDemo } from '../../shared/demo.ts'
import { AppError } from '../../shared/errors.ts'
import { type AccountId, accountId } from '../../shared/ids.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Snapshot } from '../../shared/status.ts'
import { type ByteGate, createByteGate } from '../gmail/byte-gate.ts'
import { createGmail } from '../gmail/client.ts'
import type { ClockWatch } from '../gmail/clock-watch.ts'
import { createConcurrency } from '../gmail/concurrency.ts'
import type { Endpoints } from '../gmail/endpoints.ts'
import { createPacer, type Pacer } from '../gmail/quota.ts'
import type { Lane } from '../gmail/quota-lane.ts'
import { isServiceAccountId } from '../gmail/service-account.ts'
import { type AccountTokens, createTokens } from '../gmail/tokens.ts'
import type { Gmail } from '../gmail/types.ts'
import type { Clock, Credential, DemoGmail, Log, TokenStore } from '../ports.ts'
import { type Account, readQuotaTable, writeQuotaTable } from '../store/accounts.ts'
import type { OpenStore } from '../store/open-store.ts'
import type { Trial } from './adopt.ts'
import type { Demo } from './demo.ts'
import type { Member } from './roster.ts'

/** One account's way to Gmail, for the OAuth client in whose name it goes. */
interface Line {
  readonly gmail: Gmail
  readonly clientId: string
  readonly rootUrl: string
}

/** Where an account's Gmail and its tokens are. */
interface Place {
  readonly rootUrl: string
  readonly oauthUrl: string
  readonly clockWatch: ClockWatch | undefined
}

export interface LinesDeps {
  readonly clock: Clock
  readonly settings: () => Pick<Settings, 'pacing' | 'maxInFlightBytes' | 'maxConcurrency'>
  readonly log: Log
  readonly tokens: TokenStore
  readonly store: OpenStore
  /** Google's, or what was set by hand: for every account but the demo. */
  readonly endpoints: Endpoints
  /** Null where the clock at the other end is not Google's. */
  readonly clockWatch: ClockWatch | undefined
  readonly demo: Pick<Demo, 'present'>
}

/** No OAuth client has this id. */
const DEMO_KEY = 'demo'

/** The ways of all accounts to their Gmail. */
export interface Lines {
  of(account: Account): Line
  tokensOf(account: Pick<Account, 'id' | 'email'>): AccountTokens
  /** Forgets an account that was removed. */
  forget(id: AccountId): void
  /** Resolves when no token that Google changed is under way to the store, or soon in any case. */
  settle(): Promise<void>
  trial(credential: Credential, name: string): Trial
  quotaOf(member: Member): { readonly shown: Snapshot['accounts'][number]['quota']; readonly pausedForMs: number }
}

/** Less than the whole time that a stop is given. */
const SETTLE_WITHIN_MS = 2_000

export function createLines(deps: LinesDeps): Lines {
  const { clock, settings, log, store, endpoints, demo } = deps
  const google: Place = { rootUrl: endpoints.rootUrl, oauthUrl: endpoints.oauthUrl, clockWatch: deps.clockWatch }
  const byteGate: ByteGate = createByteGate(settings().maxInFlightBytes)
  const pacers = new Map<string, Pacer>()
  const lines = new Map<AccountId, Line>()
  const known = new Map<AccountId, { readonly tokens: AccountTokens; readonly names: { name: string } }>()

  const present = (): DemoGmail => {
    const gmail = demo.present()
    if (gmail === null) throw new AppError('demo', 'The demo mailbox does not run now')
    return gmail
  }
  /** Where an account's mail is. The demo's own place changes with each start, and nothing of it is right for any other account. */
  const placeOf = (account: Pick<Account, 'id' | 'email'>): Place => {
    if (!isDemo(account)) return google
    return {
      get rootUrl() {
        return present().rootUrl
      },
      get oauthUrl() {
        return present().oauthUrl
      },
      clockWatch: undefined,
    }
  }
  /** Accounts of one key share what Google lets the OAuth client do; the demo spends nothing of anybody's. */
  const keyOf = (account: Pick<Account, 'id' | 'email' | 'client_id'>): string =>
    isDemo(account) ? DEMO_KEY : account.client_id

  const pacerOf = (clientId: string): Pacer => {
    const present = pacers.get(clientId)
    if (present !== undefined) return present
    const db = store.db.as('interactive')
    const made = createPacer({
      clock,
      log,
      clientId,
      unpaced: settings().pacing === 'off' || clientId === DEMO_KEY,
      oneBucket: isServiceAccountId(clientId),
      memory: {
        read: (id) => readQuotaTable(db, id),
        write: (id, table) => writeQuotaTable(db, id, table, clock.now()),
      },
    })
    pacers.set(clientId, made)
    return made
  }
  const tokensFor = (
    id: AccountId,
    names: { readonly name: string },
    tokenStore: TokenStore,
    place: Place,
  ): AccountTokens =>
    createTokens({
      account: id,
      get name() {
        return names.name
      },
      store: tokenStore,
      clock,
      log,
      get oauthUrl() {
        return place.oauthUrl
      },
      clockWatch: place.clockWatch,
    })
  const gmailFor = (name: string, lane: Lane, tokens: AccountTokens, place: Place): Gmail =>
    createGmail({
      name,
      lane,
      tokens,
      clock,
      log,
      rootUrl: place.rootUrl,
      byteGate,
      concurrency: createConcurrency({ max: settings().maxConcurrency }),
      clockWatch: place.clockWatch,
    })
  const tokensOf: Lines['tokensOf'] = ({ id, email }) => {
    const present = known.get(id)
    if (present !== undefined) {
      present.names.name = email
      return present.tokens
    }
    const names = { name: email }
    const tokens = tokensFor(id, names, deps.tokens, placeOf({ id, email }))
    known.set(id, { tokens, names })
    return tokens
  }

  return {
    of: (account) => {
      const place = placeOf(account)
      const { id, email, client_id: clientId } = account
      const { rootUrl } = place
      const line = lines.get(id)
      if (line !== undefined && line.clientId === clientId && line.rootUrl === rootUrl) return line
      const gmail = gmailFor(email, pacerOf(keyOf(account)).lane(id), tokensOf(account), place)
      const made = { gmail, clientId, rootUrl }
      lines.set(id, made)
      return made
    },
    tokensOf,
    forget: (id) => {
      known.get(id)?.tokens.forget()
      known.delete(id)
      lines.delete(id)
      for (const pacer of pacers.values()) pacer.drop(id)
    },
    settle: async () => {
      const limit = new AbortController()
      const late = clock.sleep(SETTLE_WITHIN_MS, limit.signal).catch(() => undefined)
      await Promise.race([Promise.all([...known.values()].map(({ tokens }) => tokens.settle())), late])
      limit.abort()
    },
    trial: (credential, name) => {
      let held = credential
      const memory: TokenStore = {
        read: async () => held,
        write: async (_account, changed) => {
          held = changed
        },
        remove: async () => undefined,
      }
      const id = accountId(`trial-${randomUUID()}`)
      const pacer = pacerOf(credential.client_id)
      return {
        gmail: gmailFor(name, pacer.lane(id), tokensFor(id, { name }, memory, google), google),
        credential: () => held,
        close: () => pacer.drop(id),
      }
    },
    quotaOf: ({ account }) => {
      const stats = pacerOf(keyOf(account)).lane(account.id).stats()
      return {
        shown: {
          table: stats.table,
          units_per_second: stats.unitsPerSecond,
          units_used: stats.unitsUsed,
          errors: stats.errors,
        },
        pausedForMs: stats.pausedForMs,
      }
    },
  }
}
