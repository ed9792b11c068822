import type { AccountAudit, Completeness, LabelFigures } from '../../shared/audit.ts'
import { allFindings } from '../../shared/audit-words.ts'
import type { Problem } from '../../shared/errors.ts'
import { words } from '../words/words.ts'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { ProblemNote } from './ProblemNote.tsx'
import { Said } from './Said.tsx'
import { Time } from './Time.tsx'

const say = words.completeness

export interface VerifyDialogProps {
  readonly email: string
  readonly completeness: Completeness
  /** Null while it is asked for. */
  readonly audit: AccountAudit | null
  readonly isPending: boolean
  readonly problem: Problem | null
  readonly onVerify: (repair: boolean) => void
  readonly onEnd: () => void
  readonly onClose: () => void
}

/** What Gmail has, what is stored, and why they differ, by label; and the way to look again or to put it right. */
export function VerifyDialog({ email, completeness, audit, isPending, problem, ...on }: VerifyDialogProps) {
  const { running, checked_at, differences } = completeness
  const line = say.line(completeness, checked_at === null ? null : <Time at={new Date(checked_at)} />)
  const findings = audit === null ? [] : allFindings(audit)
  const isRepair = differences > 0
  return (
    <Dialog
      title={say.title(email)}
      onClose={on.onClose}
      onSubmit={() => (running === null ? on.onVerify(isRepair) : on.onEnd())}
      actions={
        <>
          <Button onClick={on.onClose}>{say.close}</Button>
          {running === null && isRepair ? (
            <Button isPending={isPending} onClick={() => on.onVerify(false)}>
              {say.verify}
            </Button>
          ) : null}
          <Button kind={isRepair && running === null ? 'turn' : 'plain'} isSubmit isPending={isPending}>
            {running === null ? (isRepair ? say.repair : say.verify) : say.end}
          </Button>
        </>
      }
    >
      <p role="status">{line === null ? say.notYet : <Said text={line} part={(part) => part} />}</p>
      {audit === null ? null : (
        <>
          {audit.local === null ? null : <p className="verify-read">{say.readLocal(audit.local)}</p>}
          {audit.deep === null ? null : <p className="verify-read">{say.readDeep(audit.deep)}</p>}
          {findings.length === 0 ? null : (
            <ul className="verify-findings" aria-label={say.found}>
              {findings.map((finding) => (
                <li key={finding.kind} data-open={finding.repaired < finding.count || undefined}>
                  {say.finding(finding)}
                </li>
              ))}
            </ul>
          )}
          {audit.gmail === null ? null : <Figures email={email} {...audit.gmail} />}
        </>
      )}
      <ProblemNote problem={problem} />
    </Dialog>
  )
}

type FiguresProps = Pick<NonNullable<AccountAudit['gmail']>, 'figures' | 'labels' | 'waiting'> & {
  readonly email: string
}

function Figures({ email, figures, labels, waiting }: FiguresProps) {
  const shown = labels.filter((label) => label.gmail + label.stored + label.waiting + label.gone > 0)
  return (
    <>
      {waiting.map(({ code, reason, count }) => (
        <p key={`${code} ${reason}`}>{say.waiting(count, reason)}</p>
      ))}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a long list is scrolled by keyboard too */}
      <section className="verify-labels" tabIndex={0} aria-label={say.caption(email)}>
        <table>
          <caption className="sr">{say.caption(email)}</caption>
          <thead>
            <tr>
              <th scope="col">{say.label}</th>
              {[say.gmail, say.stored, say.waits, say.gone].map((name) => (
                <th key={name} scope="col" className="num">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <Row {...figures} label_id="" name={say.all} />
            {shown.map((label) => (
              <Row key={label.label_id} {...label} />
            ))}
          </tbody>
        </table>
      </section>
    </>
  )
}

function Row({ name, gmail, stored, waiting, gone }: LabelFigures) {
  return (
    <tr data-differs={gmail !== stored || undefined}>
      <th scope="row">{name}</th>
      <td className="num">{say.number(gmail)}</td>
      <td className="num">{say.number(stored)}</td>
      <td className="num">{say.number(waiting)}</td>
      <td className="num">{say.number(gone)}</td>
    </tr>
  )
}
