import type { Sql } from './db.ts'

/** A table of schema `mailtide` as a backup holds it. */
export interface BackupTable {
  readonly name: string
  /** Those that are stored, in order; generated ones make themselves. */
  readonly columns: readonly { readonly name: string; readonly type: string }[]
}

/** Every table with something to keep, by name, the migrations included. */
export async function readTables(sql: Sql): Promise<BackupTable[]> {
  const { rows } = await sql.query<{ table: string; name: string; type: string }>(
    `select c.relname as table, a.attname as name, format_type(a.atttypid, a.atttypmod) as type
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
     where n.nspname = 'mailtide' and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     order by c.relname, a.attnum`,
  )
  const tables = new Map<string, { name: string; type: string }[]>()
  for (const { table, name, type } of rows) tables.set(table, [...(tables.get(table) ?? []), { name, type }])
  return [...tables].map(([name, columns]) => ({ name, columns }))
}

/** The first line of a backup, and the last one: without that it was cut short. */
export const headLine = (schema: number, at: Date): string =>
  `-- Mailtide backup, format 1, schema ${schema}, made ${at.toISOString()}`
export const headPattern = /^-- Mailtide backup, format 1, schema (\d{1,4}), made (\S+)$/
export const endLine = '-- End of the backup'

export const copyLine = (table: string, columns: readonly string[]): string =>
  `copy mailtide.${table} (${columns.join(', ')}) from stdin;`
export const copyPattern = /^copy mailtide\.([a-z_]+) \(([a-z0-9_, ]+)\) from stdin;$/
/** Ends the rows of a table. */
export const endOfRows = '\\.'
