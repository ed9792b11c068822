import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { AppError } from '../../shared/errors.ts'
import { type AccountId, accountId } from '../../shared/ids.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Snapshot } from '../../shared/status.ts'
import { type ByteGate, createByteGate } from '../gmail/byte-gate.ts'
import { createGmail } from '../gmail/client.ts'
import { createConcurrency } from '../gmail/concurrency.ts'
import { type Endpoints, resolveEndpoints } from '../gmail/endpoints.ts'
import { normaliseAddress, readAuthorizedUser, sameAddress } from '../gmail/import-token.ts'
import { createPacer, type Pacer } from '../gmail/quota.ts'
import { type AccessTokens, createTokens } from '../gmail/tokens.ts'
import type { Gmail } from '../gmail/types.ts'
import { PARSER_VERSION } from '../mail/parse.ts'
import type { DataPaths, Env } from '../platform/data-folder.ts'
import type { ClientStore, Clock, Credential, Log, TokenStore } from '../ports.ts'
import { type Account, findAccountByKey, readQuotaTable, saveAccount, writeQuotaTable } from '../store/accounts.ts'
import { ensureSpace } from '../store/free-space.ts'
import { type OpenStore, openStore } from '../store/open-store.ts'
import { createMutex } from '../sync/deps.ts'
import { startMailWorker } from '../sync/mail-worker-client.ts'
import { reparse } from '../sync/reparse.ts'
import { turn } from '../sync/turn.ts'
import { createRoster, type Member } from './roster.ts'
import { createServiceCore, type ServiceControl } from './service.ts'
import { createStoreFacts } from './store-facts.ts'

export interface CreateServiceOptions {
  readonly paths: DataPaths
  readonly env: Env
  readonly settings: () => Settings
  /** For this run and in the file. */
  readonly changeSettings: (patch: Partial<Settings>) => void
  /** The same, but throws `conflict`, with nothing changed, for what a flag or an environment variable holds. */
  readonly changeKeptSettings: (patch: Partial<Settings>) => void
  readonly clock: Clock
  readonly log: Log
  readonly tokens: TokenStore
  readonly clients: ClientStore
  readonly host: Snapshot['host']
  readonly version: string
  readonly restartedUnexpectedly: boolean
  /** Throws when this process does not hold the data folder's lock. */
  readonly assertOwned: () => void
  /** An empty database shipped with the product. */
  readonly templateDir?: string | undefined
  /** PGlite's files, when the product is bundled. */
  readonly assetsDir?: string | undefined
}

/** One account's way to Gmail, kept as long as the program runs. */
interface Line {
  readonly tokens: AccessTokens
  readonly gmail: Gmail
  readonly clientId: string
}

export interface BuiltService {
  readonly service: ServiceControl
  /** What the service works on: for readers of mail. The service closes it. */
  readonly store: OpenStore
}

