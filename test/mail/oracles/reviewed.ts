import type { Aspect } from './oracle.ts'

/** A mail on which an oracle and we differ, what in, and why ours was found right by eye. */
export type Reviewed = readonly [name: string, aspects: readonly Aspect[], reason: string]

const RAW_BYTES = 'raw eight-bit bytes in the head become U+FFFD there'
const NO_BOUNDARY = 'the boundary delimits nothing: it keeps the whole body as one part'
const EMPTY_MULTIPART = 'it counts an empty multipart as a part with content'
const UU = 'it does not decode uuencode'
const YENC = 'it does not know yEnc'
const UTF7 = 'it refuses UTF-7'
const NOT_OPENED = 'it does not open the nested mails, or shows them as text'
const NAMED_TEXT = 'it does not list a text with a file name that is shown inline'

/** mailparser 3.14.2. */
export const MAILPARSER: readonly Reviewed[] = [
  ['cpython/msg_02.txt', ['text'], NOT_OPENED],
  ['cpython/msg_38.txt', ['text'], 'it takes delimiters of inner multiparts for text'],
  [
    'enmime/parts__ctype-invalid-characters.raw.eml',
    ['attachments'],
    'a junk character after text/plain makes it a file',
  ],
  ['enmime/parts__header-only.raw.eml', ['attachments'], NAMED_TEXT],
  ['enmime/parts__nestedmulti.raw.eml', ['attachments'], NAMED_TEXT],
  ['flanker/from-encoding.eml', ['from'], RAW_BYTES],
  ['flanker/mailformed-headers.eml', ['subject', 'to'], RAW_BYTES],
  ['flanker/spam__broken-headers.eml', ['subject'], RAW_BYTES],
  ['mikel-mail/error_emails__bad_date_header2.eml', ['date'], 'an unreadable date becomes "now"'],
  ['mikel-mail/error_emails__invalid_subject_characters.eml', ['subject'], RAW_BYTES],
  ['mikel-mail/error_emails__missing_body.eml', ['to'], 'it takes an empty group in brackets for an address'],
  ['mikel-mail/rfc2822__example11.eml', ['to'], '`jdoe@test   . example` is the old form of jdoe@test.example'],
  ['mime4j/multipartdigestnestedemptyparts.msg', ['text'], NOT_OPENED],
  ['mimekit/dkim__multipart-no-end-boundary.msg', ['from'], 'it drops a name that equals the address'],
  ['mimekit/messages__delivery-status-no-blank-line.txt', ['to'], 'a comment after an empty group is nobody'],
  ['mimekit/messages__delivery-status.anonymized.eml', ['to'], 'a comment after an empty group is nobody'],
  ['mimekit/messages__rfc2060.txt', ['attachments'], NOT_OPENED],
  ['mimekit/messages__stack-overflow.txt', ['to'], 'it takes colons in an encoded word for the end of a group name'],
  ['mimekit/yenc__00000020.ntx.eml', ['text', 'attachments'], YENC],
  ['mimekit/yenc__simple.msg', ['text', 'attachments'], YENC],
  ['phpmmp/issue126.eml', ['text', 'attachments'], 'with two Content-Types it takes the one that is not multipart'],
  ['phpmmp/issue230.eml', ['text'], 'x-mac-cyrillic 0xA2 is Ґ since Mac OS 9'],
  ['phpmmp/m0016.eml', ['attachments'], NAMED_TEXT],
  ['spamassassin/nice__cjk__iso-2022-jp.1.eml', ['attachments'], NAMED_TEXT],
  ['spamassassin/nice__mime8.eml', ['attachments'], NOT_OPENED],
  ['spamassassin/spam__008.eml', ['text'], 'eight-bit text labelled us-ascii becomes U+FFFD there'],
  ['stalwart/legacy__001.eml', ['subject', 'to', 'text'], UTF7],
  ['stalwart/legacy__005.eml', ['subject', 'to', 'text'], UTF7],
  ['stalwart/legacy__015.eml', ['subject', 'to'], RAW_BYTES],
  ['stalwart/legacy__016.eml', ['subject', 'to'], RAW_BYTES],
  ['stalwart/legacy__017.eml', ['to', 'attachments'], `${RAW_BYTES}; ${UU}`],
  ['stalwart/legacy__025.eml', ['subject', 'to'], RAW_BYTES],
  ['stalwart/legacy__049.eml', ['text', 'attachments'], UU],
  ['stalwart/malformed__019.eml', ['date'], 'an unreadable date becomes "now"'],
  ['stalwart/rfc__007.eml', ['text'], 'it puts the text of the nested mail elsewhere'],
  ['stalwart/thirdparty__007.eml', ['text', 'attachments'], NOT_OPENED],
  ['zbateson/github-102-01.txt', ['subject', 'to'], RAW_BYTES],
  ['zbateson/github-102-02.txt', ['subject', 'to', 'text'], RAW_BYTES],
  ['zbateson/m0009.txt', ['subject', 'to', 'text'], RAW_BYTES],
  ['zbateson/m3007.txt', ['to', 'attachments'], `${RAW_BYTES}; ${UU}`],
  ['zbateson/m4001.txt', ['subject', 'to'], RAW_BYTES],
]

