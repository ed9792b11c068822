import type { Verification } from '../shared/audit.ts'
import { AppError } from '../shared/errors.ts'
import { accountId } from '../shared/ids.ts'
import type { SnapshotInfo } from '../shared/snapshots.ts'
import type { AccountSnapshot } from '../shared/status.ts'
import type { AccountLine, OfflineCommands, RestoreReport } from './cli/offline.ts'
import { readToken } from './gmail/import-token.ts'
import { runHeadless } from './headless.ts'
import { emptyDatabase, type Host, type HostOptions, openHost, pgliteFiles, serviceOn } from './open-host.ts'
import { dataFolder, dataPaths, type Env, userHome } from './platform/data-folder.ts'
import { headlessBox } from './platform/secret-boxes.ts'
import type { Log } from './ports.ts'
import { fillFromOriginals } from './service/recover.ts'
import type { ServiceControl } from './service/service.ts'
import { readBackup, writeBackup } from './store/backup-file.ts'
import { type OpenStore, openStore } from './store/open-store.ts'
import { beginFilling, endFilling } from './store/recovery.ts'
import { findSnapshot, listSnapshots, putInPlace, setAside } from './store/snapshots.ts'
import { startMailWorker } from './sync/mail-worker-client.ts'
import type { RebuildReport } from './sync/rebuild.ts'

/** How the headless host seals: with a passphrase or not at all. */
export const headlessSealing: Pick<HostOptions, 'openBox'> = {
  openBox: (env, _log, hide) => headlessBox(env, hide),
}

/** What the command line does on a data folder that no service owns, under its lock. `sealing` is the host's own. */
export function createOfflineCommands(sealing: Pick<HostOptions, 'openBox' | 'settingsStore'>): OfflineCommands {
  const withHost = async <T>(env: Env, work: (host: Host) => Promise<T>): Promise<T> => {
    const host = await openHost({ kind: 'headless', isCommand: true, env, flags: {}, ...sealing, console: null })
    try {
      return await work(host)
    } finally {
      await host.close()
    }
  }
  const withService = <T>(env: Env, work: (service: ServiceControl) => Promise<T>): Promise<T> =>
    withHost(env, async (host) => {
      const service = await serviceOn(host, { port: null, trouble: null })
      try {
        return await work(service)
      } finally {
        await service.close()
      }
    })
  return {
    run: (options) => runHeadless(options),
    accountsList: ({ env }) => withService(env, async (service) => service.snapshot().accounts.map(toLine)),
    importToken: async ({ env, authorizedUser, email, oauthClient }) => {
      // A file that is no token is told at once, without opening anything.
      readToken(authorizedUser, { email, oauthClient })
      return withService(env, async (service) => toLine(await service.importToken(authorizedUser, email, oauthClient)))
    },
    exportCredentials: ({ env, passphrase, account }) =>
      withService(env, (service) => service.exportCredentials(passphrase, account)),
    importCredentials: ({ env, passphrase, file }) =>
      withService(env, (service) => service.importCredentials(file, passphrase)),
    removeAccount: ({ env, account, mail, revoke }) =>
      withService(env, async (service) => {
        const { email, deleted } = await service.removeAccount(account, { mail, revoke })
        await deleted
        return { email }
      }),
    reparse: ({ env, all, account, signal }) =>
      withService(env, async (service) => {
        const chosen = service.snapshot().accounts.find((entry) => entry.email === account || entry.id === account)
        if (account !== undefined && chosen === undefined) {
          throw new AppError('not_found', `There is no account ${account}`, { remedy: 'See: mailtide accounts list' })
        }
        return service.reparse({ all, ...(chosen === undefined ? {} : { account: accountId(chosen.id) }) }, signal)
      }),
    verify: ({ env, ...asked }) => withService(env, (service) => verifyHere(service, asked)),
    rebuild: ({ env, signal }) => withHost(env, (host) => rebuildStore(host, signal)),
    snapshots: async ({ env }) =>
      listSnapshots(dataPaths(dataFolder({ env, platform: process.platform, home: userHome() })).snapshots),
    takeSnapshot: ({ env }) => withHost(env, takeSnapshot),
    writeBackup: ({ env, file, signal }) =>
      withHost(env, (host) =>
        withStore(host, host.logging.log.named('backup'), ({ db }) =>
          writeBackup(db, file, { at: host.clock.now(), signal }),
        ),
      ),
    readBackup: ({ env, file, signal }) => withHost(env, (host) => restoreFile(host, file, signal)),
    restore: ({ env, snapshot, signal }) => withHost(env, (host) => restoreSnapshot(host, snapshot, signal)),
  }
}

