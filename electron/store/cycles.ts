import type { CycleSummary } from '../../shared/status.ts'
import type { Sql } from './db.ts'

export interface FinishedCycle {
  readonly startedAt: Date
  readonly finishedAt: Date
  /** Names the process among several that share a database. */
  readonly worker: string
  readonly accounts: number
  readonly emails: number
  readonly errors: number
  readonly errorsByKind: Readonly<Record<string, number>>
  readonly quotaUnits: number
}

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

/** Totals over all finished cycles, so that counters survive a restart. Read once at start. */
export async function readCycleTotals(sql: Sql): Promise<CycleTotals> {
  const totals = await sql.query<{ cycles: number; emails: number; errors: number }>(
    `select count(*) as cycles, coalesce(sum(emails), 0)::bigint as emails, coalesce(sum(errors), 0)::bigint as errors
     from mailtide.cycle`,
  )
  const kinds = await sql.query<{ kind: string; errors: number }>(
    `select e.key as kind, sum(e.value::bigint)::bigint as errors
     from mailtide.cycle c, jsonb_each_text(c.errors_by_kind) e group by e.key`,
  )
  const last = await sql.query<CycleRow>(
    `select started_at, finished_at, accounts, emails, errors from mailtide.cycle order by started_at desc limit 1`,
  )
  const total = totals.rows[0] ?? { cycles: 0, emails: 0, errors: 0 }
  return {
    ...total,
    errorsByKind: Object.fromEntries(kinds.rows.map((row) => [row.kind, row.errors])),
    last: last.rows[0] === undefined ? null : summarise(last.rows[0]),
  }
}

const summarise = (row: CycleRow): CycleSummary => ({
  started_at: row.started_at.toISOString(),
  finished_at: row.finished_at.toISOString(),
  duration_seconds: (row.finished_at.getTime() - row.started_at.getTime()) / 1000,
  accounts: row.accounts,
  emails: row.emails,
  errors: row.errors,
})
