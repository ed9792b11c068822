import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packRaw, unpackRaw } from '../../electron/store/raw-files.ts'
import { readPacked, storePacked } from '../../electron/store/raw-postgres.ts'
import type { FindingKind } from '../../shared/audit.ts'
import { type AccountId, accountId, type MessageId, messageId } from '../../shared/ids.ts'
import type { Harness } from './harness.ts'

/** A difference that a test makes behind the product's back. */
export interface Planted {
  readonly name: string
  /** What verify must call it; others may follow from it. */
  readonly kind: FindingKind
  /** Makes it on this message, or nearby; the ids (or names) that must be told, where it is not the message. */
  readonly plant: (copy: Copy, id: MessageId) => Promise<readonly string[] | undefined>
}

export interface Copy {
  readonly harness: Harness
  readonly account: AccountId
  /** A statement on the database, with the account as $1. */
  sql(text: string, ...params: readonly (string | number)[]): Promise<void>
  removeOriginal(id: MessageId): Promise<void>
  changeOriginal(id: MessageId, how: (packed: Buffer) => Uint8Array): Promise<void>
}

export function copyOf(harness: Harness): Copy {
  const account = accountId(harness.account().id)
  const { db, raw } = harness.built().store
  const inDatabase = raw.kind === 'postgres'
  const fileOf = (id: MessageId): string => join(harness.home, 'data', 'raw', account, id.slice(-2), `${id}.eml.gz`)
  return {
    harness,
    account,
    sql: async (text, ...params) => {
      await db.query(text, [account, ...params])
    },
    removeOriginal: async (id) => {
      if (inDatabase)
        await db.query('delete from mailtide.raw where account_id = $1 and message_id = $2', [account, id])
      else await rm(fileOf(id))
    },
    changeOriginal: async (id, how) => {
      const packed = inDatabase ? await readPacked(db, account, id) : await readFile(fileOf(id))
      const changed = how(Buffer.from(packed ?? []))
      if (inDatabase) await storePacked(db, account, [{ id, packed: changed }])
      else await writeFile(fileOf(id), changed)
    },
  }
}

/** Past everything that has happened. */
const moveCursor = ({ harness, sql }: Copy): Promise<void> =>
  sql(
    'update mailtide.checkpoint set history_id = $2::numeric where account_id = $1',
    String(harness.mailbox.historyId()),
  )

