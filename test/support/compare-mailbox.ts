import { createHash } from 'node:crypto'
import type { SimulatedMail, SimulatedMailbox } from '../../electron/demo/types.ts'
import type { Sql } from '../../electron/store/db.ts'
import type { RawStore } from '../../electron/store/raw.ts'
import { type AccountId, messageId } from '../../shared/ids.ts'

/** Where a copy differs from the mailbox. Every list holds message ids (`wrongCounters`: counter names) and is empty when both are equal. */
export interface Differences {
  /** In Gmail, and not live here: no row at all, or one marked deleted. */
  readonly missing: readonly string[]
  /** Something here hangs in the air: labels, versions or attachments without their message, or a queue row of a message that Gmail no longer has. */
  readonly extra: readonly string[]
  readonly wrongLabels: readonly string[]
  /** The original cannot be read or is not what Gmail has, or size and digest in the row are not its own. */
  readonly wrongBytes: readonly string[]
  /** Thread or date differ from Gmail's, or the history id is newer than Gmail's (an older one is well: not all we learn comes with one). */
  readonly wrongFacts: readonly string[]
  /** Live here, and Gmail no longer has it. */
  readonly notDeleted: readonly string[]
  readonly wrongCounters: readonly string[]
}

export interface Copy {
  readonly db: Sql
  readonly raw: RawStore
  readonly account: AccountId
}

const AT_ONCE = 250

/**
 * Compares a simulated mailbox with the copy of it: ids, labels, bytes, facts and totals. Meant for a copy at rest: whatever still
 * waits in the queue shows as missing. Names of labels are not compared: Gmail tells no history of them.
 */
export async function compareMailbox(mailbox: SimulatedMailbox, copy: Copy): Promise<Differences> {
  const found: Found = { missing: [], wrongLabels: [], wrongBytes: [], wrongFacts: [] }
  const mails = mailbox.messages()
  for (let at = 0; at < mails.length; at += AT_ONCE) await compareSome(mails.slice(at, at + AT_ONCE), copy, found)
  const there = new Set(mails.map((mail) => mail.id))
  return {
    ...found,
    extra: await strays(copy, there),
    notDeleted: (await liveIds(copy)).filter((id) => !there.has(id)),
    wrongCounters: await wrongCounters(copy),
  }
}

/** How many differences there are in all. */
export const countDifferences = (differences: Differences): number =>
  Object.values(differences).reduce((sum: number, ids: readonly string[]) => sum + ids.length, 0)

interface Found {
  readonly missing: string[]
  readonly wrongLabels: string[]
  readonly wrongBytes: string[]
  readonly wrongFacts: string[]
}

interface StoredRow extends Record<string, unknown> {
  readonly id: string
  readonly thread_id: string
  readonly internal_date: Date
  readonly size_bytes: number
  readonly sha256: string
  readonly is_deleted: boolean
  readonly history_id: string | null
  readonly labels: readonly string[]
}

async function compareSome(mails: readonly SimulatedMail[], copy: Copy, found: Found): Promise<void> {
  const { rows } = await copy.db.query<StoredRow>(
    `select m.id, m.thread_id, m.internal_date, m.size_bytes, encode(m.sha256, 'hex') as sha256,
       m.deleted_at is not null as is_deleted,
       (select v.history_id::text from mailtide.message_version v where v.account_id = m.account_id and v.message_id = m.id) as history_id,
       array(select l.label_id from mailtide.message_label l where l.account_id = m.account_id and l.message_id = m.id) as labels
     from mailtide.message m where m.account_id = $1 and m.id = any($2::text[])`,
    [copy.account, mails.map((mail) => mail.id)],
  )
  const stored = new Map(rows.map((row) => [row.id, row]))
  for (const mail of mails) {
    const row = stored.get(mail.id)
    if (row === undefined || row.is_deleted) {
      found.missing.push(mail.id)
      continue
    }
    if (!sameSet(row.labels, mail.labelIds)) found.wrongLabels.push(mail.id)
    if (!isSameMail(row, mail)) found.wrongFacts.push(mail.id)
    if (!(await hasBytes(copy, row, mail.raw))) found.wrongBytes.push(mail.id)
  }
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  [...new Set(a)].sort().join() === [...new Set(b)].sort().join()

const isSameMail = (row: StoredRow, mail: SimulatedMail): boolean =>
  row.thread_id === mail.threadId &&
  row.internal_date.getTime() === mail.internalDate &&
  row.history_id !== null &&
  BigInt(row.history_id) <= mail.historyId

async function hasBytes({ raw, account }: Copy, row: StoredRow, bytes: Uint8Array): Promise<boolean> {
  if (row.size_bytes !== bytes.length || row.sha256 !== createHash('sha256').update(bytes).digest('hex')) return false
  // A damaged original is what this looks for, so the error is the answer.
  const entry = await raw.get(account, messageId(row.id)).catch(() => null)
  return entry !== null && Buffer.compare(entry.bytes, bytes) === 0
}

async function liveIds({ db, account }: Copy): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    'select id from mailtide.message where account_id = $1 and deleted_at is null',
    [account],
  )
  return rows.map((row) => row.id)
}

async function strays({ db, account }: Copy, there: ReadonlySet<string>): Promise<string[]> {
  const { rows } = await db.query<{ message_id: string }>(
    `select distinct x.message_id from (
       select account_id, message_id from mailtide.message_version
       union all select account_id, message_id from mailtide.message_label
       union all select account_id, message_id from mailtide.attachment) x
     where x.account_id = $1
       and not exists (select 1 from mailtide.message m where m.account_id = $1 and m.id = x.message_id)`,
    [account],
  )
  const { rows: queued } = await db.query<{ message_id: string }>(
    'select message_id from mailtide.fetch_queue where account_id = $1',
    [account],
  )
  return [...rows.map((row) => row.message_id), ...queued.map((row) => row.message_id).filter((id) => !there.has(id))]
}

async function wrongCounters({ db, account }: Copy): Promise<string[]> {
  const { rows } = await db.query<{ name: string }>(
    `with truth as (
       select 'messages' as name, count(*) as value from mailtide.message where account_id = $1 and deleted_at is null
       union all select 'deleted', count(*) from mailtide.message where account_id = $1 and deleted_at is not null
       union all select 'bytes', coalesce(sum(size_bytes), 0)::bigint from mailtide.message where account_id = $1
       union all select 'attachments', count(*) from mailtide.attachment where account_id = $1
       union all select 'queued', count(*) from mailtide.fetch_queue where account_id = $1 and attempts = 0
       union all select 'failed', count(*) from mailtide.fetch_queue where account_id = $1 and attempts > 0
       union all select 'label:' || l.label_id, count(*) from mailtide.message_label l
         join mailtide.message m on m.account_id = l.account_id and m.id = l.message_id and m.deleted_at is null
         where l.account_id = $1 group by l.label_id)
     select coalesce(t.name, c.name) as name from truth t
     full join (select name, value from mailtide.counter where account_id = $1) c on c.name = t.name
     where coalesce(t.value, 0) <> coalesce(c.value, 0)`,
    [account],
  )
  return rows.map((row) => row.name)
}
