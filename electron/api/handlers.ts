import type { Handlers } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { LogEntry, LogLevel } from '../../shared/log-entry.ts'
import {
  fromWire,
  type SettingName,
  type Settings,
  settingNames,
  settingsTable,
  toWire,
  wireName,
} from '../../shared/settings.ts'
import type { Service } from '../service/types.ts'
import type { LinkCodes } from './link-codes.ts'

export interface HandlerDeps {
  readonly service: Service
  readonly logs: { tail(lines: number, level: LogLevel): readonly LogEntry[] }
  readonly settings: () => PresentSettings
  /** The API token; `renew` replaces it, in force from then on. */
  readonly token: {
    present(): string
    renew(): Promise<string>
    prove(challenge: string): { readonly session: string; readonly proof: string }
  }
  readonly links: LinkCodes
}

interface PresentSettings {
  readonly values: Settings
  readonly sources: Readonly<Record<SettingName, 'flag' | 'environment' | 'file' | 'default'>>
}

/** Each operation of the contract, answered by the service. */
export function createHandlers({ service, logs, settings, token, links }: HandlerDeps): Handlers {
  return {
    health: async () => {
      await service.checkHealth()
      return { status: 'ok', version: service.snapshot().version, uptime_seconds: service.uptimeSeconds() }
    },
    status: async () => ({ sync_status: service.snapshot() }),
    start: async ({ interval_minutes }) => {
      const { changed, intervalMinutes } = await service.start(interval_minutes)
      const message = changed === 'started' ? 'Service started' : 'Interval changed'
      return { message, interval_minutes: intervalMinutes }
    },
    stop: async () => {
      await service.stop()
      return { message: 'Service stopped' }
    },
    syncNow: async ({ account }) => {
      await service.syncNow(account)
      return { message: account === undefined ? 'Syncing all accounts' : `Syncing ${account}` }
    },
    accountsList: async () => ({ accounts: [...service.snapshot().accounts] }),
    clientsList: async () => ({ clients: [...(await service.clients())] }),
    clientsAdd: async ({ client, name }) => ({ client: await service.addClient(client, name) }),
    clientsRemove: async ({ name }) => {
      await service.removeClient(name)
      return { message: `Removed the OAuth client ${name}` }
    },
    signInBegin: async ({ client, login_hint, account, paste }) =>
      await service.beginSignIn({ client, email: login_hint, account, paste: paste ?? false }),
    signInShow: async ({ id }) => service.signIn(id),
    signInCode: async ({ id, redirect }) => await service.finishSignIn(id, redirect),
    signInCancel: async ({ id }) => await service.cancelSignIn(id),
    accountsReauth: async ({ id, client, paste }) =>
      await service.beginSignIn({ client, email: undefined, account: id, paste: paste ?? false }),
    accountsAdd: async ({ authorized_user, email, oauth_client }) => ({
      account: await service.importToken(authorized_user, email, oauth_client),
    }),
    demoAdd: async () => await service.addDemo(),
    credentialsExport: async ({ passphrase, account }) => await service.exportCredentials(passphrase, account),
    credentialsImport: async ({ passphrase, file }) => await service.importCredentials(file, passphrase),
    logs: async ({ lines, level }) => ({ entries: [...logs.tail(lines, level)] }),
    settings: async () => shown(settings()),
    settingsChange: async (patch) => {
      const change = fromWire(patch)
      await service.changeSettings(change)
      const changed = settingNames.filter((name) => change[name] !== undefined)
      return {
        ...shown(settings()),
        takes_effect: Object.fromEntries(changed.map((name) => [wireName(name), settingsTable[name].takesEffect])),
      }
    },
    accountsChange: async ({ id, paused, client, paste }) => {
      const change = client === undefined ? null : await service.changeClient(id, client, paste ?? false)
      const account = paused === undefined ? change?.account : await service.setPaused(id, paused)
      if (account === undefined) throw new AppError('bad_input', 'Neither paused nor client was given')
      return { account, sign_in: change?.signIn ?? null }
    },
    accountsRemove: async ({ id, mail, revoke }) => {
      const revoked = revoke === 'true'
      const { email } = await service.removeAccount(id, { mail, revoke: revoked })
      const kept = mail === 'keep'
      const message = `Removed ${email}. ${kept ? 'Its mail stays readable' : 'Its mail is being deleted'}`
      return { message, email, mail: kept ? 'kept' : 'deleting', revoked }
    },
    failures: async ({ account, limit }) => await service.failures({ account, limit }),
    failuresRetry: async ({ account }) => {
      const count = await service.retryFailures(account)
      return { message: retryMessage(count, service.snapshot().running), count }
    },
    metricsSeries: async ({ span }) => await service.metricsSeries(span),
    tokenProve: async ({ challenge }) => token.prove(challenge),
    tokenShow: async () => ({ token: token.present() }),
    tokenRenew: async () => {
      const renewed = await token.renew()
      // A link that somebody else may have seen must not lead to the new one.
      links.clear()
      return { token: renewed }
    },
    tokenLink: async ({ own_user }) => {
      const { code, expiresAt } = links.make(own_user === 'true')
      return { code, expires_at: expiresAt.toISOString() }
    },
    tokenRedeem: async ({ code }, asker) => {
      links.redeem(code, (await asker?.isOwnUser()) ?? null)
      return { token: token.present() }
    },
    storage: async () => await service.storage(),
    verifyShow: async ({ account }) => ({
      verification: service.verification(),
      accounts: [...(await service.completeness(account))],
    }),
    verifyBegin: async (asked) => ({ verification: await service.verify(asked) }),
    verifyCancel: async () => ({ verification: await service.cancelVerification() }),
  }
}

const shown = ({ values, sources }: PresentSettings) => ({
  settings: toWire(values),
  sources: Object.fromEntries(settingNames.map((name) => [wireName(name), sources[name]])),
})

function retryMessage(count: number, isRunning: boolean): string {
  if (count === 0) return 'There is no failed download to try again'
  const what = count === 1 ? '1 message is' : `${count} messages are`
  return isRunning ? `${what} tried again` : `${what} tried again when syncing is started`
}
