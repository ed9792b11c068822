/**
 * Gmail's quota, enforced as a rolling minute: a call passes when the units of the last 60 simulated seconds, with its
 * own, stay within the limit. A full minute's worth may thus come in one burst. Costs:
 * https://developers.google.com/workspace/gmail/api/reference/quota
 */
import type { Dials } from '../types.ts'
import type { QuotaTable } from './errors.ts'

const MINUTE_MS = 60_000
export const PROJECT_LIMIT = 1_200_000
export const userLimit: Readonly<Record<QuotaTable, number>> = { new: 6_000, old: 15_000 }

const newCosts: Readonly<Record<string, number>> = {
  'messages.get': 20,
  'attachments.get': 20,
  'drafts.get': 20,
  'threads.get': 40,
  'messages.list': 5,
  'drafts.list': 5,
  'threads.list': 10,
  'history.list': 2,
}
const oldCosts: Readonly<Record<string, number>> = {
  ...newCosts,
  'messages.get': 5,
  'attachments.get': 5,
  'drafts.get': 5,
  'threads.get': 10,
}

/** Units of one call; methods that Google's table does not name cost 1. With no quota enforced, as in the new table. */
export function costOf(method: string, table: Dials['quota']): number {
  return (table === 'old' ? oldCosts : newCosts)[method] ?? 1
}

/** One rolling window. */
interface Window {
  /** True and charged when the units fit. */
  take(units: number, limit: number, now: number, chargeRejected: boolean): boolean
}

function createWindow(): Window {
  let entries: { at: number; units: number }[] = []
  let head = 0
  let sum = 0
  const charge = (at: number, units: number): void => {
    entries.push({ at, units })
    sum += units
  }
  return {
    take(units, limit, now, chargeRejected) {
      for (let first = entries[head]; first !== undefined && first.at <= now - MINUTE_MS; first = entries[head]) {
        sum -= first.units
        head++
      }
      if (head > 1_024) {
        entries = entries.slice(head)
        head = 0
      }
      if (sum + units <= limit) {
        charge(now, units)
        return true
      }
      if (chargeRejected) charge(now, units)
      return false
    },
  }
}

export type QuotaVerdict = 'ok' | 'user' | 'project'

export interface Quota {
  /** Charges a call to a user and to the project, or says whose limit stands in the way. */
  take(user: string, units: number, dials: Dials, now: number): QuotaVerdict
}

export function createQuota(): Quota {
  const users = new Map<string, Window>()
  const project = createWindow()
  return {
    take(user, units, { quota, chargeRejected }, now) {
      if (quota === 'none') return 'ok'
      let window = users.get(user)
      if (window === undefined) {
        window = createWindow()
        users.set(user, window)
      }
      if (!window.take(units, userLimit[quota], now, chargeRejected)) return 'user'
      return project.take(units, PROJECT_LIMIT, now, chargeRejected) ? 'ok' : 'project'
    },
  }
}
