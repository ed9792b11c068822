import { isDemo } from '../../shared/demo.ts'
import { AppError, asAppError, isAbort } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Endpoints } from '../gmail/endpoints.ts'
import { revokeGrant } from '../gmail/revoke.ts'
import type { Clock, Log, TokenStore } from '../ports.ts'
import type { Account } from '../store/accounts.ts'
import type { OpenStore } from '../store/open-store.ts'
import { deleteMailbox, listRemoved, markRemoved, type RemovedAccount, readRemoved } from '../store/removal.ts'
import { notForDemo } from './demo.ts'

/** What the person wants to become of the mail, and of Google's permission. */
export interface RemovalChoice {
  readonly mail: 'keep' | 'delete'
  readonly revoke: boolean
}

export interface RemovalDeps {
  readonly store: Pick<OpenStore, 'db' | 'raw'>
  readonly tokens: TokenStore
  readonly endpoints: Pick<Endpoints, 'oauthUrl'>
  readonly clock: Clock
  readonly log: Log
  /** Forgets the account's way to Gmail; nothing writes its credential any more. */
  readonly forget: (account: AccountId) => void
}

/** How accounts leave. No turn of the account may run. */
export interface Removal {
  /** Takes back Google's permission, for the whole project. Throws with nothing changed. */
  revoke(account: Account): Promise<void>
  /** From here on it is no account any more: marked in the store, its credential gone. */
  leave(account: Pick<RemovedAccount, 'id' | 'email' | 'created_at'>, mail: RemovalChoice['mail']): Promise<void>
  /** Another worker on the same database removed it: its credential goes here too. Never throws: what fails is done at the next start. */
  letGo(account: Pick<Account, 'id' | 'email'>): Promise<void>
  /** One that left before and of which something is still stored, by id or address. */
  find(account: string): Promise<RemovedAccount | undefined>
  /** Deletes the mail of an account that left. Rejects when it could not be done now; it is gone on with by itself all the same. */
  deleteMail(id: AccountId, email: string): Promise<void>
  /** Goes on with what an earlier run did not finish. */
  resume(): Promise<void>
  /** Ends what goes on after its present step. */
  close(): Promise<void>
}

const AGAIN_MS = 60_000
/** Another process that shares the database may still be in a turn of the account. */
const CLAIM_AGAIN_MS = 5_000

export function createRemoval(deps: RemovalDeps): Removal {
  const { clock, log } = deps
  const { db, raw } = deps.store
  const closed = new AbortController()
  const jobs = new Map<AccountId, Promise<void>>()

  const attempt = async (id: AccountId, email: string): Promise<void> => {
    let release = await db.claim(id)
    while (release === null) {
      await clock.sleep(CLAIM_AGAIN_MS, closed.signal)
      release = await db.claim(id)
    }
    try {
      if ((await readRemoved(db, id)) !== 'deleting') return
      let messages = 0
      await deleteMailbox({ db, raw }, id, {
        signal: closed.signal,
        onDeleted: (count) => {
          messages += count
        },
      })
      log.info(`Deleted the mail of ${email}: ${messages} messages`)
    } finally {
      await release()
    }
  }
  const goOn = async (id: AccountId, email: string, first: Promise<void>): Promise<void> => {
    for (let work = first; ; work = attempt(id, email)) {
      try {
        return await work
      } catch (error) {
        if (closed.signal.aborted) return
        log.warning(`The mail of ${email} could not be deleted now: ${asAppError(error).message}. It is tried again`)
        await clock.sleep(AGAIN_MS, closed.signal).catch((problem: unknown) => {
          if (!isAbort(problem)) throw problem
        })
        if (closed.signal.aborted) return
      }
    }
  }
  const deleteMail = (id: AccountId, email: string): Promise<void> => {
    const known = jobs.get(id)
    if (known !== undefined) return known
    const first = attempt(id, email)
    const job = goOn(id, email, first).finally(() => jobs.delete(id))
    jobs.set(id, job)
    return first
  }

  /** What follows the mark, and may be repeated. */
  const clearUp = async ({ id, email, created_at, removed }: RemovedAccount): Promise<void> => {
    await deps.tokens.remove(id)
    // Whoever makes the database anew from the originals must not bring the account back.
    if (removed !== 'kept') return
    await raw.putAccount({ id, email, created_at: created_at.toISOString(), removed: true }).catch((error: unknown) => {
      if (asAppError(error).code !== 'originals_away') throw error
      log.warning(`That ${email} was removed is written beside its originals at the next start: their folder is away`)
    })
  }

  return {
    revoke: async (account) => {
      if (isDemo(account)) throw notForDemo('there is no permission of Google’s to revoke')
      const credential = await deps.tokens.read(account.id).catch((error: unknown) => {
        const { code, message } = asAppError(error)
        throw new AppError(code, `Access cannot be revoked from here, and nothing was removed: ${message}`, {
          remedy: `Remove the account without revoking, and revoke the access at ${connections}`,
          cause: error,
        })
      })
      await revokeGrant({ clock, oauthUrl: deps.endpoints.oauthUrl }, credential, account.email)
      log.info(`Revoked the access to ${account.email}`)
    },
    leave: async (account, mail) => {
      const removed = mail === 'keep' ? 'kept' : 'deleting'
      await markRemoved(db.as('interactive'), account.id, removed)
      deps.forget(account.id)
      await clearUp({ ...account, removed })
    },
    letGo: async ({ id, email }) => {
      try {
        // Whoever has just added it again must keep what he stored.
        if ((await readRemoved(db.as('interactive'), id)) === null) return
        deps.forget(id)
        await deps.tokens.remove(id)
        log.info(`Another Mailtide that shares the database removed ${email}; its credential is gone here too`)
      } catch (error) {
        log.warning(
          `The credential of ${email}, which was removed elsewhere, could not be removed: ${asAppError(error).message}`,
        )
      }
    },
    find: async (account) =>
      (await listRemoved(db.as('interactive'))).find(
        ({ id, email }) => id === account || email.toLowerCase() === account.toLowerCase(),
      ),
    deleteMail,
    resume: async () => {
      for (const account of await listRemoved(db.as('interactive'))) {
        // The last run may have ended between the mark and this. That it cannot be done now, on a full disk say, must keep nothing from starting.
        await clearUp(account).catch((error: unknown) => {
          log.warning(
            `What is left of ${account.email}, which was removed, could not be cleared up: ${asAppError(error).message}. It is tried again at the next start`,
          )
        })
        if (account.removed === 'deleting') deleteMail(account.id, account.email).catch(() => undefined) // `goOn` tells
      }
    },
    close: async () => {
      closed.abort()
      await Promise.all(jobs.values())
    },
  }
}

const connections = 'https://myaccount.google.com/connections'