export const planted: readonly Planted[] = [
  {
    name: 'a row deleted, with its version left',
    kind: 'missing',
    plant: async ({ sql, removeOriginal }, id) => {
      await sql('delete from mailtide.message where account_id = $1 and id = $2', id)
      await removeOriginal(id)
      return undefined
    },
  },
  {
    name: 'a row and all that hangs on it deleted, with its original left',
    kind: 'original_stray',
    plant: async ({ sql }, id) => {
      for (const table of ['message_version', 'message_label', 'attachment'])
        await sql(`delete from mailtide.${table} where account_id = $1 and message_id = $2`, id)
      await sql('delete from mailtide.message where account_id = $1 and id = $2', id)
      return undefined
    },
  },
  {
    name: 'the version of a message that is not there',
    kind: 'version_stray',
    plant: async ({ sql }) => {
      await sql('insert into mailtide.message_version values ($1, $2, 5)', '00000000000000aa')
      return ['00000000000000aa']
    },
  },
  {
    name: 'a version lost',
    kind: 'version_missing',
    plant: async ({ sql }, id) => {
      await sql('delete from mailtide.message_version where account_id = $1 and message_id = $2', id)
      return undefined
    },
  },
  {
    name: 'an original removed',
    kind: 'original_missing',
    plant: async ({ removeOriginal }, id) => {
      await removeOriginal(id)
      return undefined
    },
  },
  {
    name: 'a byte of an original flipped',
    kind: 'original_damaged',
    plant: async ({ changeOriginal }, id) => {
      await changeOriginal(id, (bytes) => {
        const at = bytes.length - 20
        bytes[at] = (bytes[at] ?? 0) ^ 0xff
        return bytes
      })
      return undefined
    },
  },
  {
    name: 'an original cut short',
    kind: 'original_damaged',
    plant: async ({ changeOriginal }, id) => {
      await changeOriginal(id, (bytes) => bytes.subarray(0, bytes.length >> 1))
      return undefined
    },
  },
  {
    name: 'an original replaced by another mail, whole in itself',
    kind: 'original_wrong',
    plant: async ({ changeOriginal }, id) => {
      await changeOriginal(id, (bytes) =>
        packRaw(unpackRaw(bytes).facts, Buffer.from('Subject: not this\r\n\r\nx\r\n')),
      )
      return undefined
    },
  },
  {
    name: 'the digest in a row changed',
    kind: 'original_wrong',
    plant: async ({ sql }, id) => {
      await sql(`update mailtide.message set sha256 = '\\x00' where account_id = $1 and id = $2`, id)
      return undefined
    },
  },
  {
    name: 'the date of a row changed',
    kind: 'facts_wrong',
    plant: async ({ sql }, id) => {
      await sql(`update mailtide.message set internal_date = '2001-01-01Z' where account_id = $1 and id = $2`, id)
      return undefined
    },
  },
  {
    name: 'attachments lost',
    kind: 'attachments_wrong',
    plant: async ({ sql }, id) => {
      await sql(
        'update mailtide.message set has_attachments = not has_attachments where account_id = $1 and id = $2',
        id,
      )
      return undefined
    },
  },
  {
    name: 'an attachment of a message that is not there',
    kind: 'attachments_stray',
    plant: async ({ sql }) => {
      await sql(
        `insert into mailtide.attachment (account_id, message_id, part, position, mime_type, encoding, start_offset, end_offset, size_bytes, sha256)
         values ($1, $2, '1', 0, 'text/plain', '7bit', 0, 1, 1, '\\x00')`,
        '00000000000000ab',
      )
      return ['00000000000000ab']
    },
  },
  {
    name: 'a label of a message that is not there',
    kind: 'labels_stray',
    plant: async ({ sql }) => {
      await sql(`insert into mailtide.message_label values ($1, $2, 'INBOX')`, '00000000000000ac')
      return ['00000000000000ac']
    },
  },
  {
    name: 'a label link lost',
    kind: 'label_missing',
    plant: async ({ harness, sql }, id) => {
      const [label] = harness.mailbox.get(id)?.labelIds ?? []
      await sql(
        'delete from mailtide.message_label where account_id = $1 and message_id = $2 and label_id = $3',
        id,
        label ?? '',
      )
      return [`${id} ${label}`]
    },
  },
  {
    name: 'a label that Gmail does not give the message',
    kind: 'label_surplus',
    plant: async ({ sql }, id) => {
      await sql(`insert into mailtide.message_label values ($1, $2, 'YELLOW_STAR')`, id)
      return [`${id} YELLOW_STAR`]
    },
  },
  {
    name: 'the name of a label lost',
    kind: 'label_unknown',
    plant: async ({ sql }) => {
      await sql(`delete from mailtide.label where account_id = $1 and id = 'INBOX'`)
      return ['INBOX']
    },
  },
  {
    name: 'a message queued that is stored',
    kind: 'queued_stored',
    plant: async ({ sql }, id) => {
      await sql(
        `insert into mailtide.fetch_queue (account_id, message_id, thread_id, priority, ord, queued_at, next_try_at)
         values ($1, $2, $2, 2, 0, now(), '9999-01-01Z')`,
        id,
      )
      return undefined
    },
  },
  {
    name: 'a message queued for ever that Gmail never had',
    kind: 'queued_gone',
    plant: async ({ sql }) => {
      await sql(
        `insert into mailtide.fetch_queue (account_id, message_id, thread_id, priority, ord, queued_at, next_try_at, error_code)
         values ($1, $2, $2, 1, 0, now(), '9999-01-01Z', 'bad_id')`,
        '00000000000000ad',
      )
      return ['00000000000000ad']
    },
  },
  {
    name: 'a counter that is off',
    kind: 'counters_wrong',
    plant: async ({ sql }) => {
      await sql(`update mailtide.counter set value = value + 3 where account_id = $1 and name = 'bytes'`)
      return ['bytes']
    },
  },
  {
    name: 'the index of words dropped',
    kind: 'search_missing',
    plant: async ({ harness }) => {
      await harness.built().store.db.query('drop index mailtide.message_by_words')
      return ['message_by_words']
    },
  },
  {
    name: 'a row that an older parser read',
    kind: 'parser_behind',
    plant: async ({ sql }, id) => {
      await sql('update mailtide.message set parser_version = 0 where account_id = $1 and id = $2', id)
      return undefined
    },
  },
  {
    name: 'a message marked as deleted that Gmail has',
    kind: 'deleted_here',
    plant: async ({ sql }, id) => {
      await sql('update mailtide.message set deleted_at = now() where account_id = $1 and id = $2', id)
      return undefined
    },
  },
  {
    name: 'a ghost: live here, deleted in Gmail, and the cursor moved past that',
    kind: 'ghost',
    plant: async (copy, id) => {
      copy.harness.mailbox.remove(id)
      await moveCursor(copy)
      return undefined
    },
  },
  {
    name: 'new mail that the cursor was moved past',
    kind: 'missing',
    plant: async (copy) => {
      const { id } = copy.harness.mailbox.add({ raw: Buffer.from('Subject: new\r\n\r\nHere\r\n') })
      await moveCursor(copy)
      return [id]
    },
  },
]

/** Those that the others would hide. */
export const plantedApart: readonly Planted[] = [
  {
    name: 'a cursor ahead of the mailbox',
    kind: 'cursor_ahead',
    plant: async ({ sql }) => {
      await sql('update mailtide.checkpoint set history_id = history_id + 1000000 where account_id = $1')
      return ['history_id']
    },
  },
  {
    name: 'the record of whose the originals are lost',
    kind: 'account_record_missing',
    plant: async ({ harness, account }) => {
      const { db, raw } = harness.built().store
      if (raw.kind === 'postgres') await db.query('delete from mailtide.raw_account where id = $1', [account])
      else await rm(join(harness.home, 'data', 'raw', account, 'account.json'))
      return [account]
    },
  },
]

/** Messages of the mailbox that carry a label, newest first. */
export const labelledMessages = (harness: Harness): MessageId[] =>
  harness.mailbox.messages().flatMap((mail) => (mail.labelIds.length > 0 ? [messageId(mail.id)] : []))
