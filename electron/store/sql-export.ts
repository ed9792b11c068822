import type { Db, Tx } from './db.ts'
import { readMigrations } from './migrate.ts'
import { type BackupTable, copyLine, endLine, endOfRows, headLine, readTables } from './sql-tables.ts'

export interface ExportReport {
  /** Rows of all tables. */
  readonly rows: number
  readonly messages: number
}

/** Rows asked for at once, where they are wide; memory holds so many and no more. */
const WIDE: Readonly<Record<string, number>> = { message: 50, raw: 2 }
const NARROW_ROWS = 2_000

/**
 * Writes the whole database as SQL that psql loads into an empty PostgreSQL (15 or newer) and `importSql` into an embedded one: the migrations,
 * and the rows as COPY blocks (https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.3.55.9.2). One moment's state, in one transaction;
 * memory does not grow with its size. The originals are files of their own, unless they are kept in the database.
 */
export async function exportSql(
  db: Db,
  write: (text: string) => Promise<void>,
  {
    at,
    migrationsDir,
    signal,
  }: { readonly at: Date; readonly migrationsDir?: string | undefined; readonly signal: AbortSignal },
): Promise<ExportReport> {
  const migrations = await readMigrations(migrationsDir)
  return await db.as('maintenance').transaction(async (sql) => {
    await sql.query('set transaction isolation level repeatable read')
    await write(`${headLine(migrations.length, at)}
-- Load it into an empty database: psql --set=ON_ERROR_STOP=1 --single-transaction --file=THIS_FILE postgres://…
set client_encoding = 'UTF8';
set standard_conforming_strings = on;
set datestyle = 'ISO';
set timezone = 'UTC';
`)
    for (const migration of migrations)
      await write(`\n-- Migration ${migration.number}: ${migration.name}\n${migration.sql}\n`)
    await write(`create table mailtide.migration (
  number int primary key, name text not null, sha256 text not null, applied_at timestamptz not null default now());\n`)
    let rows = 0
    let messages = 0
    for (const [index, table] of (await readTables(sql)).entries()) {
      const count = await exportTable(sql, table, `backup_${index}`, write, signal)
      rows += count
      if (table.name === 'message') messages = count
    }
    await write(`\nanalyze;\n${endLine}: ${rows} rows\n`)
    return { rows, messages }
  })
}

async function exportTable(
  sql: Tx,
  { name, columns }: BackupTable,
  cursor: string,
  write: (text: string) => Promise<void>,
  signal: AbortSignal,
): Promise<number> {
  const line = columns.map((column) => copyField(`"${column.name}"`)).join(' || chr(9) || ')
  await sql.query(`declare ${cursor} no scroll cursor for select ${line} as line from mailtide.${name}`)
  const names = columns.map((column) => column.name)
  await write(`\n${copyLine(name, names)}\n`)
  const size = WIDE[name] ?? NARROW_ROWS
  let count = 0
  for (;;) {
    signal.throwIfAborted()
    const { rows } = await sql.query<{ line: string }>(`fetch forward ${size} from ${cursor}`)
    if (rows.length === 0) break
    await write(rows.map((row) => `${row.line}\n`).join(''))
    count += rows.length
  }
  await write(`${endOfRows}\n`)
  await sql.query(`close ${cursor}`)
  return count
}

/** A value as COPY reads it: the server itself spells and escapes it. */
function copyField(column: string): string {
  const escapes = [
    ['chr(92)', 'chr(92) || chr(92)'],
    ['chr(10)', `chr(92) || 'n'`],
    ['chr(13)', `chr(92) || 'r'`],
    ['chr(9)', `chr(92) || 't'`],
  ] as const
  const text = escapes.reduce((inner, [from, to]) => `replace(${inner}, ${from}, ${to})`, `${column}::text`)
  return `coalesce(${text}, chr(92) || 'N')`
}
