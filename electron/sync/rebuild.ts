import type { AccountId, MessageId } from '../../shared/ids.ts'
import type { Clock, Log } from '../ports.ts'
import { listAccounts, saveAccount } from '../store/accounts.ts'
import { insertOrBisect } from '../store/bisect.ts'
import { requireReconcile } from '../store/checkpoints.ts'
import type { Db } from '../store/db.ts'
import { readVersions, storeMessages } from '../store/messages.ts'
import type { RawAccount, RawStore } from '../store/raw.ts'
import { listRemoved, markRemoved } from '../store/removal.ts'
import type { MailWorker, PreparedMessage } from './deps.ts'
import { rereadAll } from './reparse.ts'

const BATCH = 50

export interface RebuildDeps {
  readonly db: Db
  readonly raw: RawStore
  readonly mail: MailWorker
  readonly clock: Clock
  readonly log: Log
  /** The OAuth client of the account's credential, '' when it has none here. */
  readonly clientIdOf: (account: AccountId) => Promise<string>
  /** The address as Gmail compares it. */
  readonly emailKey: (email: string) => string
  /** Told how many originals were looked at so far. */
  readonly onProgress?: (originals: number) => void
}

export interface RebuildReport {
  readonly accounts: number
  readonly messages: number
  /** Originals that are damaged. */
  readonly damaged: number
}

export interface RebuildOptions {
  /** Only accounts and messages that the database does not have: what came after the snapshot that it was restored from. */
  readonly missingOnly?: boolean
}

/**
 * Fills a new database from the originals, without network. What Gmail knew of a message at its download is kept beside the original and
 * comes back with it; what changed since (labels, deletions, renamed labels) comes from the reconcile that each account needs first.
 */
export async function rebuild(
  deps: RebuildDeps,
  signal: AbortSignal,
  { missingOnly = false }: RebuildOptions = {},
): Promise<RebuildReport> {
  const known = new Map(missingOnly ? await knownAccounts(deps) : [])
  // What the database says of an address holds.
  const candidates = (await deps.raw.accounts()).filter(
    ({ id, email }) => (known.get(deps.emailKey(email)) ?? id) === id,
  )
  const accounts = onePerAddress(deps, candidates)
  let messages = 0
  let damaged = 0
  let looked = 0
  for (const account of accounts) {
    const isKnown = known.get(deps.emailKey(account.email)) === account.id
    const before = messages
    if (!isKnown) await restoreAccount(deps, account)
    let batch: MessageId[] = []
    const flush = async (): Promise<void> => {
      const stored = isKnown ? await readVersions(deps.db, account.id, batch) : new Map<MessageId, unknown>()
      const wanted = batch.filter((id) => !stored.has(id))
      const read = await rereadAll({ ...deps, rawKind: deps.raw.kind }, account.id, wanted)
      await store(deps, account.id, read)
      messages += read.length
      damaged += wanted.length - read.length
      looked += batch.length
      deps.onProgress?.(looked)
      batch = []
    }
    for await (const id of deps.raw.list(account.id)) {
      signal.throwIfAborted()
      batch.push(id)
      if (batch.length === BATCH) await flush()
    }
    await flush()
    if (isKnown && messages === before) continue
    await requireReconcile(deps.db, account.id)
    deps.log.info(`Restored ${account.email} from its originals`, { messages })
  }
  return { accounts: accounts.length, messages, damaged }
}

async function knownAccounts({ db, emailKey }: RebuildDeps): Promise<(readonly [string, AccountId])[]> {
  const accounts = [...(await listAccounts(db)), ...(await listRemoved(db))]
  return accounts.map(({ id, email }) => [emailKey(email), id] as const)
}

/**
 * An import that failed half way, or a database that was begun anew, leaves a second folder for an address. The younger one is in use; one
 * address cannot be two accounts, and must not keep the others from being restored.
 */
function onePerAddress({ emailKey, log }: RebuildDeps, accounts: readonly RawAccount[]): readonly RawAccount[] {
  const byKey = new Map<string, RawAccount>()
  for (const account of [...accounts].sort((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at))) {
    const younger = byKey.get(emailKey(account.email))
    if (younger === undefined) byKey.set(emailKey(account.email), account)
    else
      log.warning(`Left aside: another folder of originals of ${account.email}`, {
        account: account.id,
        used: younger.id,
      })
  }
  return [...byKey.values()].reverse()
}

async function restoreAccount(deps: RebuildDeps, account: RawAccount): Promise<void> {
  const clientId = account.removed === true ? '' : await deps.clientIdOf(account.id)
  await deps.db.transaction(async (sql) => {
    await saveAccount(sql, {
      id: account.id,
      email: account.email,
      email_key: deps.emailKey(account.email),
      client_id: clientId,
      paused: false,
      created_at: new Date(account.created_at),
    })
    if (account.removed === true) await markRemoved(sql, account.id, 'kept')
  })
}

async function store(deps: RebuildDeps, account: AccountId, read: readonly PreparedMessage[]): Promise<void> {
  const now = deps.clock.now()
  await deps.db.transaction((sql) =>
    insertOrBisect(
      sql,
      read,
      async (rows) => {
        await storeMessages(
          sql,
          account,
          rows.map(({ message }) => message),
          now,
        )
      },
      async (row, error) => {
        deps.log.warning(`Postgres refused a restored message (SQLSTATE ${error.sqlState})`, {
          account,
          message: row.message.id,
        })
      },
    ),
  )
}
