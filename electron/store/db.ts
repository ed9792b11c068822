/** A value both drivers can send. Arrays are Postgres arrays of text or numbers. */
export type SqlValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | Date
  | Uint8Array
  | readonly (string | number | bigint | null)[]

export type Row = Record<string, unknown>

export interface QueryResult<R extends Row = Row> {
  readonly rows: R[]
  /** Rows inserted, updated or deleted; 0 for a select. */
  readonly affected: number
}

/**
 * What a repository needs: it works alone and inside any transaction. One statement a call.
 *
 * Both drivers give the same types: int2/int4/int8 and float → number, numeric → string, text → string, bool → boolean,
 * timestamptz → Date, bytea → Uint8Array, json/jsonb → parsed value, text[] → string[].
 * Failures are `AppError('store')`, with the Postgres error code kept in `cause.code`; a bad value (class 22, 54) or a
 * broken constraint (class 23) is thrown as a `StatementError` so that the caller can find the row.
 */
export interface Sql {
  query<R extends Row = Row>(text: string, params?: readonly SqlValue[]): Promise<QueryResult<R>>
}

/** What a transaction's work is given. */
export interface Tx extends Sql {
  /** Runs several statements separated by semicolons, as a part of the transaction. */
  script(sql: string): Promise<void>
}

/** How urgent a request is, and how long its watchdog waits: interactive 10 s, batch 60 s, maintenance 30 min. */
export type RequestClass = 'interactive' | 'batch' | 'maintenance'

export interface Db extends Sql {
  readonly kind: 'pglite' | 'postgres'
  /** Runs `work` in one transaction; rolled back when it throws. None may span a network call or a parse. */
  transaction<T>(work: (sql: Tx) => Promise<T>): Promise<T>
  /** The same database, with its requests queued and watched as this class. A `Db` as opened is `batch`. */
  as(requestClass: RequestClass): Db
  /** Runs several statements separated by semicolons, in one transaction. */
  script(sql: string): Promise<void>
  /**
   * Claims an account for this process until released, so that several workers can share a real PostgreSQL.
   * Null when another worker holds it. The embedded database has one owner by its folder lock: always granted.
   */
  claim(key: string): Promise<Release | null>
  /** Whether requests wait because the embedded database vacuums or copies itself, which may take minutes and is no failure. */
  isInUpkeep(): boolean
  /** Bytes the database takes on disk, indexes and log included. */
  sizeBytes(): Promise<number>
  close(): Promise<void>
}

/** Gives back what was claimed. */
export type Release = () => Promise<void>

/** Postgres refused one statement because of its data (SQLSTATE class 22, 23 or 54): the connection is fine. */
export class StatementError extends Error {
  /** The SQLSTATE, five characters: https://www.postgresql.org/docs/current/errcodes-appendix.html */
  readonly sqlState: string
  constructor(message: string, sqlState: string) {
    super(message)
    this.name = 'StatementError'
    this.sqlState = sqlState
  }
}
