import type { SimulatedMailbox } from '../../electron/demo/types.ts'
import { parseMessage } from '../../electron/mail/parse.ts'
import { plantPrivate, plantSecret } from './log-watch.ts'

/** Mails looked at per mailbox: as many kinds as the generator knows are among them. */
const MOST_MAILS = 150

/** What the mails of a mailbox say, to whom, and what they carry. */
export function plantMailbox(mailbox: SimulatedMailbox): void {
  plantSecret('a refresh token', mailbox.refreshToken)
  for (const { id, raw } of mailbox.messages().slice(0, MOST_MAILS)) {
    const { subject, text, attachments, from, to, messageId } = parseMessage(raw)
    plantPrivate(`the subject of ${id}`, subject)
    for (const line of text.split('\n').slice(0, 8)) plantPrivate(`the text of ${id}`, line)
    for (const { filename } of attachments) plantPrivate(`an attachment of ${id}`, filename ?? '')
    for (const { name } of [...from, ...to]) plantPrivate(`a name in ${id}`, name)
    plantPrivate(`the Message-ID of ${id}`, messageId ?? '')
  }
}
