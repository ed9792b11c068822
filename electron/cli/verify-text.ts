import type { AccountAudit, AuditFigures, Verification } from '../../shared/audit.ts'
import { allFindings, describeFinding } from '../../shared/audit-words.ts'
import { counted, moment, number } from '../../shared/describe.ts'
import { wrap } from './lines.ts'
import type { Paint } from './paint.ts'

/** What a verification found, for people, in 80 columns. */
export function verificationText(verification: Verification, now: Date, paint: Paint, labels: boolean): string {
  if (verification.accounts.length + verification.unseen.length === 0 && verification.state === 'done')
    return 'There are no accounts yet.\n'
  const blocks = [
    ...verification.accounts.map((audit) => auditLines(audit, now, paint, labels)),
    ...verification.unseen.map(({ account, part, message, remedy }) => [
      ...wrap(`${account}: could not check ${partWords[part]}: ${message}`, '', paint.bad),
      ...(remedy === null ? [] : wrap(`What to do: ${remedy}`, '  ')),
    ]),
    ...(verification.state === 'cancelled' ? [['The verification was stopped before it finished.']] : []),
  ]
  return blocks.map((lines) => `${lines.join('\n')}\n`).join('\n')
}

const partWords = { local: 'what is stored', gmail: 'Gmail', deep: 'the bytes in Gmail' } as const

const verdictWords = {
  complete: 'Complete: everything that Gmail has is here.',
  waiting: 'Not complete yet: some messages are still to be downloaded.',
  differs: 'The copy differs from Gmail.',
  unknown: 'Nothing wrong was found here. Gmail was not asked.',
} as const

function auditLines(audit: AccountAudit, now: Date, paint: Paint, showLabels: boolean): readonly string[] {
  const { account, verdict, gmail, local, deep } = audit
  const isGood = verdict === 'complete' || verdict === 'unknown'
  const findings = allFindings(audit)
  return [
    ...wrap(account, '', paint.strong),
    ...wrap(verdictWords[verdict], '  ', isGood ? undefined : paint.bad),
    ...(gmail === null ? [] : wrap(`${figuresText(gmail.figures)}; compared ${moment(gmail.at, now)}`, '  ')),
    ...(gmail?.waiting ?? []).flatMap(({ reason, count }) => wrap(`${number(count)} waiting: ${reason}`, '    ')),
    ...(local === null
      ? []
      : wrap(`${number(local.read)} of ${counted(local.originals, 'original')} read in full`, '  ')),
    ...(local?.held === undefined
      ? []
      : wrap(
          `${number(local.held)} originals were not downloaded again automatically, because there are so many`,
          '  ',
          paint.bad,
        )),
    ...(deep === null ? [] : wrap(`${counted(deep.compared, 'original')} compared byte by byte with Gmail’s`, '  ')),
    ...findings.flatMap((finding) => [
      ...wrap(describeFinding(finding), '  ', finding.repaired < finding.count ? paint.bad : undefined),
      ...wrap(finding.examples.slice(0, 3).join(', ') + (finding.count > 3 ? ', …' : ''), '    '),
    ]),
    ...(showLabels && gmail !== null ? ['', ...labelTable(gmail.labels)] : []),
  ]
}

const figuresText = ({ gmail, stored, waiting, gone }: AuditFigures): string =>
  [
    `Gmail ${number(gmail)}`,
    `stored ${number(stored)}`,
    ...(waiting > 0 ? [`waiting ${number(waiting)}`] : []),
    ...(gone > 0 ? [`kept after deletion in Gmail ${number(gone)}`] : []),
  ].join(', ')

function labelTable(labels: NonNullable<AccountAudit['gmail']>['labels']): readonly string[] {
  const row = (name: string, ...cells: readonly string[]): string =>
    `  ${[...name].slice(0, 34).join('').padEnd(34)}${cells.map((cell) => cell.padStart(10)).join('')}`.trimEnd()
  return [
    row('Label', 'Gmail', 'stored', 'waiting', 'gone'),
    ...labels
      .filter((label) => label.gmail + label.stored + label.waiting + label.gone > 0)
      .map((label) =>
        row(label.name, ...[label.gmail, label.stored, label.waiting, label.gone].map((value) => number(value))),
      ),
  ]
}