/** The `email` package of Python 3.11. */
export const PYTHON: readonly Reviewed[] = [
  ['cpython/msg_39.txt', ['attachments'], 'one boundary twice: it finds three of the six parts'],
  ['enmime/mail__header-only.raw.eml', ['attachments'], EMPTY_MULTIPART],
  [
    'enmime/parts__ctype-invalid-characters.raw.eml',
    ['attachments'],
    'a junk character after text/plain makes it a file',
  ],
  ['flanker/enclosed-broken-body.eml', ['text'], 'damaged base64: it gives the text up and shows it encoded'],
  ['flanker/false-multipart.eml', ['attachments'], EMPTY_MULTIPART],
  ['flanker/from-encoding.eml', ['from'], RAW_BYTES],
  ['flanker/mailformed-headers.eml', ['subject', 'from', 'to', 'attachments'], `${RAW_BYTES}; ${NO_BOUNDARY}`],
  ['flanker/spam__broken-headers.eml', ['subject'], RAW_BYTES],
  ['mailparser/nodemailer.eml', ['subject'], 'it loses the blank between an encoded word and plain text'],
  [
    'mikel-mail/error_emails__bad_date_header2.eml',
    ['date', 'attachments'],
    `59:10 is no time of day; ${EMPTY_MULTIPART}`,
  ],
  ['mikel-mail/error_emails__bad_encoded_subject.eml', ['subject'], 'it refuses a word whose charset it does not know'],
  ['mikel-mail/error_emails__content_transfer_encoding_empty.eml', ['subject'], RAW_BYTES],
  ['mikel-mail/error_emails__invalid_subject_characters.eml', ['subject'], RAW_BYTES],
  [
    'mikel-mail/error_emails__missing_body.eml',
    ['to', 'attachments'],
    `it takes an empty group in brackets apart into addresses; ${EMPTY_MULTIPART}`,
  ],
  ['mime4j/base64encoded-rfc822message-nested.msg', ['text'], 'it does not open a base64 message'],
  ['mime4j/base64encoded-rfc822message.msg', ['text'], 'it does not open a base64 message'],
  ['mime4j/ending-boundaries.msg', ['attachments'], NO_BOUNDARY],
  ['mime4j/missing-inner-boundary.msg', ['attachments'], NO_BOUNDARY],
  ['mime4j/missing-inner-start-boundary.msg', ['attachments'], NO_BOUNDARY],
  [
    'mimekit/messages__disposition-notification.anonymized.eml',
    ['date'],
    'a comment before the zone: it takes the time for UTC',
  ],
  ['mimekit/messages__disposition-notification.txt', ['date'], 'a comment before the zone: it takes the time for UTC'],
  ['mimekit/yenc__00000020.ntx.eml', ['text', 'attachments'], YENC],
  ['mimekit/yenc__simple.msg', ['text', 'attachments'], YENC],
  ['phpmmp/failure.eml', ['text'], 'labelled gb2312, but with characters of GBK'],
  ['phpmmp/issue126.eml', ['text', 'attachments'], 'with two Content-Types it takes the one that is not multipart'],
  ['phpmmp/issue230.eml', ['text'], 'it does not know x-mac-cyrillic'],
  ['sisimai/bsd__lhost-office365-12.eml', ['attachments'], NO_BOUNDARY],
  ['sisimai/bsd__rhost-google-02.eml', ['attachments'], NO_BOUNDARY],
  [
    'spamassassin/nice__unicode1.eml',
    ['subject', 'from', 'to'],
    'it does not know the language suffix of RFC 2231, nor UTF-8 in heads',
  ],
  ['spamassassin/nice__unicode2.eml', ['from'], 'it takes a lone encoded word for an address'],
  ['spamassassin/spam__008.eml', ['from', 'text'], `\`From  :\` is a header too, and the first; ${RAW_BYTES}`],
  ['spamassassin/spam__015.eml', ['attachments'], NO_BOUNDARY],
  ['spamassassin/spam__017.eml', ['attachments'], EMPTY_MULTIPART],
  ['spamassassin/spam__badmime2.txt', ['attachments'], NO_BOUNDARY],
  ['spamassassin/spam__badmime3.txt', ['attachments'], NO_BOUNDARY],
  ['stalwart/legacy__015.eml', ['subject', 'to'], RAW_BYTES],
  ['stalwart/legacy__016.eml', ['subject', 'to'], RAW_BYTES],
  ['stalwart/legacy__017.eml', ['to'], RAW_BYTES],
  ['stalwart/legacy__025.eml', ['subject', 'to'], RAW_BYTES],
  ['stalwart/legacy__049.eml', ['text', 'attachments'], UU],
  ['stalwart/malformed__002.eml', ['attachments'], NO_BOUNDARY],
  ['stalwart/malformed__004.eml', ['attachments'], NO_BOUNDARY],
  ['stalwart/malformed__013.eml', ['attachments'], EMPTY_MULTIPART],
  [
    'stalwart/malformed__019.eml',
    ['subject', 'to', 'text'],
    'noise in the first line: it takes the whole head for text',
  ],
  ['stalwart/thirdparty__015.eml', ['attachments'], EMPTY_MULTIPART],
  ['zbateson/github-102-01.txt', ['subject', 'to'], RAW_BYTES],
  ['zbateson/github-102-02.txt', ['subject', 'to', 'text'], RAW_BYTES],
  ['zbateson/m0009.txt', ['subject', 'to', 'text'], RAW_BYTES],
  ['zbateson/m3007.txt', ['to'], RAW_BYTES],
  ['zbateson/m4001.txt', ['subject', 'to'], RAW_BYTES],
]

/** Mails on which an oracle gives no answer at all. */
export const NO_ANSWER: Readonly<Record<'mailparser' | 'python', readonly string[]>> = {
  mailparser: [],
  python: ['mimekit/messages__stack-overflow.txt'],
}