/** Wires platform, store, Gmail and sync into the service. Nothing runs until it is started. */
export async function createService(options: CreateServiceOptions): Promise<BuiltService> {
  const { clock, log, settings } = options
  const endpoints = resolveEndpoints({
    gmailRootUrl: options.env['MAILTIDE_GMAIL_ROOT_URL'],
    oauthUrl: options.env['MAILTIDE_OAUTH_URL'],
  })
  refuseUnpaced(settings().pacing, endpoints)
  let control: ServiceControl | null = null
  /** Turns that run under a claim, by account. */
  const claims = new Map<string, AbortController>()
  const store = await openStore({
    paths: options.paths,
    databaseUrl: options.env['DATABASE_URL'],
    rawStore: settings().rawStore,
    clock,
    log: log.named('store'),
    assertOwned: options.assertOwned,
    templateDir: options.templateDir,
    assetsDir: options.assetsDir,
    onClaimsLost: (keys) => {
      for (const key of keys) claims.get(key)?.abort()
    },
    onFault: (fault) => {
      if (fault.final) control?.fail(fault.error)
    },
  })
  /** In the order of opening. */
  const closers = [store.close]
  const closeAll = async (): Promise<void> => {
    for (const close of closers.reverse()) await close()
  }
  try {
    const rawFolder = store.raw.kind === 'files' ? options.paths.raw : null
    const mail = startMailWorker({ rawFolder, log: log.named('mail') })
    closers.push(mail.close)
    const lines = createLines(options, endpoints, store)
    const roster = createRoster()
    const storeFacts = createStoreFacts({
      store,
      paths: options.paths,
      clock,
      log: log.named('store'),
      minFreeBytes: () => settings().minFreeBytes,
    })
    closers.push(storeFacts.close)
    const exclusives = new Map<AccountId, ReturnType<typeof createMutex>>()
    const exclusiveOf = (id: AccountId): ReturnType<typeof createMutex> => {
      const known = exclusives.get(id) ?? createMutex()
      exclusives.set(id, known)
      return known
    }

    const takeTurn: Parameters<typeof createServiceCore>[0]['takeTurn'] = async (
      member,
      { report, ...turnOptions },
    ) => {
      const { account } = member
      const release = await store.db.claim(account.id)
      if (release === null) return null
      const lost = new AbortController()
      claims.set(account.id, lost)
      try {
        const { batchSize, includeSpamTrash, onRemoteDelete, auditDays, maxConcurrency } = settings()
        return await turn(
          {
            db: store.db,
            gmail: lines.of(account).gmail,
            mail,
            removeRaw: (id, messages) => store.raw.remove(id, messages),
            ensureSpace: () => ensureSpace(options.paths.home, settings().minFreeBytes),
            clock,
            log: log.named('sync'),
            settings: { batchSize, includeSpamTrash, onRemoteDelete, auditDays, maxConcurrency },
            report,
            exclusive: exclusiveOf(account.id),
          },
          account.id,
          { ...turnOptions, signal: AbortSignal.any([turnOptions.signal, lost.signal]) },
        )
      } catch (error) {
        if (!lost.signal.aborted) throw error
        throw new AppError('conflict', 'The claim on the account was lost with its connection; it is claimed again', {
          cause: error,
        })
      } finally {
        claims.delete(account.id)
        await release()
      }
    }

    control = await createServiceCore({
      db: store.db,
      clock,
      log,
      roster,
      settings,
      saveInterval: (intervalMinutes) => options.changeSettings({ intervalMinutes }),
      changeSettings: (patch) => {
        refuseUnpaced(patch.pacing, endpoints)
        options.changeKeptSettings(patch)
      },
      host: options.host,
      // In containers every process may have the same id.
      worker: `${options.host.kind}:${options.host.pid}@${hostname()}`,
      version: options.version,
      overrides: endpoints.overrides,
      restartedUnexpectedly: options.restartedUnexpectedly,
      takeTurn,
      quotaOf: (member) => lines.quotaOf(member),
      storeFacts,
      importToken: (authorizedUser, expectedEmail) =>
        importToken({ ...options, store, lines }, authorizedUser, expectedEmail),
      signIn: {
        authUrl: endpoints.authUrl,
        oauthUrl: endpoints.oauthUrl,
        clients: options.clients,
        tokens: options.tokens,
        adopt: async (credential, expected, signal) => {
          const { id, email } = await adopt({ ...options, store, lines }, credential, {
            name: expected ?? 'the account that signs in',
            signal,
            objection: (opened) => (expected === undefined ? null : wrongSignIn(opened, expected)),
          })
          log.named('accounts').info(`Signed in ${email}`)
          return id
        },
      },
      reparse: (what, signal) =>
        reparse(
          { db: store.db, mail, log: log.named('mail'), rawKind: store.raw.kind, parserVersion: PARSER_VERSION },
          what.account === undefined ? [...roster.members.keys()] : [what.account],
          what,
          signal,
        ),
      closeAll,
    })
    return { service: control, store }
  } catch (error) {
    // The mail worker alone would keep the process alive.
    await closeAll()
    throw error
  }
}

function refuseUnpaced(pacing: Settings['pacing'] | undefined, { overrides }: Endpoints): void {
  if (pacing !== 'off' || overrides.gmail_root_url !== null) return
  throw new AppError('bad_settings', 'Pacing cannot be switched off against Google’s own Gmail', {
    remedy: 'Remove the setting pacing, or MAILTIDE_PACING',
  })
}

interface Lines {
  of(account: Account): Line
  /** Forgets what was held in memory for an account: its credential was replaced. */
  renew(id: AccountId): void
  /** A way to Gmail for a credential that is not stored yet. */
  trial(credential: Credential, name: string): Gmail
  quotaOf(member: Member): { readonly shown: Snapshot['accounts'][number]['quota']; readonly pausedForMs: number }
}

