import { onTestFinished } from 'vitest'
import type { Log, Surroundings } from '../../electron/ports.ts'
import type { ServiceDeps, ServiceSettings } from '../../electron/service/engine.ts'
import { createHolds } from '../../electron/service/holds.ts'
import { createRoster, type Member } from '../../electron/service/roster.ts'
import { createServiceCore, type ServiceControl } from '../../electron/service/service.ts'
import { saveAccount } from '../../electron/store/accounts.ts'
import { markSynced } from '../../electron/store/checkpoints.ts'
import type { Db } from '../../electron/store/db.ts'
import type { TurnOptions, TurnResult } from '../../electron/sync/turn.ts'
import { type AccountId, accountId } from '../../shared/ids.ts'
import { defaultSettings, type SettingsPatch } from '../../shared/settings.ts'
import type { Snapshot } from '../../shared/status.ts'
import { createFakeClock, type FakeClock } from '../support/fake-clock.ts'
import { silentLog } from '../support/silent-log.ts'
import { nowhere } from '../support/surroundings.ts'

export type FakeTurn = (
  member: Member,
  options: TurnOptions & Parameters<ServiceDeps['takeTurn']>[1],
) => Promise<TurnResult | null>

export interface Core {
  readonly service: ServiceControl
  readonly clock: FakeClock
  readonly settings: { -readonly [N in keyof ServiceSettings]: ServiceSettings[N] }
  readonly space: { free: number }
  /** Quota units used so far, by address. */
  readonly units: Map<string, number>
  /** Addresses, in the order in which they took turns. */
  readonly turns: string[]
  until(what: (snapshot: Snapshot) => boolean): Promise<Snapshot>
}

const nobody = async (): Promise<never> => {
  throw new Error('Nobody signs in here')
}

export const nothing: TurnResult = { stored: 0, failed: 0, more: false, nextTryAt: null, held: null }

export async function addAccount(db: Db, id: string, state: 'new' | 'done' = 'done'): Promise<AccountId> {
  const account = accountId(id)
  const email = `${id}@example.org`
  const created_at = new Date('2026-01-01T00:00:00Z')
  await saveAccount(db, { id: account, email, email_key: email, client_id: 'c', paused: false, created_at })
  await db.query('update mailtide.checkpoint set backfill = $2 where account_id = $1', [account, state])
  return account
}

/** The service on a real store and a clock in the test's hand; what a turn does is the test's. By default it just succeeds. */
export async function startCore(
  db: Db,
  options: {
    readonly turn?: FakeTurn
    readonly clock?: FakeClock
    readonly restartedUnexpectedly?: boolean
    readonly clockAheadMs?: () => number | null
    readonly log?: Log
    readonly changeSettings?: (patch: SettingsPatch) => void
    /** Runs while the figures of the store are taken: at the end of each cycle, before it is written down. */
    readonly onRefresh?: () => Promise<void>
    readonly surroundings?: Surroundings
    readonly audit?: ServiceDeps['runAudit']
  } = {},
): Promise<Core> {
  const clock = options.clock ?? createFakeClock()
  const settings = { ...defaultSettings }
  const space = { free: 90_000_000_000 }
  const units = new Map<string, number>()
  const turns: string[] = []
  const service = await createServiceCore({
    db,
    clock,
    log: options.log ?? silentLog,
    roster: createRoster(clock),
    settings: () => settings,
    saveInterval: (minutes) => {
      settings.intervalMinutes = minutes
    },
    changeSettings: (patch) => {
      options.changeSettings?.(patch)
      Object.assign(settings, patch)
    },
    host: { kind: 'test', pid: 1, port: null, data_folder: '/data' },
    worker: 'test:1@here',
    version: '0.0.0',
    overrides: { gmail_root_url: null, oauth_url: null },
    restartedUnexpectedly: options.restartedUnexpectedly ?? false,
    takeTurn: async (member, turnOptions) => {
      turns.push(member.account.email)
      const result = await (options.turn ?? (async () => nothing))(member, turnOptions)
      if (result !== null && !result.more && result.held === null) await markSynced(db, member.account.id, clock.now())
      return result
    },
    runAudit: options.audit ?? (async () => ({ gmail: null, local: null, deep: null, unseen: [], originals: null })),
    quotaOf: ({ account }) => ({
      shown: { table: 'new', units_per_second: 98, units_used: units.get(account.email) ?? 0, errors: 0 },
      pausedForMs: 0,
    }),
    storeFacts: {
      read: () => ({
        kind: 'pglite',
        durable: true,
        restarts: 0,
        database_bytes: 1000,
        raw_bytes: 500,
        free_bytes: space.free,
      }),
      refresh: async () => options.onRefresh?.(),
      refreshSpace: async () => undefined,
      measure: async () => {
        throw new Error('Not measured here')
      },
    },
    holds: createHolds({ surroundings: options.surroundings ?? nowhere, settings: () => settings, log: silentLog }),
    signInEndsAt: () => null,
    lookAtSignIn: async () => true,
    clockAheadMs: options.clockAheadMs ?? (() => null),
    apiTrouble: () => null,
    originals: { ensure: async () => undefined, begin: async () => undefined, trouble: () => null },
    recovered: null,
    importToken: async () => accountId('none'),
    addDemo: async () => accountId('none'),
    signIn: {
      authUrl: 'https://accounts.example/auth',
      oauthUrl: 'https://oauth.example/',
      clients: { list: async () => [], read: nobody, write: nobody, remove: nobody },
      tokens: { read: nobody, write: nobody, remove: nobody },
      changeSecret: nobody,
      adopt: nobody,
    },
    removal: {
      revoke: async () => undefined,
      leave: async () => undefined,
      letGo: async () => undefined,
      find: async () => undefined,
      deleteMail: async () => undefined,
    },
    reparse: async () => ({ messages: 0, changed: 0, failed: 0 }),
    closeAll: async () => undefined,
  })
  onTestFinished(() => service.close())
  return {
    service,
    clock,
    settings,
    space,
    units,
    turns,
    until: (what) => {
      const { promise, resolve } = Promise.withResolvers<Snapshot>()
      const stop = service.subscribe((snapshot) => {
        if (what(snapshot)) resolve(snapshot)
      })
      return promise.finally(stop)
    },
  }
}
