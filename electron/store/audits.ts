import { type AccountAudit, DeepPart, GmailPart, LocalPart } from '../../shared/audit.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Sql } from './db.ts'

/** What audits found, kept over restarts. */
export type AuditParts = Pick<AccountAudit, 'gmail' | 'local' | 'deep'>

export const NO_PARTS: AuditParts = { gmail: null, local: null, deep: null }

interface PartRow extends Record<string, unknown> {
  readonly account_id: AccountId
  readonly part: keyof AuditParts
  readonly report: unknown
}

/** The last report of each part, of one account or of all. One that another version wrote differently counts as none. */
export async function readAudits(sql: Sql, account: AccountId | null = null): Promise<Map<AccountId, AuditParts>> {
  const { rows } = await sql.query<PartRow>(
    'select account_id, part, report from mailtide.audit where $1::text is null or account_id = $1',
    [account],
  )
  const audits = new Map<AccountId, AuditParts>()
  for (const { account_id, part, report } of rows) {
    audits.set(account_id, { ...(audits.get(account_id) ?? NO_PARTS), ...readPart(part, report) })
  }
  return audits
}

function readPart(part: keyof AuditParts, report: unknown): Partial<AuditParts> {
  switch (part) {
    case 'gmail':
      return { gmail: GmailPart.safeParse(report).data ?? null }
    case 'local':
      return { local: LocalPart.safeParse(report).data ?? null }
    case 'deep':
      return { deep: DeepPart.safeParse(report).data ?? null }
  }
}

/** Keeps what was found; a part that is null stays as it was. */
export async function saveAudit(sql: Sql, account: AccountId, parts: AuditParts): Promise<void> {
  for (const part of ['gmail', 'local', 'deep'] as const) {
    const report = parts[part]
    if (report === null) continue
    await sql.query(
      `insert into mailtide.audit (account_id, part, at, report) values ($1, $2, $3::timestamptz, $4::jsonb)
       on conflict (account_id, part) do update set at = excluded.at, report = excluded.report`,
      [account, part, report.at, JSON.stringify(report)],
    )
  }
}

/** By label id ('' for the mailbox): how far Gmail's own count was from what is stored when ids were compared. */
export async function readExplained(sql: Sql, account: AccountId): Promise<Map<string, number>> {
  const { rows } = await sql.query<{ label_id: string; explained: number }>(
    'select label_id, explained from mailtide.audit_count where account_id = $1',
    [account],
  )
  return new Map(rows.map((row) => [row.label_id, row.explained]))
}

export async function saveExplained(
  sql: Sql,
  account: AccountId,
  explained: ReadonlyMap<string, number>,
): Promise<void> {
  await sql.query('delete from mailtide.audit_count where account_id = $1', [account])
  if (explained.size === 0) return
  const rows = [...explained].map(([label, by]) => ({ label, by }))
  await sql.query(
    `insert into mailtide.audit_count (account_id, label_id, explained)
     select $1, r.label, r.by from json_to_recordset($2::json) as r(label text, by bigint)`,
    [account, JSON.stringify(rows)],
  )
}
