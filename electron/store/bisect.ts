import type { Sql } from './db.ts'
import { StatementError } from './db.ts'

/**
 * Inserts many rows at once within a transaction, and when Postgres refuses them for their data, halves them until the
 * bad ones are found: those go to `onBad`, one by one and in order, the others are in. Each try stands behind a
 * savepoint, so that a refused one leaves nothing. Other failures are thrown as they are.
 */
export async function insertOrBisect<T>(
  sql: Sql,
  rows: readonly T[],
  insert: (rows: readonly T[]) => Promise<void>,
  onBad: (row: T, error: StatementError) => Promise<void>,
): Promise<void> {
  if (rows.length === 0) return
  const refusal = await tryInsert(sql, () => insert(rows))
  if (refusal === null) return
  const [first] = rows
  if (rows.length === 1 && first !== undefined) return await onBad(first, refusal)
  const middle = Math.ceil(rows.length / 2)
  await insertOrBisect(sql, rows.slice(0, middle), insert, onBad)
  await insertOrBisect(sql, rows.slice(middle), insert, onBad)
}

async function tryInsert(sql: Sql, insert: () => Promise<void>): Promise<StatementError | null> {
  await sql.query('savepoint bisect')
  try {
    await insert()
  } catch (error) {
    if (!(error instanceof StatementError)) throw error
    await sql.query('rollback to savepoint bisect')
    await sql.query('release savepoint bisect')
    return error
  }
  await sql.query('release savepoint bisect')
  return null
}
