import { AppError } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Db } from '../store/db.ts'
import { readRemoved } from '../store/removal.ts'
import { createMutex } from '../sync/deps.ts'
import { inTurn } from './in-turn.ts'

/** Work on one account that excludes every other such work on it: here, and in other workers that share the database. */
export interface Claimed {
  /** Null when another worker has the account, or removed it. The signal that the work is given also fires when the claim is lost. */
  run<T>(id: AccountId, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T | null>
  /** The claims on these accounts are gone: the connection that held them broke. */
  lost(keys: readonly string[]): void
}

export function createClaimed(database: () => Db): Claimed {
  const locks = new Map<AccountId, ReturnType<typeof createMutex>>()
  /** Work that runs under a claim, by account. */
  const claims = new Map<string, AbortController>()
  const lockOf = (id: AccountId): ReturnType<typeof createMutex> => {
    const known = locks.get(id) ?? createMutex()
    locks.set(id, known)
    return known
  }
  const underClaim = async <T>(
    id: AccountId,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | null> => {
    const release = await database().claim(id)
    if (release === null) return null
    const lost = new AbortController()
    claims.set(id, lost)
    try {
      // Another worker that shares the database may have removed it.
      if ((await readRemoved(database(), id)) !== null) return null
      return await work(AbortSignal.any([signal, lost.signal]))
    } catch (error) {
      if (!lost.signal.aborted) throw error
      throw new AppError('conflict', 'The claim on the account was lost with its connection; it is claimed again', {
        cause: error,
      })
    } finally {
      claims.delete(id)
      await release()
    }
  }
  return {
    run: (id, signal, work) => inTurn(lockOf(id), signal, () => underClaim(id, signal, work)),
    lost: (keys) => {
      for (const key of keys) claims.get(key)?.abort()
    },
  }
}
