/** Maildir file names, which hold the state of a mail: https://cr.yp.to/proto/maildir.html */

export interface MaildirFlags {
  readonly draft: boolean
  readonly flagged: boolean
  readonly replied: boolean
  readonly seen: boolean
  readonly trashed: boolean
}

/** Flags of a file name; the part after `:2,` (`;2,` or `!2,` where a colon cannot stand). A name without has none. */
export function readMaildirName(name: string): MaildirFlags {
  const letters = /[:;!]2,([A-Za-z]*)$/.exec(name)?.[1] ?? ''
  return {
    draft: letters.includes('D'),
    flagged: letters.includes('F'),
    replied: letters.includes('R'),
    seen: letters.includes('S'),
    trashed: letters.includes('T'),
  }
}

/** A file name for a mail in `cur`: unique part, then the flags in alphabetical order. */
export function writeMaildirName(unique: string, flags: Partial<MaildirFlags>): string {
  const letters = [
    flags.draft ? 'D' : '',
    flags.flagged ? 'F' : '',
    flags.replied ? 'R' : '',
    flags.seen ? 'S' : '',
    flags.trashed ? 'T' : '',
  ].join('')
  return `${unique.replaceAll(/[/:]/g, '_')}:2,${letters}`
}

/** Gmail's label ids for a mail with these flags, when it lies in the inbox or elsewhere. */
export function labelsOf(flags: MaildirFlags, inbox: boolean): string[] {
  return [
    ...(inbox && !flags.draft && !flags.trashed ? ['INBOX'] : []),
    ...(flags.draft ? ['DRAFT'] : []),
    ...(flags.trashed ? ['TRASH'] : []),
    ...(flags.flagged ? ['STARRED'] : []),
    ...(flags.seen || flags.draft ? [] : ['UNREAD']),
  ]
}
