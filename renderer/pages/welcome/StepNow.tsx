import { type ReactNode, useEffect, useRef } from 'react'
import type { GuideStep } from '../../../shared/google-guide.ts'
import { Button } from '../../components/Button.tsx'
import { CopyButton } from '../../components/CopyButton.tsx'
import { GuideErrorList } from '../../components/GuideErrors.tsx'
import { GuideText } from '../../components/GuideText.tsx'
import { OutsideLink } from '../../components/OutsideLink.tsx'
import { Said } from '../../components/Said.tsx'
import { errorsOfStep, neighboursOf } from '../../model/guide.ts'
import { hrefOf } from '../../navigation.ts'
import { words } from '../../words/words.ts'

const say = words.welcome.guide

export interface StepNowProps {
  readonly step: GuideStep
  readonly isDone: boolean
  /** The error that somebody was sent here for. */
  readonly openError: string | null
  readonly onDone: () => void
  /** What is done here rather than at Google. */
  readonly children: ReactNode
}

/** The step at hand: why, where, what to click, what to copy, and how one sees that it is done. */
export function StepNow({ step, isDone, openError, onDone, children }: StepNowProps) {
  const { before, after } = neighboursOf(step)
  const errors = errorsOfStep(step)
  const heading = useHeadingFocus(step.id)
  const isHere = children !== null
  return (
    <section className="guide-now" aria-labelledby="step-now">
      <h2 id="step-now" ref={heading} tabIndex={-1}>
        {step.title}
      </h2>
      <p>
        <GuideText text={step.why} />
      </p>
      {step.link === undefined ? null : (
        <p>
          <OutsideLink href={step.link} className={isDone || isHere ? 'btn' : 'btn btn-turn'}>
            {say.openAtGoogle}
          </OutsideLink>
        </p>
      )}
      <ol className="todo">
        {step.actions.map((action) => (
          <li key={action}>
            <span>
              <GuideText text={action} />
            </span>
          </li>
        ))}
      </ol>
      {(step.copy ?? []).map(({ label, value }) => (
        <div className="copy-row" key={label}>
          <span>{label}</span>
          <code>{value}</code>
          <CopyButton text={value} what={label} />
        </div>
      ))}
      {children}
      {isHere ? null : (
        <p className="note">
          <Said text={say.howOneSees(<GuideText key="result" text={step.result} />)} part={(part) => part} />
        </p>
      )}
      <div className="guide-foot">
        {before === null ? (
          <span />
        ) : (
          <a className="btn btn-quiet" href={hrefOf('welcome', before.id)}>
            {say.back}
          </a>
        )}
        {after === null || (isHere && !isDone) ? null : (
          <Button
            kind={isHere && isDone ? 'turn' : 'plain'}
            onClick={() => {
              onDone()
              window.location.assign(hrefOf('welcome', after.id))
            }}
          >
            {isDone ? say.continue : say.next}
          </Button>
        )}
      </div>
      {errors.length === 0 ? null : (
        <>
          <h3 className="help-title">{say.helpTitle}</h3>
          <GuideErrorList key={`${step.id} ${openError}`} errors={errors} open={openError} />
        </>
      )}
    </section>
  )
}

/** Whoever goes to another step begins at its heading; the first one leaves the focus alone. */
function useHeadingFocus(id: string) {
  const heading = useRef<HTMLHeadingElement>(null)
  const last = useRef(id)
  useEffect(() => {
    if (last.current === id) return
    last.current = id
    heading.current?.focus()
  }, [id])
  return heading
}
