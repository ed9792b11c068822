import type { AccountId, LabelId, MessageId } from '../../shared/ids.ts'
import { addDelta, applyDeltas, type CounterDeltas, labelCounter } from './counters.ts'
import type { Sql } from './db.ts'
import { asJson } from './rows.ts'

export interface StoredLabel {
  readonly id: LabelId
  readonly name: string
  readonly type: 'system' | 'user'
  readonly text_color: string | null
  readonly background_color: string | null
}

/** Makes the labels of an account those given; labels Gmail no longer has are marked removed and keep their name. */
export async function saveLabels(
  sql: Sql,
  account: AccountId,
  labels: readonly StoredLabel[],
  now: Date,
): Promise<void> {
  await sql.query(
    `insert into mailtide.label (account_id, id, name, type, text_color, background_color)
     select distinct on (r.id) $1, r.id, r.name, r.type, r.text_color, r.background_color
     from json_to_recordset($2::json) as r(id text, name text, type text, text_color text, background_color text)
     on conflict (account_id, id) do update set name = excluded.name, type = excluded.type,
       text_color = excluded.text_color, background_color = excluded.background_color, removed_at = null
     where (mailtide.label.name, mailtide.label.type, mailtide.label.text_color, mailtide.label.background_color, mailtide.label.removed_at)
       is distinct from (excluded.name, excluded.type, excluded.text_color, excluded.background_color, null)`,
    [account, asJson(labels)],
  )
  await sql.query(
    `update mailtide.label set removed_at = $3
     where account_id = $1 and removed_at is null and not (id = any($2::text[]))`,
    [account, labels.map((label) => label.id), now],
  )
  await sql.query(`update mailtide.checkpoint set labels_listed_at = $2 where account_id = $1`, [account, now])
}

/** Notes that the names of labels may have changed, until `saveLabels`: also when listing them now does not succeed. */
export async function oweLabels(sql: Sql, account: AccountId): Promise<void> {
  await sql.query(
    `update mailtide.checkpoint set labels_listed_at = null where account_id = $1 and labels_listed_at is not null`,
    [account],
  )
}

/** The same where a label of the given ids is not known by name. */
export async function oweUnknownLabels(sql: Sql, account: AccountId, ids: readonly LabelId[]): Promise<void> {
  if (ids.length === 0) return
  await sql.query(
    `update mailtide.checkpoint set labels_listed_at = null
     where account_id = $1 and labels_listed_at is not null
       and exists (select 1 from unnest($2::text[]) as r(id)
         where not exists (select 1 from mailtide.label l where l.account_id = $1 and l.id = r.id))`,
    [account, ids],
  )
}

/** Ids of the labels we know by name; removed ones too. */
export async function knownLabelIds(sql: Sql, account: AccountId): Promise<Set<LabelId>> {
  const { rows } = await sql.query<{ id: LabelId }>(`select id from mailtide.label where account_id = $1`, [account])
  return new Set(rows.map((row) => row.id))
}

interface MessageLabels {
  readonly id: MessageId
  readonly labelIds: readonly LabelId[]
  readonly isNew: boolean
}

/** Makes the labels of live messages exactly those given, within the caller's transaction. Label ids we have no name for are kept too. */
export async function replaceLabelLinks(
  sql: Sql,
  account: AccountId,
  messages: readonly MessageLabels[],
  deltas: CounterDeltas,
): Promise<void> {
  const wanted = asJson(messages.flatMap(({ id, labelIds }) => [...new Set(labelIds)].map((label) => ({ id, label }))))
  const known = messages.filter((message) => !message.isNew).map((message) => message.id)
  if (known.length > 0) {
    const { rows } = await sql.query<{ label_id: LabelId }>(
      `delete from mailtide.message_label l
       where l.account_id = $1 and l.message_id = any($2::text[])
         and not exists (select 1 from json_to_recordset($3::json) as r(id text, label text)
           where r.id = l.message_id and r.label = l.label_id)
       returning label_id`,
      [account, known, wanted],
    )
    for (const row of rows) addDelta(deltas, labelCounter(row.label_id), -1)
  }
  await insertLinks(sql, account, wanted, deltas)
}

