import { existsSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import type { Verification } from '../shared/audit.ts'
import { DEMO_ID } from '../shared/demo.ts'
import { AppError, isAbort } from '../shared/errors.ts'
import { accountId } from '../shared/ids.ts'
import type { AccountSnapshot } from '../shared/status.ts'
import type { AccountLine, OfflineCommands } from './cli/offline.ts'
import { normaliseAddress, readToken } from './gmail/import-token.ts'
import { runHeadless } from './headless.ts'
import { emptyDatabase, type Host, type HostOptions, openHost, pgliteFiles, serviceOn } from './open-host.ts'
import type { Env } from './platform/data-folder.ts'
import { headlessBox } from './platform/secret-boxes.ts'
import type { ServiceControl } from './service/service.ts'
import { openStore } from './store/open-store.ts'
import { startMailWorker } from './sync/mail-worker-client.ts'
import { rebuild } from './sync/rebuild.ts'

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
    verify: ({ env, account, repair, signal, onProgress }) =>
      withService(env, (service) => verifyHere(service, { account, repair, signal, onProgress })),
    rebuild: ({ env, signal }) => withHost(env, (host) => rebuildStore(host, signal)),
  }
}

async function verifyHere(
  service: ServiceControl,
  { account, repair, signal, onProgress }: Omit<Parameters<OfflineCommands['verify']>[0], 'env'>,
): Promise<Verification> {
  const present = (): Verification => {
    const verification = service.verification()
    if (verification === null) throw new AppError('bug', 'Nothing was verified')
    return verification
  }
  const began = await service.verify({ ...(account === undefined ? {} : { account }), repair, local: true })
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
async function rebuildStore(
  host: Host,
  signal: AbortSignal,
): Promise<{ readonly accounts: number; readonly messages: number; readonly damaged: number }> {
  const { paths, clock } = host
  const log = host.logging.log.named('rebuild')
  const databaseUrl = host.env['DATABASE_URL']
  if (databaseUrl === undefined && existsSync(paths.db)) {
    const aside = `${paths.db}.before-rebuild-${clock
      .now()
      .toISOString()
      .replaceAll(/[-:]|\.\d+/g, '')}`
    await rename(paths.db, aside)
    log.info(`The old database is kept as ${aside}; delete it when the new one is as you want it`)
  }
  const store = await openStore({
    paths,
    databaseUrl,
    rawStore: host.settings.values().rawStore,
    clock,
    log,
    assertOwned: host.assertOwned,
    templateDir: emptyDatabase(),
    assetsDir: pgliteFiles(),
    onFault: () => undefined,
  })
  try {
    const mail = startMailWorker({ rawFolder: store.raw.kind === 'files' ? paths.raw : null, log })
    try {
      return await rebuild(
        {
          db: store.db,
          raw: store.raw,
          mail,
          clock,
          log,
          emailKey: normaliseAddress,
          clientIdOf: async (account) => {
            // It needs no sign-in.
            if (account === DEMO_ID) return ''
            try {
              return (await host.tokens.read(account)).client_id
            } catch (error) {
              if (isAbort(error)) throw error
              // Without a credential the account comes back all the same and asks for a sign-in.
              log.warning('The account has no credential that can be read here; it will ask for a sign-in', { account })
              return ''
            }
          },
        },
        signal,
      )
    } finally {
      await mail.close()
    }
  } finally {
    await store.close()
  }
}
