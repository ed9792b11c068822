import { randomUUID } from 'node:crypto'
import type { PoolClient, PoolConfig } from 'pg'
import pg from 'pg'
import { AppError } from '../../shared/errors.ts'
import type { Log } from '../ports.ts'
import type { Db, RequestClass, Row, SqlValue } from './db.ts'
import { storeError } from './faults.ts'
import { createClaims, destroy } from './postgres-claims.ts'
import { checkDatabaseUrl, fromPg, isConnectionLoss } from './postgres-errors.ts'
import { createSlots } from './slots.ts'
import type { Session, SessionResult } from './transactions.ts'
import { inTransaction, refuseInsideTransaction } from './transactions.ts'
import { refuseUnanswerable, refuseUnanswerableScript } from './unanswerable.ts'
import type { WireValue } from './wire-types.ts'
import { encodeParams, serverValueLimit, textParsers } from './wire-types.ts'

export interface OpenPostgresOptions {
  readonly url: string
  readonly log: Log
  /** How long the server works on one statement, by class. */
  readonly statementLimitMs?: Partial<Record<RequestClass, number>> | undefined
  /** How long a connection may take to open. */
  readonly connectLimitMs?: number | undefined
  /** The connection that holds the claims broke: other workers may hold them now. */
  readonly onClaimsLost?: ((keys: readonly string[]) => void) | undefined
  /** Claims of a worker that is silent for so long are taken back. */
  readonly claimLeaseMs?: number | undefined
}

const classes = ['interactive', 'batch', 'maintenance'] as const
const limits: Record<RequestClass, number> = { interactive: 10_000, batch: 60_000, maintenance: 30 * 60_000 }
/** Connections of each class: a click never waits for a batch. */
const sizes: Record<RequestClass, number> = { interactive: 3, batch: 3, maintenance: 1 }
/** The server ends what takes longer; when not even that is heard of so long after, there is no server any more. */
const silenceMs = 3_000
const minVersion = 150_000
/** A turn that hangs on the server was given 7 s before, and all must be closed within 10 s. */
const closeLimitMs = 2_000

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: string) =>
    format === 'binary'
      ? (value: unknown) => value
      : (textParsers.get(oid) ?? String)) as pg.CustomTypesConfig['getTypeParser'],
}

/** The user's own PostgreSQL (15 or newer) as a `Db`. Throws `AppError('bad_settings' | 'store')` with a remedy. */
export async function openPostgres(options: OpenPostgresOptions): Promise<Db> {
  const { url, log, statementLimitMs, onClaimsLost, connectLimitMs = 10_000 } = options
  checkDatabaseUrl(url)
  const limitMs = { ...limits, ...statementLimitMs }
  const base: PoolConfig = {
    connectionString: url,
    application_name: 'mailtide',
    connectionTimeoutMillis: connectLimitMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 30_000,
    types,
  }
  /** Connections that are not over, whatever their pool knows of them: one that the server does not end would keep the process alive. */
  const open = new Set<pg.Client>()
  class Watched extends pg.Client {
    constructor(config?: pg.ClientConfig) {
      super(config)
      open.add(this)
      this.once('end', () => open.delete(this))
    }
  }
  const pools = Object.fromEntries(classes.map((name) => [name, createPool(base, name)])) as Record<
    RequestClass,
    pg.Pool
  >
  // The pool would count the wait for a free connection as a failure to connect
  const slots = Object.fromEntries(classes.map((name) => [name, createSlots(sizes[name])])) as Record<
    RequestClass,
    ReturnType<typeof createSlots>
  >
  const owner = {}
  let closing: Promise<void> | null = null

  function createPool(config: PoolConfig, name: RequestClass): pg.Pool {
    const pool = new pg.Pool({
      ...config,
      Client: Watched,
      max: sizes[name],
      query_timeout: limitMs[name] + silenceMs,
      onConnect: (client) => client.query(sessionSettings(limitMs[name])),
    })
    pool.on('error', (error) => log.warning('A database connection broke while idle', { code: codeOf(error) }))
    return pool
  }

  const withSession = async <T>(requestClass: RequestClass, work: (session: Session) => Promise<T>): Promise<T> => {
    refuseInsideTransaction(owner)
    return await slots[requestClass].run(() => inSession(requestClass, work))
  }

  const inSession = async <T>(requestClass: RequestClass, work: (session: Session) => Promise<T>): Promise<T> => {
    if (closing !== null) throw storeError('The database is closed', 'Start Mailtide again')
    const client = await pools[requestClass].connect().catch((error: unknown) => {
      throw fromPg(error)
    })
    const session = sessionOf(client)
    const onError = () => session.lose()
    client.on('error', onError) // unheard, it would end the process
    try {
      return await work(session)
    } finally {
      client.release(!session.alive)
      if (session.alive) client.off('error', onError)
    }
  }

  const view = (requestClass: RequestClass): Db => ({
    kind: 'postgres',
    query: async <R extends Row>(text: string, params: readonly SqlValue[] = []) => {
      const values = encodeParams(params, serverValueLimit)
      return await withSession(requestClass, (session) => session.query<R>(text, values))
    },
    transaction: (work) =>
      withSession(requestClass, (session) => inTransaction(owner, session, limitMs[requestClass], work)),
    script: (sql) => view(requestClass).transaction((tx) => tx.script(sql)),
    as: view,
    claim: claims.claim,
    // Its server does that beside the requests.
    isInUpkeep: () => false,
    sizeBytes: async () => {
      const { rows } = await view(requestClass).query<{ size: number }>(
        'select pg_database_size(current_database()) as size',
      )
      return rows[0]?.size ?? 0
    },
    close: () => {
      closing ??= close()
      return closing
    },
  })

  const close = async () => {
    const timer = setTimeout(() => {
      for (const client of open) destroy(client)
    }, closeLimitMs)
    await Promise.all([...Object.values(pools).map((pool) => pool.end()), claims.close()])
    for (const client of open) await new Promise<void>((resolve) => client.once('end', resolve))
    clearTimeout(timer)
  }

  const claims = createClaims({
    // A claim is granted or refused at once: a server that does not say which is not there.
    newClient: () => new Watched({ ...base, query_timeout: limitMs.interactive }),
    log,
    onLost: onClaimsLost,
    leaseMs: options.claimLeaseMs,
  })
  try {
    await withSession('interactive', checkServer)
    await withSession('interactive', (one) => withSession('interactive', (other) => checkSessions(one, other)))
  } catch (error) {
    await view('batch').close()
    throw error
  }
  return view('batch')
}