async function verifyHere(
  service: ServiceControl,
  { account, repair, newOriginals, signal, onProgress }: Omit<Parameters<OfflineCommands['verify']>[0], 'env'>,
): Promise<Verification> {
  const present = (): Verification => {
    const verification = service.verification()
    if (verification === null) throw new AppError('bug', 'Nothing was verified')
    return verification
  }
  const began = await service.verify({
    ...(account === undefined ? {} : { account }),
    repair,
    ...(newOriginals ? { new_originals: true } : {}),
    local: true,
  })
  onProgress(began)
  const stop = service.subscribe(() => onProgress(present()))
  const cancel = (): void => void service.cancelVerification().catch(() => undefined)
  signal.addEventListener('abort', cancel, { once: true })
  try {
    await service.verified()
    return present()
  } finally {
    signal.removeEventListener('abort', cancel)
    stop()
  }
}

const toLine = (account: AccountSnapshot): AccountLine => ({
  id: account.id,
  email: account.email,
  demo: account.demo,
  state: account.state,
  last_synced_at: account.last_synced_at,
  messages_stored: account.messages_stored,
  messages_deleted: account.messages_deleted,
  messages_failed: account.messages_failed,
})

/** Makes the embedded database anew beside the old one, which is kept aside; a server database is completed in place. */
async function rebuildStore(host: Host, signal: AbortSignal): Promise<RebuildReport> {
  const { paths, clock } = host
  const log = host.logging.log.named('rebuild')
  const isEmbedded = isEmpty(host.env['DATABASE_URL'])
  if (isEmbedded) {
    // Cut short, the next start goes on with it.
    await beginFilling(paths.db, 'all')
    const aside = await setAside(paths.db, { why: 'before-rebuild', at: clock.now() })
    if (aside !== null) log.info(`The old database is kept as ${aside}; delete it once you no longer need it`)
  }
  const report = await fill(host, log, signal, { missingOnly: false })
  if (isEmbedded) await endFilling(paths.db)
  return report
}

async function takeSnapshot(host: Host): Promise<SnapshotInfo> {
  return await withStore(host, host.logging.log.named('snapshots'), async ({ snapshots }) => {
    if (snapshots === null) throw noSnapshots()
    const { snapshotsKept, minFreeBytes } = host.settings.values()
    return await snapshots.take({ reason: 'asked', keep: snapshotsKept, reserveBytes: minFreeBytes })
  })
}

async function restoreSnapshot(host: Host, name: string, signal: AbortSignal): Promise<RestoreReport> {
  const { paths, clock } = host
  const log = host.logging.log.named('restore')
  if (!isEmpty(host.env['DATABASE_URL'])) throw noSnapshots()
  const snapshot = await findSnapshot(paths.snapshots, name)
  // Cut short, the next start goes on with it.
  await beginFilling(paths.db, 'newer')
  const kept = await putInPlace(paths, snapshot.name, { why: 'before-restore', at: clock.now() })
  const { messages } = await fill(host, log, signal, { missingOnly: true })
  await endFilling(paths.db)
  log.info('Restored a snapshot', { snapshot: snapshot.name, kept })
  return { snapshot, kept, messages }
}

async function restoreFile(host: Host, file: string, signal: AbortSignal): Promise<RestoreReport> {
  const { paths, clock, assertOwned } = host
  const log = host.logging.log.named('restore')
  if (!isEmpty(host.env['DATABASE_URL'])) {
    throw new AppError('conflict', 'DATABASE_URL names a server, which this command does not fill', {
      remedy: 'Load the file with psql, as its second line says',
    })
  }
  const open = { assertOwned, templateDir: emptyDatabase(), assetsDir: pgliteFiles() }
  const { kept, rows } = await readBackup(file, { paths, clock, log, open }, signal)
  await beginFilling(paths.db, 'newer')
  const { messages } = await fill(host, log, signal, { missingOnly: true })
  await endFilling(paths.db)
  log.info('Restored a backup', { rows, kept })
  return { snapshot: null, kept, messages }
}

const isEmpty = (text: string | undefined): boolean => text === undefined || text === ''

const noSnapshots = () =>
  new AppError('conflict', 'Snapshots are of the embedded database, and DATABASE_URL names a server', {
    remedy: 'Back that database up with its own tools, such as pg_dump',
  })

async function withStore<T>(host: Host, log: Log, work: (store: OpenStore) => Promise<T>): Promise<T> {
  const store = await openStore({
    paths: host.paths,
    databaseUrl: host.env['DATABASE_URL'],
    rawStore: host.settings.values().rawStore,
    clock: host.clock,
    log,
    assertOwned: host.assertOwned,
    templateDir: emptyDatabase(),
    assetsDir: pgliteFiles(),
    // A command does what it was asked to do, and nothing else.
    recovers: false,
  })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}

const fill = (
  host: Host,
  log: Log,
  signal: AbortSignal,
  options: { readonly missingOnly: boolean },
): Promise<RebuildReport> =>
  withStore(host, log, async (store) => {
    const mail = startMailWorker({ rawFolder: store.raw.kind === 'files' ? host.paths.raw : null, log })
    try {
      const { tokens, clock } = host
      return await fillFromOriginals({ store, mail, tokens, clock, log }, signal, options)
    } finally {
      await mail.close()
    }
  })
