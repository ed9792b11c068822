import type { PacerMemory } from '../../electron/gmail/quota.ts'
import type { QuotaTable } from '../../electron/gmail/quota-tables.ts'
import type { Log } from '../../electron/ports.ts'
import { silentLog as quiet } from '../support/silent-log.ts'

export const silentLog: Log = quiet

/** What a pacer remembers, in memory. */
export function memoryOf(known: QuotaTable | null = null): PacerMemory & { known(): QuotaTable | null } {
  let table = known
  return {
    read: async () => table,
    write: async (_clientId, learned) => {
      table = learned
    },
    known: () => table,
  }
}
