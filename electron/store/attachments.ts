import type { AccountId, MessageId } from '../../shared/ids.ts'
import { addDelta, type CounterDeltas } from './counters.ts'
import type { Sql } from './db.ts'
import { asJson, byteaFromHex } from './rows.ts'

/** An attachment as it is stored: what it is, and where in the original it lies. Its bytes are cut out of the original. */
export interface StoredAttachment {
  readonly part: string
  readonly filename: string | null
  readonly mime_type: string
  readonly disposition: string | null
  readonly content_id: string | null
  readonly encoding: string
  readonly start_offset: number
  readonly end_offset: number
  readonly size_bytes: number
  /** Hex. */
  readonly sha256: string
}

export interface MessageAttachments {
  readonly id: MessageId
  readonly attachments: readonly StoredAttachment[]
  readonly isNew: boolean
}

/** Makes the attachments of messages exactly those given. */
export async function storeAttachments(
  sql: Sql,
  account: AccountId,
  messages: readonly MessageAttachments[],
  deltas: CounterDeltas,
): Promise<void> {
  const known = messages.filter((message) => !message.isNew).map((message) => message.id)
  if (known.length > 0) {
    const { affected } = await sql.query(
      `delete from mailtide.attachment where account_id = $1 and message_id = any($2::text[])`,
      [account, known],
    )
    addDelta(deltas, 'attachments', -affected)
  }
  const rows = messages.flatMap(({ id, attachments }) =>
    attachments.map((attachment, position) => ({
      ...attachment,
      message_id: id,
      position,
      sha256: byteaFromHex(attachment.sha256),
    })),
  )
  if (rows.length === 0) return
  const columns =
    'message_id, part, position, filename, mime_type, disposition, content_id, encoding, start_offset, end_offset, size_bytes, sha256'
  await sql.query(
    `insert into mailtide.attachment (account_id, ${columns})
     select $1, ${columns} from json_to_recordset($2::json) as r(message_id text, part text, position integer,
       filename text, mime_type text, disposition text, content_id text, encoding text, start_offset bigint,
       end_offset bigint, size_bytes bigint, sha256 bytea)`,
    [account, asJson(rows)],
  )
  addDelta(deltas, 'attachments', rows.length)
}
