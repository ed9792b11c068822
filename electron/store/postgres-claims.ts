import type pg from 'pg'
import type { Log } from '../ports.ts'
import type { Release } from './db.ts'
import { fromPg, isConnectionLoss } from './postgres-errors.ts'

export interface ClaimsOptions {
  readonly newClient: () => pg.Client
  readonly log: Log
  readonly onLost?: ((keys: readonly string[]) => void) | undefined
  /** The server takes claims back from a worker that it did not hear of for so long. Default 30 s. */
  readonly leaseMs?: number | undefined
}

const LEASE_MS = 30_000
/** Times within a lease that a worker gives a sign of life. */
const SIGNS = 3

/**
 * The server ends the session of a worker that is silent (a frozen process, a computer that sleeps), and notices one whose computer is
 * gone without a word; kernels without such a limit keep their own, hours long.
 * https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-IDLE-SESSION-TIMEOUT
 * https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-TCP-KEEPALIVES-IDLE
 */
const leaseSettings = (leaseMs: number): string =>
  `set idle_session_timeout = ${leaseMs}; set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3`

/** A number of ours as the seed of the hash, so that we do not meet other programs' advisory locks. */
const seed = 7_214_551_022

/**
 * Claims as session advisory locks on one connection of their own: when it or this process dies, or is silent for the length of a lease,
 * the server gives them back. https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
 */
export function createClaims({ newClient, log, onLost, leaseMs = LEASE_MS }: ClaimsOptions) {
  /** By key, what tells this claim from one on the same key that follows when its connection is lost. */
  const held = new Map<string, symbol>()
  let client: Promise<pg.Client> | null = null
  let present: pg.Client | null = null

  const connect = async (): Promise<pg.Client> => {
    const opened = newClient()
    let signs: NodeJS.Timeout | undefined
    const lose = () => {
      clearInterval(signs)
      // One that ends late must not take the claims of the connection after it.
      if (present !== opened) return
      present = null
      client = null
      const keys = [...held.keys()]
      held.clear()
      if (keys.length === 0) return
      log.warning('The connection that held the claims on accounts was lost', { claims: keys.length })
      onLost?.(keys)
    }
    opened.on('error', () => undefined) // `end` follows
    opened.on('end', lose)
    await opened.connect()
    await opened.query(leaseSettings(leaseMs)).catch((error: unknown) => {
      destroy(opened)
      throw error
    })
    present = opened
    // Real time on purpose: it is the server's patience that is measured. What comes of a sign is told by `end`.
    signs = setInterval(() => void opened.query('select 1').catch(() => destroy(opened)), leaseMs / SIGNS).unref()
    return opened
  }

  const get = async (): Promise<pg.Client> => {
    client ??= connect()
    try {
      return await client
    } catch (error) {
      client = null
      throw error
    }
  }

  return {
    async claim(key: string): Promise<Release | null> {
      if (held.has(key)) return null // the server would grant its own session the same lock again
      const own = Symbol(key)
      held.set(key, own)
      try {
        const session = await get()
        const { rows } = await session.query<{ granted: boolean }>(
          'select pg_try_advisory_lock(hashtextextended($1, $2::bigint)) as granted',
          [key, seed],
        )
        if (rows[0]?.granted !== true) {
          held.delete(key)
          return null
        }
        return async () => {
          if (held.get(key) !== own) return
          held.delete(key)
          if (client !== null) {
            // A lost connection has given the claim back by itself; a failure here must not hide what the claimed work came to.
            await client
              .then((session) =>
                session.query('select pg_advisory_unlock(hashtextextended($1, $2::bigint))', [key, seed]),
              )
              .catch(() => {
                if (present !== null) destroy(present)
              })
          }
        }
      } catch (error) {
        held.delete(key)
        // Whether it was granted is not known: the server takes it back with the connection.
        if (isConnectionLoss(error) && present !== null) destroy(present)
        throw fromPg(error)
      }
    },
    async close(): Promise<void> {
      held.clear()
      const session = await client?.catch(() => null)
      await session?.end()
    },
  }
}

/** Cuts the connection without a word to the server, which may not answer any more. */
export function destroy(client: pg.Client | pg.PoolClient): void {
  const { connection } = client as unknown as { connection: { stream: { destroy(): void } } }
  connection.stream.destroy()
}
