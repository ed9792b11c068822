import type { Handlers } from '../../shared/contract.ts'
import type { LogEntry, LogLevel } from '../../shared/log-entry.ts'
import { type SettingName, type Settings, settingNames, toWire, wireName } from '../../shared/settings.ts'
import type { Service } from '../service/types.ts'

export interface HandlerDeps {
  readonly service: Service
  readonly logs: { tail(lines: number, level: LogLevel): readonly LogEntry[] }
  readonly settings: () => {
    readonly values: Settings
    readonly sources: Readonly<Record<SettingName, 'flag' | 'environment' | 'file' | 'default'>>
  }
}

/** Each operation of the contract, answered by the service. */
export function createHandlers({ service, logs, settings }: HandlerDeps): Handlers {
  return {
    health: async () => {
      await service.checkHealth()
      const { version, uptime_seconds } = service.snapshot()
      return { status: 'ok', version, uptime_seconds }
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
    accountsAdd: async ({ authorized_user, email }) => ({ account: await service.importToken(authorized_user, email) }),
    logs: async ({ lines, level }) => ({ entries: [...logs.tail(lines, level)] }),
    settings: async () => {
      const { values, sources } = settings()
      return {
        settings: toWire(values),
        sources: Object.fromEntries(settingNames.map((name) => [wireName(name), sources[name]])),
      }
    },
  }
}