function sessionOf(client: PoolClient): Session & { lose(): void } {
  let alive = true
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if (isConnectionLoss(error)) alive = false
      throw fromPg(error)
    }
  }
  return {
    valueLimit: serverValueLimit,
    get alive() {
      return alive
    },
    lose: () => {
      alive = false
    },
    query: <R extends Row>(text: string, params: readonly WireValue[]) =>
      guarded(async (): Promise<SessionResult<R>> => {
        refuseUnanswerable(text)
        // The extended protocol takes one statement a call, as the embedded driver does
        const config = { text, values: [...params], queryMode: 'extended' }
        const { rows, rowCount, command } = await client.query<R>(config)
        return { rows, affected: writes.has(command) ? (rowCount ?? 0) : 0, command }
      }),
    script: (sql) =>
      guarded(async () => {
        refuseUnanswerableScript(sql)
        await client.query(sql)
      }),
  }
}

const writes = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE', 'COPY'])

/** Server-side limits are the watchdog here; a session in UTC with ISO dates suits the parsers. */
const sessionSettings = (limitMs: number) =>
  `set timezone = 'UTC'; set datestyle = 'ISO'; set bytea_output = 'hex'; set client_encoding = 'UTF8';
   set statement_timeout = ${limitMs}; set idle_in_transaction_session_timeout = ${limitMs * 2}`

async function checkServer(session: Session): Promise<void> {
  const { rows } = await session.query<{ version: number; name: string; encoding: string; replica: boolean }>(
    `select current_setting('server_version_num')::int as version, current_setting('server_version') as name,
            current_setting('server_encoding') as encoding, pg_is_in_recovery() as replica`,
    [],
  )
  const [server] = rows
  if (server === undefined) throw storeError('The database server gave no answer', 'Check DATABASE_URL')
  const refuse = (what: string, remedy: string) => new AppError('bad_settings', what, { remedy })
  if (server.version < minVersion) {
    throw refuse(`The database server is PostgreSQL ${server.name}; Mailtide needs 15 or newer`, 'Upgrade the server')
  }
  if (server.encoding !== 'UTF8') {
    throw refuse(`The database stores text as ${server.encoding}`, 'Create one with ENCODING UTF8 for Mailtide')
  }
  if (server.replica) throw refuse('The database server is a read-only replica', 'Point DATABASE_URL at the primary')
}

/**
 * A pooler that gives each transaction whichever connection of its own is free lets two workers have the same claim: what one connection sets for
 * its session must not be seen by another. https://www.pgbouncer.org/features.html#sql-feature-map-for-pooling-modes
 */
async function checkSessions(one: Session, other: Session): Promise<void> {
  const mark = randomUUID()
  await one.query(`select set_config('mailtide.session', $1, false)`, [mark])
  const { rows } = await other.query<{ mark: string | null }>(
    `select current_setting('mailtide.session', true) as mark`,
    [],
  )
  if (rows[0]?.mark !== mark) return
  throw new AppError('bad_settings', 'A pooler between Mailtide and the database shares connections between sessions', {
    remedy: 'Set pool_mode = session for this database (PgBouncer), or point DATABASE_URL directly to the server',
  })
}

const codeOf = (error: Error) => (error as NodeJS.ErrnoException).code
