/**
 * What reading a mail gives. Strings are free of NUL and lone surrogates; nothing is capped here (the store caps).
 */

/** Where a part's encoded content lies in the original bytes: [start, end). */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface Person {
  /** Display name, decoded; '' when there is none. */
  readonly name: string
  /** The address as written, without brackets; '' when only a name is known. */
  readonly address: string
  /** Name of the group the person was listed in; null outside groups. */
  readonly group: string | null
}

export interface Header {
  /** Lower case. */
  readonly name: string
  /** Unfolded and decoded. */
  readonly value: string
}

export interface ParsedAttachment {
  /** MIME part path, unique in the mail: '1', '1.2'; children of a nested message, and files in a text, continue it. */
  readonly part: string
  /** Decoded file name; null when the mail gives none. */
  readonly filename: string | null
  /** Lower case, such as 'image/png'. */
  readonly mimeType: string
  /** 'attachment', 'inline' or null when not said. */
  readonly disposition: string | null
  readonly contentId: string | null
  /**
   * Lower case transfer encoding as understood: 'base64', 'quoted-printable', 'uuencode', 'yenc', '7bit', '8bit', 'binary'.
   * Inside something that is itself encoded, a chain: 'base64:120-4500:quoted-printable' says "decode the range by
   * base64, of that take bytes 120 to 4500, decode those by quoted-printable".
   */
  readonly encoding: string
  readonly range: ByteRange
  /** Of the decoded content. */
  readonly sizeBytes: number
  /** Lower-case hex SHA-256 of the decoded content. */
  readonly sha256: string
}

/** Something in the mail that could not be read as it should: a short code and where. Never mail content. */
export interface ParseFault {
  readonly code: string
  readonly part: string | null
}

export interface ParsedMessage {
  readonly parserVersion: number
  /** All header fields of the outer mail, in order. */
  readonly headers: readonly Header[]
  readonly from: readonly Person[]
  readonly sender: readonly Person[]
  readonly replyTo: readonly Person[]
  readonly to: readonly Person[]
  readonly cc: readonly Person[]
  readonly bcc: readonly Person[]
  readonly subject: string
  /** Date header as milliseconds since 1970 UTC; null when absent or unreadable. */
  readonly date: number | null
  readonly dateRaw: string | null
  /** Without angle brackets, as are the ids below. */
  readonly messageId: string | null
  readonly inReplyTo: readonly string[]
  readonly references: readonly string[]
  /** Searchable text: plain parts, or made from HTML where there is no usable plain text; nested mails included. */
  readonly text: string
  /** The HTML body as it stands, decoded; null when there is none. Never rendered without a sanitiser. */
  readonly html: string | null
  readonly attachments: readonly ParsedAttachment[]
  readonly faults: readonly ParseFault[]
}
