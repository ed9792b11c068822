import type { SimulatedMailbox } from '../../../electron/demo/types.ts'
import { readCheckpoint } from '../../../electron/store/checkpoints.ts'
import type { Db } from '../../../electron/store/db.ts'
import { accountId } from '../../../shared/ids.ts'
import { type AccountSnapshot, Snapshot } from '../../../shared/status.ts'

/** What the copy holds of one account, in one look. */
interface Held {
  readonly cursor: bigint | null
  /** Whether the cursor vouches for everything before it: the mailbox was listed, and is not being listed anew. */
  readonly vouches: boolean
  readonly rows: ReadonlyMap<string, { readonly isDeleted: boolean; readonly labels: string }>
  readonly queued: ReadonlyMap<string, { readonly attempts: number }>
}

/** What is known of a mailbox beside what Gmail would tell. */
interface Known {
  readonly mailbox: SimulatedMailbox
  /** Whole syncs that were told of so far. */
  syncs: number
  lastSyncedAt: string | null
  seenHistory: bigint
  /** When so many syncs have been told of, one that began after the last change is among them: the first may have been under way. */
  settledBy: number
  alive: Set<string>
  /** When each message was found gone: Gmail deleted it no later than that. */
  readonly gone: Map<string, bigint>
}

export interface Truth {
  /** Each snapshot that the service tells is given here. */
  hear(snapshot: Snapshot): void
  changed(mailbox: SimulatedMailbox): void
  /** Whether every account is told to be up to date, by a sync that began after the last change. */
  isSettled(snapshot: Snapshot): boolean
  /** Everything that must hold while nothing moves; once for each time that something was told or changed. */
  look(snapshot: Snapshot, db: Db): Promise<void>
}

const labelsOf = (labels: readonly string[]): string => [...new Set(labels)].sort().join()

