import type { Problem } from '../../shared/errors.ts'
import type { FailedMessage } from '../../shared/figures.ts'
import { words } from '../words/words.ts'
import { Button } from './Button.tsx'
import { PageLink } from './PageLink.tsx'
import { ProblemNote } from './ProblemNote.tsx'
import { Time } from './Time.tsx'

const say = words.account.troubles

export interface TroubleListProps {
  readonly email: string
  /** Null while they are asked for. */
  readonly failures: readonly FailedMessage[] | null
  readonly total: number
  readonly isTrying: boolean
  readonly problem: Problem | null
  readonly onTryNow: () => void
}

/** A message in Gmail, in the mailbox of the account. */
const gmailAddress = (email: string, id: string): string =>
  `https://mail.google.com/mail/?authuser=${encodeURIComponent(email)}#all/${encodeURIComponent(id)}`

/** Which messages could not be stored or read yet, why, and when they are tried again. */
export function TroubleList({ email, failures, total, isTrying, problem, onTryNow }: TroubleListProps) {
  return (
    <div className="trouble-list">
      {failures === null || failures.length === 0 ? (
        <p className="trouble-none">
          {failures === null && problem === null ? say.loading : problem === null ? say.none : null}
        </p>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a long list is scrolled by keyboard too
        <section className="trouble-rows" tabIndex={0} aria-label={say.caption(email)}>
          <table>
            <caption className="sr">{say.caption(email)}</caption>
            <thead>
              <tr>
                <th scope="col">{say.message}</th>
                <th scope="col">{say.why}</th>
                <th scope="col" className="num">
                  {say.tries}
                </th>
                <th scope="col" className="num">
                  {say.nextTry}
                </th>
              </tr>
            </thead>
            <tbody>
              {failures.map((failure) => (
                <tr key={`${failure.gmail_id} ${failure.stage}`}>
                  <td className="mono">
                    <a
                      href={gmailAddress(email, failure.gmail_id)}
                      target="_blank"
                      rel="noopener noreferrer"
                      aria-label={say.openInGmail(failure.gmail_id)}
                    >
                      {failure.gmail_id}
                    </a>
                  </td>
                  <td>{failure.reason}</td>
                  <td className="num" data-label={say.tries}>
                    {words.account.count(failure.attempts)}
                  </td>
                  <td className="num" data-label={say.nextTry}>
                    {failure.next_try_at === null ? say.never : <Time at={new Date(failure.next_try_at)} />}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      <div className="trouble-foot">
        <span>
          {failures !== null && failures.length < total ? `${say.more(failures.length, total)} ` : ''}
          {say.byThemselves}{' '}
          <PageLink page="logs" params={{ account: email, level: 'warning' }}>
            {words.account.showLog}
          </PageLink>
        </span>
        <span className="controls">
          <Button isPending={isTrying} onClick={onTryNow}>
            {say.tryNow}
          </Button>
        </span>
      </div>
      <ProblemNote problem={problem} />
    </div>
  )
}
