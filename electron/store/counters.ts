import type { AccountId, LabelId } from '../../shared/ids.ts'
import type { Sql } from './db.ts'
import { asJson } from './rows.ts'

/** What is counted per account. A label's counter is the number of its live messages. */
export type CounterName = 'messages' | 'deleted' | 'bytes' | 'attachments' | 'queued' | 'failed' | `label:${string}`

export const labelCounter = (label: LabelId): CounterName => `label:${label}`

/** Changes of counters, collected while rows are written and applied once at the end of the transaction. */
export type CounterDeltas = Map<CounterName, number>

export function addDelta(deltas: CounterDeltas, name: CounterName, by: number): void {
  if (by !== 0) deltas.set(name, (deltas.get(name) ?? 0) + by)
}

/** Applies the changes. Must run in the transaction that caused them. */
export async function applyDeltas(sql: Sql, account: AccountId, deltas: CounterDeltas): Promise<void> {
  const rows = [...deltas].filter(([, by]) => by !== 0).map(([name, value]) => ({ name, value }))
  if (rows.length === 0) return
  await sql.query(
    `insert into mailtide.counter (account_id, name, value)
     select $1, r.name, r.value from json_to_recordset($2::json) as r(name text, value bigint)
     on conflict (account_id, name) do update set value = mailtide.counter.value + excluded.value`,
    [account, asJson(rows)],
  )
}

export interface AccountTotals {
  /** Messages that Gmail still has. */
  readonly messages: number
  /** Messages that Gmail no longer has and we keep. */
  readonly deleted: number
  /** Bytes of all originals, uncompressed. */
  readonly bytes: number
  /** Messages to be downloaded that have not failed yet. */
  readonly queued: number
  /** Messages whose download failed; each is tried again. */
  readonly failed: number
}

export const NO_TOTALS: AccountTotals = { messages: 0, deleted: 0, bytes: 0, queued: 0, failed: 0 }

/** Totals by account, of one account when given; accounts without messages are absent. */
export async function readTotals(sql: Sql, account: AccountId | null = null): Promise<Map<AccountId, AccountTotals>> {
  const { rows } = await sql.query<{ account_id: AccountId; name: keyof AccountTotals; value: number }>(
    `select account_id, name, value from mailtide.counter
     where name in ('messages', 'deleted', 'bytes', 'queued', 'failed') and ($1::text is null or account_id = $1)`,
    [account],
  )
  const totals = new Map<AccountId, AccountTotals>()
  for (const row of rows) {
    totals.set(row.account_id, { ...(totals.get(row.account_id) ?? NO_TOTALS), [row.name]: row.value })
  }
  return totals
}

/** Live messages per label id. */
export async function readLabelCounts(sql: Sql, account: AccountId): Promise<Map<LabelId, number>> {
  const { rows } = await sql.query<{ label: LabelId; value: number }>(
    `select substr(name, 7) as label, value from mailtide.counter where account_id = $1 and name like 'label:%'`,
    [account],
  )
  return new Map(rows.map((row) => [row.label, row.value]))
}
