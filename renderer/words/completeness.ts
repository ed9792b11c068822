import type { AccountAudit, Completeness, Finding } from '../../shared/audit.ts'
import { describeFinding, stepWords } from '../../shared/audit-words.ts'
import type { Formats } from '../format.ts'
import type { Text } from './text.ts'
import type { TimeWords } from './words.ts'

/** Whether the copy is complete: the line of a card, and the dialog behind it. */
export function completenessWords(format: Formats, times: TimeWords) {
  const of = (stored: number, gmail: number): string => `${format.number(stored)} of ${format.number(gmail)}`
  return {
    /** The line of a card; null while nobody knows. */
    line: <P>({ verdict, figures, differences, lost, running }: Completeness, checked: P | null): Text<P> | null => {
      const when: Text<P> = checked === null ? [] : [', checked ', checked]
      if (running !== null) {
        const amount = running.total > 0 ? `, ${of(running.done, running.total)}` : ''
        return [`Being verified: ${stepWords[running.step]}${amount}`]
      }
      if (differences > 0) {
        const open = differences - lost
        const parts = [
          ...(open > 0 ? [`${times.counted(open, 'difference', 'differences')} not repaired`] : []),
          ...(lost > 0 ? [`${times.counted(lost, 'original', 'originals')} beyond repair`] : []),
        ]
        return [`Not complete: ${parts.join(', ')}`, ...when]
      }
      if (verdict === 'unknown' || figures === null) return null
      const amount = of(figures.stored, figures.gmail)
      switch (verdict) {
        case 'complete':
          return [`Complete: ${amount}`, ...when]
        case 'waiting':
          return [`Not complete yet: ${amount}`, ...when]
        case 'differs':
          return [`Not complete: ${amount}`, ...when]
      }
    },
    open: 'Is it complete?',
    details: 'Details',
    title: (email: string) => `Is the copy of ${email} complete?`,
    notYet:
      'Nobody has verified it yet. Mailtide does so by itself an hour after the first download began, and weekly from then on.',
    readLocal: ({ read, originals }: NonNullable<AccountAudit['local']>) =>
      `${of(read, originals)} originals read in full`,
    readDeep: ({ compared }: NonNullable<AccountAudit['deep']>) =>
      `${times.counted(compared, 'original', 'originals')} compared byte by byte with Gmail’s`,
    finding: (finding: Finding) => describeFinding(finding),
    found: 'What was found',
    waiting: (count: number, reason: string) => `${format.number(count)} waiting: ${reason}`,
    caption: (email: string) => `Messages of ${email} by label`,
    label: 'Label',
    all: 'Everything',
    gmail: 'Gmail',
    stored: 'Stored',
    waits: 'Waiting',
    gone: 'Gone, kept',
    number: (value: number) => format.number(value),
    verify: 'Verify',
    repair: 'Repair',
    end: 'End',
    close: 'Close',
    loading: 'Asking what is known',
  }
}