async function insertLinks(sql: Sql, account: AccountId, links: string, deltas: CounterDeltas): Promise<void> {
  if (links === '[]') return
  const { rows } = await sql.query<{ label_id: LabelId }>(
    `insert into mailtide.message_label (account_id, message_id, label_id)
     select $1, r.id, r.label from json_to_recordset($2::json) as r(id text, label text)
     on conflict do nothing returning label_id`,
    [account, links],
  )
  for (const row of rows) addDelta(deltas, labelCounter(row.label_id), 1)
}

/** The net change of one message's labels, as of a history record. */
export interface LabelChange {
  readonly id: MessageId
  readonly historyId: bigint
  readonly added: readonly LabelId[]
  readonly removed: readonly LabelId[]
}

/**
 * Applies label changes to stored live messages and raises their versions. The caller has left out changes that are not newer
 * than the stored version, and gives each message once.
 */
export async function applyLabelChanges(sql: Sql, account: AccountId, changes: readonly LabelChange[]): Promise<void> {
  if (changes.length === 0) return
  const deltas: CounterDeltas = new Map()
  await insertLinks(
    sql,
    account,
    asJson(changes.flatMap(({ id, added }) => added.map((label) => ({ id, label })))),
    deltas,
  )
  const removed = changes.flatMap(({ id, removed: labels }) => labels.map((label) => ({ id, label })))
  if (removed.length > 0) {
    const { rows } = await sql.query<{ label_id: LabelId }>(
      `delete from mailtide.message_label l using json_to_recordset($2::json) as r(id text, label text)
       where l.account_id = $1 and l.message_id = r.id and l.label_id = r.label returning l.label_id`,
      [account, asJson(removed)],
    )
    for (const row of rows) addDelta(deltas, labelCounter(row.label_id), -1)
  }
  await sql.query(
    `update mailtide.message_version v set history_id = r.history_id
     from json_to_recordset($2::json) as r(id text, history_id numeric)
     where v.account_id = $1 and v.message_id = r.id and v.history_id < r.history_id`,
    [account, asJson(changes.map((change) => ({ id: change.id, history_id: change.historyId.toString() })))],
  )
  await applyDeltas(sql, account, deltas)
}

/** Adds and removes one label on live messages, as a reconcile found them; versions stay, since no history record says so. */
export async function adjustLabel(
  sql: Sql,
  account: AccountId,
  label: LabelId,
  change: { readonly add: readonly MessageId[]; readonly remove: readonly MessageId[] },
): Promise<void> {
  const deltas: CounterDeltas = new Map()
  await insertLinks(sql, account, asJson(change.add.map((id) => ({ id, label }))), deltas)
  if (change.remove.length > 0) {
    const { affected } = await sql.query(
      `delete from mailtide.message_label where account_id = $1 and label_id = $2 and message_id = any($3::text[])`,
      [account, label, change.remove],
    )
    addDelta(deltas, labelCounter(label), -affected)
  }
  await applyDeltas(sql, account, deltas)
}

/** Makes the labels of stored live messages those Gmail just told, unless a newer version is stored already. */
export async function saveCurrentLabels(
  sql: Sql,
  account: AccountId,
  messages: readonly { readonly id: MessageId; readonly historyId: bigint; readonly labelIds: readonly LabelId[] }[],
): Promise<void> {
  if (messages.length === 0) return
  const { rows } = await sql.query<{ message_id: MessageId }>(
    `update mailtide.message_version v set history_id = r.history_id
     from json_to_recordset($2::json) as r(id text, history_id numeric), mailtide.message m
     where v.account_id = $1 and v.message_id = r.id and v.history_id <= r.history_id
       and m.account_id = v.account_id and m.id = v.message_id and m.deleted_at is null
     returning v.message_id`,
    [account, asJson(messages.map((message) => ({ id: message.id, history_id: message.historyId.toString() })))],
  )
  const accepted = new Set(rows.map((row) => row.message_id))
  const deltas: CounterDeltas = new Map()
  const current = messages.filter((message) => accepted.has(message.id))
  await replaceLabelLinks(
    sql,
    account,
    current.map(({ id, labelIds }) => ({ id, labelIds, isNew: false })),
    deltas,
  )
  await applyDeltas(sql, account, deltas)
}

/** Labels that stored messages of the account carry. */
export async function labelsInUse(sql: Sql, account: AccountId): Promise<LabelId[]> {
  const { rows } = await sql.query<{ label_id: LabelId }>(
    `select distinct label_id from mailtide.message_label where account_id = $1`,
    [account],
  )
  return rows.map((row) => row.label_id)
}
