/**
 * What calls cost. Projects that used the API from November 2025 to April 2026 are on the old table, all others on the
 * new one: https://developers.google.com/workspace/gmail/api/reference/quota
 */
export type QuotaTable = 'new' | 'old'
export type QuotaMethod = 'profile' | 'labels' | 'list' | 'history' | 'get'

export interface Tariff {
  readonly costs: Readonly<Record<QuotaMethod, number>>
  /** Units per user and minute that Gmail allows. */
  readonly limit: number
  /** Units per second that we spend: 98 % of the limit. */
  readonly rate: number
}

export const tariffs: Readonly<Record<QuotaTable, Tariff>> = {
  new: { costs: { profile: 1, labels: 1, list: 5, history: 2, get: 20 }, limit: 6000, rate: 98 },
  old: { costs: { profile: 1, labels: 1, list: 5, history: 2, get: 5 }, limit: 15_000, rate: 245 },
}

/** Units that may be spent at once after a pause. */
export const CAPACITY = 100

/** Units that may be made up for when the program itself was late (a busy event loop). The rolling minute still bounds them. */
export const LATE_CAPACITY = 500

/** The probe for the old table: 15 gets a second, counted in units of the new one. */
export const PROBE_RATE = 300
export const PROBE_MS = 90_000

/**
 * Which tariff a refusal speaks of, by the limit that Gmail named in it (`quota_limit_value`). A limit below 6,000 is one
 * that the project's owner set: the new table's prices, paced to that limit. Null when the value tells nothing.
 */
export function tariffOf(limit: number | undefined): { readonly table: QuotaTable; readonly limit: number } | null {
  if (limit === undefined || limit < 300) return null
  if (limit >= tariffs.old.limit) return { table: 'old', limit: tariffs.old.limit }
  return { table: 'new', limit: Math.min(limit, tariffs.new.limit) }
}
