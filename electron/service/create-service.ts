import { hostname } from 'node:os'
import { DEMO_EMAIL, DEMO_ID, isDemo } from '../../shared/demo.ts'
import { AppError, isAbort } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Settings, SettingsPatch } from '../../shared/settings.ts'
import type { Snapshot } from '../../shared/status.ts'
import { createClockWatch } from '../gmail/clock-watch.ts'
import { type Endpoints, resolveEndpoints } from '../gmail/endpoints.ts'
import { PARSER_VERSION } from '../mail/parse.ts'
import type { DataPaths, Env } from '../platform/data-folder.ts'
import type { ClientStore, Clock, Log, StartDemoGmail, Surroundings, TokenStore } from '../ports.ts'
import type { Account } from '../store/accounts.ts'
import { ensureSpace } from '../store/free-space.ts'
import { type OpenStore, openStore } from '../store/open-store.ts'
import { audit } from '../sync/audit.ts'
import type { AuditDeps } from '../sync/audit-deps.ts'
import { createMutex, type MailWorker, type SyncDeps } from '../sync/deps.ts'
import { startMailWorker } from '../sync/mail-worker-client.ts'
import { reparse } from '../sync/reparse.ts'
import { turn } from '../sync/turn.ts'
import { adopt, adoptDemo, importToken, wrongSignIn } from './adopt.ts'
import { createPatience, type RunAudit } from './audits.ts'
import { createClaimed } from './claimed.ts'
import { closeInReverse } from './close-in-reverse.ts'
import { createDemo, demoEnded, withDemoCredential } from './demo.ts'
import type { ServiceDeps } from './engine.ts'
import { createFolderQuota } from './folder-quota.ts'
import { createHolds } from './holds.ts'
import { keepSnapshots } from './keep-snapshots.ts'
import { createLines } from './lines.ts'
import { finishRecovery } from './recover.ts'
import { createRemoval } from './removal.ts'
import { createRoster } from './roster.ts'
import { createServiceCore, type ServiceControl } from './service.ts'
import { createStoreFacts } from './store-facts.ts'