/** Compares what the service says, what it holds and what Gmail has; each difference that must not be is told to `fault`. */
export function createTruth(
  mailboxes: readonly SimulatedMailbox[],
  fault: (what: string, more?: unknown) => void,
): Truth {
  const all = new Map<string, Known>(
    mailboxes.map((mailbox) => [
      mailbox.email,
      {
        mailbox,
        syncs: 0,
        lastSyncedAt: null,
        seenHistory: mailbox.historyId(),
        settledBy: 1,
        alive: new Set(mailbox.messages().map(({ id }) => id)),
        gone: new Map(),
      },
    ]),
  )

  let seen: { readonly snapshot: Snapshot | null; readonly history: string } = { snapshot: null, history: '' }

  const notice = (known: Known): void => {
    const { mailbox } = known
    if (mailbox.historyId() === known.seenHistory) return
    known.seenHistory = mailbox.historyId()
    known.settledBy = known.syncs + 2
    const now = new Set(mailbox.messages().map(({ id }) => id))
    for (const id of known.alive) if (!now.has(id)) known.gone.set(id, known.seenHistory)
    known.alive = now
  }

  const compare = (known: Known, account: AccountSnapshot, held: Held): void => {
    const { email } = account
    const limit = isSettled(known, account) ? null : held.vouches ? held.cursor : -1n
    const isVouchedFor = (historyId: bigint): boolean => limit === null || historyId <= limit
    const why = limit === null ? 'is told to be up to date' : 'has a cursor that skipped something'
    for (const mail of known.mailbox.messages()) {
      if (!isVouchedFor(mail.historyId) || held.queued.has(mail.id)) continue
      const row = held.rows.get(mail.id)
      if (row === undefined || row.isDeleted) fault(`${email} ${why}: a message is missing`, mail.id)
      else if (row.labels !== labelsOf(mail.labelIds))
        fault(`${email} ${why}: labels differ`, { id: mail.id, here: row.labels, there: labelsOf(mail.labelIds) })
    }
    for (const [id, row] of held.rows) {
      const at = known.gone.get(id)
      if (row.isDeleted || at === undefined || held.queued.has(id)) continue
      if (isVouchedFor(at)) fault(`${email} ${why}: a message that is gone`, id)
    }
  }

  const count = (account: AccountSnapshot, { rows, queued }: Held): void => {
    const deleted = [...rows.values()].filter(({ isDeleted }) => isDeleted).length
    const failed = [...queued.values()].filter(({ attempts }) => attempts > 0).length
    const truth = [rows.size, deleted, queued.size - failed, failed]
    const told = [account.messages_stored, account.messages_deleted, account.messages_waiting, account.messages_failed]
    if (truth.join() !== told.join()) fault(`${account.email} is counted wrong`, { truth, told, state: account.state })
  }

  return {
    hear: (snapshot) => {
      for (const { email, last_synced_at: at, state, backfill } of snapshot.accounts) {
        const known = all.get(email)
        if (known !== undefined && at !== null && at !== known.lastSyncedAt) {
          known.syncs++
          known.lastSyncedAt = at
        }
        if (state === 'up_to_date' && backfill !== null) fault(`${email} is up to date in its first download`)
      }
    },
    changed: (mailbox) => {
      const known = all.get(mailbox.email)
      if (known !== undefined) notice(known)
    },
    isSettled: ({ accounts }) =>
      accounts.every((account) => {
        const known = all.get(account.email)
        return known !== undefined && isSettled(known, account)
      }),
    look: async (snapshot, db) => {
      const history = mailboxes.map((mailbox) => mailbox.historyId()).join()
      if (snapshot === seen.snapshot && history === seen.history) return
      seen = { snapshot, history }
      const parsed = Snapshot.safeParse(snapshot)
      if (!parsed.success) fault('the snapshot is none', parsed.error.issues)
      if ((snapshot.errors_by_kind['bug'] ?? 0) > 0)
        fault(
          'a bug was met',
          snapshot.accounts.map((each) => each.last_error),
        )
      for (const account of snapshot.accounts) {
        const known = all.get(account.email)
        if (known === undefined) continue
        // Also what Gmail did by itself, as a dial has it.
        notice(known)
        const held = await read(db, account.id)
        if (held === null) continue
        if (held.cursor !== null && held.cursor > known.mailbox.historyId())
          fault(`${account.email} has a cursor beyond Gmail's`, String(held.cursor))
        compare(known, account, held)
        // What could not be read anew after a failure of the store stays as it was told until the next turn.
        const mayLag = account.state === 'waiting' && (account.reason === 'store' || account.reason === 'disk')
        if (snapshot.state === 'idle' && !mayLag) count(account, held)
        if (account.state === 'needs_reauth') fault(`${account.email} is asked to sign in without cause`, account)
      }
    },
  }
}

const isSettled = (known: Known, { state }: AccountSnapshot): boolean =>
  state === 'up_to_date' && known.syncs >= known.settledBy

/** Null while the store cannot be read. */
async function read(db: Db, id: string): Promise<Held | null> {
  const account = accountId(id)
  try {
    return await db.transaction(async (sql) => {
      const checkpoint = await readCheckpoint(sql, account)
      const { rows } = await sql.query<{ id: string; is_deleted: boolean; labels: readonly string[] }>(
        `select m.id, m.deleted_at is not null as is_deleted,
           array(select l.label_id from mailtide.message_label l where l.account_id = m.account_id and l.message_id = m.id) as labels
         from mailtide.message m where m.account_id = $1`,
        [account],
      )
      const { rows: queued } = await sql.query<{ message_id: string; attempts: number }>(
        'select message_id, attempts from mailtide.fetch_queue where account_id = $1',
        [account],
      )
      return {
        cursor: checkpoint.historyId,
        vouches:
          (checkpoint.backfill === 'downloading' || checkpoint.backfill === 'done') && checkpoint.reconcile === null,
        rows: new Map(rows.map((row) => [row.id, { isDeleted: row.is_deleted, labels: labelsOf(row.labels) }])),
        queued: new Map(queued.map((row) => [row.message_id, { attempts: row.attempts }])),
      }
    })
  } catch {
    return null
  }
}
