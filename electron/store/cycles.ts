import type { CycleSummary } from '../../shared/status.ts'
import type { Db, Sql } from './db.ts'

export interface FinishedCycle {
  readonly startedAt: Date
  readonly finishedAt: Date
  /** Names the process among several that share a database. */
  readonly worker: string
  readonly accounts: number
  readonly emails: number
  readonly errors: number
  readonly errorsByKind: Readonly<Record<string, number>>
  /** What this cycle used. */
  readonly quotaUnits: number
}

/** Keeps a finished cycle, for `mail.cycles`. Doing it again is harmless. */
export async function recordCycle(sql: Sql, cycle: FinishedCycle): Promise<void> {
  await sql.query(
    `insert into mailtide.cycle (started_at, worker, finished_at, accounts, emails, errors, errors_by_kind, quota_units)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8) on conflict (started_at, worker) do nothing`,
    [
      cycle.startedAt,
      cycle.worker,
      cycle.finishedAt,
      cycle.accounts,
      cycle.emails,
      cycle.errors,
      JSON.stringify(cycle.errorsByKind),
      cycle.quotaUnits,
    ],
  )
}

/** What was done since the last such row of this worker, and what the store then weighed. */
export interface Activity {
  readonly at: Date
  readonly worker: string
  /** Of the cycle that ended here; null when none did. */
  readonly cycleSeconds: number | null
  readonly emails: number
  readonly errors: number
  readonly errorsByKind: Readonly<Record<string, number>>
  readonly quotaUnits: number
  readonly databaseBytes: number | null
  readonly rawBytes: number | null
}

/** Adds to charts and totals; to the row of that worker and time, when there is one. */
export async function recordActivity(sql: Sql, activity: Activity): Promise<void> {
  await sql.query(
    `insert into mailtide.activity as a (at, worker, cycles, duration_seconds, emails, errors, errors_by_kind, quota_units,
       database_bytes, raw_bytes)
     values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10)
     on conflict (at, worker) do update set
       cycles = a.cycles + excluded.cycles,
       duration_seconds = greatest(a.duration_seconds, excluded.duration_seconds),
       emails = a.emails + excluded.emails,
       errors = a.errors + excluded.errors,
       errors_by_kind = (
         select coalesce(jsonb_object_agg(kind, value), '{}') from (
           select e.key as kind, sum(e.value::bigint) as value from (
             select * from jsonb_each_text(a.errors_by_kind) union all select * from jsonb_each_text(excluded.errors_by_kind)
           ) e group by e.key) k),
       quota_units = a.quota_units + excluded.quota_units,
       database_bytes = excluded.database_bytes,
       raw_bytes = excluded.raw_bytes`,
    [
      activity.at,
      activity.worker,
      activity.cycleSeconds === null ? 0 : 1,
      activity.cycleSeconds,
      activity.emails,
      activity.errors,
      JSON.stringify(activity.errorsByKind),
      activity.quotaUnits,
      activity.databaseBytes,
      activity.rawBytes,
    ],
  )
}

export interface CycleTotals {
  readonly cycles: number
  readonly emails: number
  readonly errors: number
  readonly errorsByKind: Readonly<Record<string, number>>
  readonly last: CycleSummary | null
}

interface CycleRow extends Record<string, unknown> {
  started_at: Date
  finished_at: Date
  accounts: number
  emails: number
  errors: number
}

const errorPrefix = 'error:'

/** Totals over everything that was ever done, also by cycles cut short, so that counters survive a restart. Read once at start. */
export async function readCycleTotals(sql: Sql): Promise<CycleTotals> {
  const { rows } = await sql.query<{ name: string; value: number }>(
    `select name, sum(value)::bigint as value from (
       select name, value from mailtide.activity_total
       union all select 'cycles', coalesce(sum(cycles), 0) from mailtide.activity
       union all select 'emails', coalesce(sum(emails), 0) from mailtide.activity
       union all select 'errors', coalesce(sum(errors), 0) from mailtide.activity
       union all select '${errorPrefix}' || e.key, sum(e.value::bigint)
         from mailtide.activity a, jsonb_each_text(a.errors_by_kind) e group by e.key) t
     group by name`,
  )
  const last = await sql.query<CycleRow>(
    `select started_at, finished_at, accounts, emails, errors from mailtide.cycle order by started_at desc limit 1`,
  )
  const totals = new Map(rows.map((row) => [row.name, row.value]))
  const kinds = rows.filter((row) => row.name.startsWith(errorPrefix))
  return {
    cycles: totals.get('cycles') ?? 0,
    emails: totals.get('emails') ?? 0,
    errors: totals.get('errors') ?? 0,
    errorsByKind: Object.fromEntries(kinds.map((row) => [row.name.slice(errorPrefix.length), row.value])),
    last: last.rows[0] === undefined ? null : summarise(last.rows[0]),
  }
}

const summarise = (row: CycleRow): CycleSummary => ({
  started_at: row.started_at.toISOString(),
  finished_at: row.finished_at.toISOString(),
  duration_seconds: Math.max(0, row.finished_at.getTime() - row.started_at.getTime()) / 1000,
  accounts: row.accounts,
  emails: row.emails,
  errors: row.errors,
})

/** Removes what ended before then; what it adds to the totals is kept, in the same transaction. */
export async function pruneCycles(db: Db, before: Date): Promise<void> {
  await db.transaction(async (sql) => {
    await sql.query(
      `with gone as (delete from mailtide.activity where at < $1 returning cycles, emails, errors, errors_by_kind),
       sums as (
         select 'cycles' as name, sum(cycles) as value from gone
         union all select 'emails', sum(emails) from gone
         union all select 'errors', sum(errors) from gone
         union all select '${errorPrefix}' || e.key, sum(e.value::bigint) from gone, jsonb_each_text(errors_by_kind) e group by e.key)
       insert into mailtide.activity_total (name, value) select name, value from sums where value > 0
       on conflict (name) do update set value = mailtide.activity_total.value + excluded.value`,
      [before],
    )
    await sql.query(`delete from mailtide.cycle where finished_at < $1`, [before])
  })
}