export interface CreateServiceOptions {
  readonly paths: DataPaths
  readonly env: Env
  readonly settings: () => Settings
  /** For this run and in the file. */
  readonly changeSettings: (patch: SettingsPatch) => void
  /** The same, but throws `conflict`, with nothing changed, for what a flag or an environment variable holds. */
  readonly changeKeptSettings: (patch: SettingsPatch) => void
  readonly clock: Clock
  readonly log: Log
  readonly tokens: TokenStore
  readonly clients: ClientStore
  readonly surroundings: Surroundings
  /** Starts the demo account's Gmail; without it there can be no such account. */
  readonly startDemoGmail?: StartDemoGmail
  /** `port` is read at each snapshot. */
  readonly host: Snapshot['host']
  /** Why the host serves no HTTP API although it should. */
  readonly apiTrouble?: ServiceDeps['apiTrouble']
  readonly version: string
  readonly restartedUnexpectedly: boolean
  /** Told what is done before the service is there, when that takes long: to follow "Mailtide is starting: ". */
  readonly onDoing?: ((doing: string) => void) | undefined
  /** Throws when this process does not hold the data folder's lock. */
  readonly assertOwned: () => void
  /** An empty database shipped with the product. */
  readonly templateDir?: string | undefined
  /** PGlite's files, when the product is bundled. */
  readonly assetsDir?: string | undefined
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
  const claimed = createClaimed(() => store.db)
  const store = await openStore({
    paths: options.paths,
    databaseUrl: options.env['DATABASE_URL'],
    rawStore: settings().rawStore,
    clock,
    log: log.named('store'),
    assertOwned: options.assertOwned,
    templateDir: options.templateDir,
    assetsDir: options.assetsDir,
    onClaimsLost: claimed.lost,
    onDoing: options.onDoing,
    onFault: (fault) => {
      if (fault.final) control?.fail(fault.error)
    },
  })
  /** In the order of opening. */
  const closers = [store.close]
  const closeAll = (): Promise<void> => closeInReverse(closers)
  try {
    const rawFolder = store.raw.kind === 'files' ? options.paths.raw : null
    const mail = startMailWorker({ rawFolder, marked: true, log: log.named('mail') })
    closers.push(mail.close)
    const recovered =
      store.recovery === null
        ? null
        : await finishRecovery(
            {
              store,
              mail,
              tokens: options.tokens,
              clock,
              log: log.named('recovery'),
              dbFolder: options.paths.db,
              onDoing: options.onDoing,
            },
            store.recovery,
            new AbortController().signal,
          )
    const clockWatch = createClockWatch(clock)
    // Only Google's own clock is right whatever ours says; a stand-in's is its own affair.
    const watched = endpoints.overrides.oauth_url === null && endpoints.overrides.gmail_root_url === null
    const demo = createDemo({
      start: options.startDemoGmail ?? null,
      log: log.named('demo'),
      // Stopped or paused, it is synced when it goes on.
      onChange: () => void control?.syncNow(DEMO_EMAIL).catch(() => undefined),
    })
    closers.push(demo.close)
    const tokens = withDemoCredential(options.tokens, demo)
    const lines = createLines({
      clock,
      settings,
      log: log.named('gmail'),
      tokens,
      store,
      endpoints,
      clockWatch: watched ? clockWatch : undefined,
      demo,
    })
    closers.push(lines.settle)
    const removal = createRemoval({
      store,
      tokens,
      endpoints,
      clock,
      log: log.named('accounts'),
      forget: (id) => {
        lines.forget(id)
        if (id === DEMO_ID) void demo.close()
      },
    })
    closers.push(removal.close)
    const roster = createRoster(clock)
    const storeFacts = createStoreFacts({
      store,
      paths: options.paths,
      clock,
      log: log.named('store'),
      minFreeBytes: () => settings().minFreeBytes,
      maxFolderBytes: () => settings().maxFolderBytes,
    })
    closers.push(storeFacts.close)
    const quota = createFolderQuota({
      measure: storeFacts.measure,
      clock,
      limit: () => settings().maxFolderBytes,
    })
    const countedMail: MailWorker = {
      ...mail,
      prepare: async (account, id, body) => {
        // Its text in base64 weighs more than what is kept of it. Known only now: the body is given away.
        const bytes = body.byteLength
        const prepared = await mail.prepare(account, id, body)
        quota.wrote(bytes)
        return prepared
      },
    }
    if (store.snapshots !== null) {
      const kept = keepSnapshots({
        snapshots: store.snapshots,
        ensureRoom: async () => quota.ensure(await store.db.sizeBytes()),
        isBusy: () => control?.snapshot().state === 'syncing',
        clock,
        log: log.named('snapshots'),
        settings,
      })
      closers.push(kept.close)
    }
    const holds = createHolds({ surroundings: options.surroundings, settings, log: log.named('sync.engine') })
    const exclusives = new Map<AccountId, ReturnType<typeof createMutex>>()
    const exclusiveOf = (id: AccountId): ReturnType<typeof createMutex> => {
      const known = exclusives.get(id) ?? createMutex()
      exclusives.set(id, known)
      return known
    }

    const syncDepsOf = (account: Account, report: SyncDeps['report']): SyncDeps => {
      const { batchSize, includeSpamTrash, onRemoteDelete, maxConcurrency } = settings()
      return {
        db: store.db,
        gmail: lines.of(account).gmail,
        mail: countedMail,
        removeRaw: (id, messages) => store.raw.remove(id, messages),
        ensureSpace: async () => {
          await ensureSpace(options.paths.home, settings().minFreeBytes)
          await quota.ensure()
          await store.originals.ensure()
        },
        backfillHeld: holds.reason,
        clock,
        log: log.named('sync'),
        settings: { batchSize, includeSpamTrash, onRemoteDelete, maxConcurrency },
        report,
        exclusive: exclusiveOf(account.id),
      }
    }

    /** The demo's Gmail runs while its account is worked on; that it ended by itself is told before what failed by it. */
    const besideDemo = async <T>(account: Account, signal: AbortSignal, work: () => Promise<T>): Promise<T> => {
      if (!isDemo(account)) return await work()
      await demo.open(account.created_at, signal)
      try {
        return await work()
      } catch (error) {
        throw demo.present() === null && !isAbort(error) ? demoEnded(error) : error
      }
    }

    const takeTurn: Parameters<typeof createServiceCore>[0]['takeTurn'] = ({ account }, { report, ...turnOptions }) =>
      claimed.run(account.id, turnOptions.signal, (signal) =>
        besideDemo(account, signal, async () => {
          await store.originals.ensure()
          return await turn(syncDepsOf(account, report), account.id, { ...turnOptions, signal })
        }),
      )
    const runAudit: RunAudit = ({ account }, { report, ...auditOptions }, signal) => {
      const patiently = createPatience({ clock, signal, account: account.email })
      // Asked for when it is needed: where the demo's Gmail is, is known once that runs.
      const depsOf = (): AuditDeps => ({
        ...syncDepsOf(account, () => undefined),
        raw: store.raw,
        hold: (work) => patiently(() => claimed.run(account.id, signal, async () => ({ done: await work() }))),
        step: (step, done, total) => report({ step, done, total }),
        parserVersion: PARSER_VERSION,
      })
      return besideDemo(account, signal, async () => {
        await store.originals.ensure()
        return await audit(depsOf(), account.id, auditOptions, signal)
      })
    }

    control = await createServiceCore({
      db: store.db,
      clock,
      log,
      roster,
      settings,
      saveInterval: (intervalMinutes) => options.changeSettings({ intervalMinutes }),
      changeSettings: (patch) => {
        refuseUnpaced(patch.pacing ?? undefined, endpoints)
        options.changeKeptSettings(patch)
      },
      host: options.host,
      // In containers every process may have the same id.
      worker: `${options.host.kind}:${options.host.pid}@${hostname()}`,
      version: options.version,
      overrides: endpoints.overrides,
      restartedUnexpectedly: options.restartedUnexpectedly,
      takeTurn,
      runAudit,
      quotaOf: (member) => lines.quotaOf(member),
      signInEndsAt: ({ account }) => lines.tokensOf(account).endsAt(),
      lookAtSignIn: ({ account }) => lines.tokensOf(account).look(),
      clockAheadMs: clockWatch.aheadMs,
      apiTrouble: options.apiTrouble ?? (() => null),
      recovered,
      originals: store.originals,
      storeFacts,
      holds,
      importToken: (token, expectedEmail, oauthClient) =>
        importToken({ clock, tokens, store, lines }, token, { email: expectedEmail, oauthClient }),
      addDemo: () => adoptDemo({ clock, tokens, store, lines, demo }),
      removal,
      signIn: {
        authUrl: endpoints.authUrl,
        oauthUrl: endpoints.oauthUrl,
        clients: options.clients,
        tokens,
        changeSecret: (account, clientSecret) => lines.tokensOf(account).changeSecret(clientSecret),
        adopt: async (credential, expected, signal) => {
          const { id, email } = await adopt({ clock, tokens, store, lines }, credential, {
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
    await removal.resume()
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
