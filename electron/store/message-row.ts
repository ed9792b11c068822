import type { LabelId, MessageId, ThreadId } from '../../shared/ids.ts'
import type { StoredAttachment } from './attachments.ts'
import { byteaFromHex } from './rows.ts'

/** A message as it is stored, its columns named as in the table. Text is safe for Postgres and capped (`sync/stored-message.ts`). */
export interface StoredMessage {
  readonly id: MessageId
  readonly thread_id: ThreadId
  readonly history_id: bigint
  readonly internal_date: Date
  readonly date_header: Date | null
  readonly date_raw: string | null
  readonly from_name: string
  readonly from_address: string
  readonly sender_address: string
  readonly reply_to_addresses: readonly string[]
  readonly to_addresses: readonly string[]
  readonly cc_addresses: readonly string[]
  readonly bcc_addresses: readonly string[]
  readonly people: string
  readonly subject: string
  readonly snippet: string
  readonly body_text: string
  readonly attachment_names: string
  readonly headers: readonly (readonly [string, string])[]
  readonly message_id_header: string | null
  readonly in_reply_to: readonly string[]
  readonly reference_ids: readonly string[]
  readonly size_bytes: number
  /** Hex. */
  readonly sha256: string
  readonly has_attachments: boolean
  readonly parser_version: number
  readonly faults: readonly string[]
  readonly label_ids: readonly LabelId[]
  readonly attachments: readonly StoredAttachment[]
}

/** A message on its way to the store, with what the writing looks at; all else is spelled already. */
export interface MessageRow extends Pick<StoredMessage, 'id' | 'history_id' | 'label_ids' | 'attachments'> {
  /**
   * The columns as one JSON object in UTF-8. It is made where the mail is read: from there to Postgres one piece of memory passes through
   * the threads, instead of some thirty values that each of them takes apart and puts together.
   */
  readonly json: Uint8Array<ArrayBuffer>
}

const utf8 = new TextEncoder()
const asBytes = (columns: object): Uint8Array<ArrayBuffer> => utf8.encode(JSON.stringify(columns))

/** Spells a message for the store. */
export function asMessageRow(message: StoredMessage): MessageRow {
  const { history_id, label_ids, attachments, ...columns } = message
  const json = asBytes({ ...columns, sha256: byteaFromHex(columns.sha256) })
  return { id: message.id, history_id, label_ids, attachments, json }
}

/** Rows as the one parameter that `json_to_recordset` reads. */
export function asRecords(rows: readonly MessageRow[]): Uint8Array {
  const comma = utf8.encode(',')
  const items = rows.flatMap(({ json }, at) => (at === 0 ? [json] : [comma, json]))
  return Buffer.concat([utf8.encode('['), ...items, utf8.encode(']')])
}

/** What a row says, as Postgres will read it. */
export const columnsOf = ({ json }: Pick<MessageRow, 'json'>): Readonly<Record<string, unknown>> =>
  JSON.parse(new TextDecoder().decode(json)) as Readonly<Record<string, unknown>>

/** The row without anything a mail's author wrote: what is left cannot be refused for its content. */
export function bareRow(row: MessageRow): MessageRow {
  const columns = columnsOf(row) as Readonly<Record<string, unknown>> & Pick<StoredMessage, 'faults'>
  const bare = {
    date_header: null,
    date_raw: null,
    from_name: '',
    from_address: '',
    sender_address: '',
    reply_to_addresses: [],
    to_addresses: [],
    cc_addresses: [],
    bcc_addresses: [],
    people: '',
    subject: '',
    snippet: '',
    body_text: '',
    attachment_names: '',
    headers: [],
    message_id_header: null,
    in_reply_to: [],
    reference_ids: [],
    faults: [...columns.faults, 'parse_failed'],
  } satisfies Partial<StoredMessage>
  return { ...row, attachments: [], json: asBytes({ ...columns, ...bare }) }
}