function createLines(options: CreateServiceOptions, endpoints: Endpoints, store: OpenStore): Lines {
  const { clock, settings } = options
  const log = options.log.named('gmail')
  const byteGate: ByteGate = createByteGate(settings().maxInFlightBytes)
  const pacers = new Map<string, Pacer>()
  const lines = new Map<AccountId, Line>()

  const pacerOf = (clientId: string): Pacer => {
    const known = pacers.get(clientId)
    if (known !== undefined) return known
    const db = store.db.as('interactive')
    const made = createPacer({
      clock,
      log,
      clientId,
      unpaced: settings().pacing === 'off',
      memory: {
        read: (id) => readQuotaTable(db, id),
        write: (id, table) => writeQuotaTable(db, id, table, clock.now()),
      },
    })
    pacers.set(clientId, made)
    return made
  }
  const lineOf = (id: AccountId, name: string, clientId: string, tokenStore: TokenStore): Line => {
    const tokens = createTokens({ account: id, name, store: tokenStore, clock, log, oauthUrl: endpoints.oauthUrl })
    const gmail = createGmail({
      name,
      lane: pacerOf(clientId).lane(id),
      tokens,
      clock,
      log,
      rootUrl: endpoints.rootUrl,
      byteGate,
      concurrency: createConcurrency({ max: settings().maxConcurrency }),
    })
    return { tokens, gmail, clientId }
  }

  return {
    of: (account) => {
      const known = lines.get(account.id)
      if (known !== undefined && known.clientId === account.client_id) return known
      const made = lineOf(account.id, account.email, account.client_id, options.tokens)
      lines.set(account.id, made)
      return made
    },
    renew: (id) => {
      lines.get(id)?.tokens.forget()
      lines.delete(id)
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
      return lineOf(accountId(`trial-${randomUUID()}`), name, credential.client_id, memory).gmail
    },
    quotaOf: ({ account }) => {
      const stats = pacerOf(account.client_id).lane(account.id).stats()
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

type AdoptDeps = CreateServiceOptions & { readonly store: OpenStore; readonly lines: Lines }

/** Throws `bad_token_file`, and what `adopt` throws. */
async function importToken(
  deps: AdoptDeps,
  authorizedUser: unknown,
  expectedEmail: string | undefined,
): Promise<AccountId> {
  const { id } = await adopt(deps, readAuthorizedUser(authorizedUser), {
    name: expectedEmail ?? 'the account of this token',
    signal: new AbortController().signal,
    objection: (email) => {
      if (expectedEmail === undefined || sameAddress(email, expectedEmail)) return null
      return new AppError('wrong_account', `The token opens ${email}, but the mailbox asked for is ${expectedEmail}`, {
        remedy: `Use a token of ${expectedEmail}, or import this one for ${email}`,
      })
    },
  })
  return id
}

function wrongSignIn(email: string, expected: string): AppError | null {
  if (sameAddress(email, expected)) return null
  return new AppError('wrong_account', `You signed in as ${email}, but the mailbox asked for is ${expected}`, {
    remedy: `Sign in again, and choose ${expected} on Google’s page`,
  })
}

/**
 * Stores an account whose credential was shown to open it. The credential is tried before anything is stored: `getProfile` says whose
 * mailbox it is, and `objection` whether that is the wrong one. Throws `wrong_account`, `needs_reauth`, `aborted`, or what keeps Gmail
 * from answering.
 */
async function adopt(
  deps: AdoptDeps,
  credential: Credential,
  {
    name,
    signal,
    objection,
  }: {
    /** For messages, until the address is known. */
    readonly name: string
    readonly signal: AbortSignal
    readonly objection: (email: string) => AppError | null
  },
): Promise<{ readonly id: AccountId; readonly email: string }> {
  const line = deps.lines.trial(credential, name)
  const { email } = await line.profile(AbortSignal.any([signal, AbortSignal.timeout(60_000)]))
  const objected = objection(email)
  if (objected !== null) throw objected
  if (signal.aborted) throw new AppError('aborted', 'Stopped')
  const db = deps.store.db.as('interactive')
  const key = normaliseAddress(email)
  const known = await findAccountByKey(db, key)
  const id = known?.id ?? accountId(randomUUID().replaceAll('-', '').slice(0, 12))
  const createdAt = known?.created_at ?? deps.clock.now()
  // A refresh of the old credential that is under way must not be written over the new one.
  deps.lines.renew(id)
  // Credentials first: an account in the store without one could only fail.
  await deps.tokens.write(id, credential)
  deps.lines.renew(id)
  await deps.store.raw.putAccount({ id, email, created_at: createdAt.toISOString() })
  await db.transaction((sql) =>
    saveAccount(sql, {
      id,
      email,
      email_key: key,
      client_id: credential.client_id,
      paused: known?.paused ?? false,
      created_at: createdAt,
    }),
  )
  deps.lines.renew(id)
  return { id, email }
}
