import type { GuideStep } from '../../../shared/google-guide.ts'
import { Gauge } from '../../components/Gauge.tsx'
import { Icon } from '../../components/Icon.tsx'
import { personalSteps, workspaceSteps } from '../../model/guide.ts'
import { hrefOf } from '../../navigation.ts'
import { words } from '../../words/words.ts'

const say = words.welcome.guide

export interface StepListProps {
  readonly current: GuideStep
  readonly done: ReadonlySet<string>
}

/** All steps with their ticks; each is a link, for one may know some of it already. */
export function StepList({ current, done }: StepListProps) {
  const count = personalSteps.filter(({ id }) => done.has(id)).length
  const text = say.doneOf(count, personalSteps.length)
  return (
    <nav className="guide-steps" aria-label={say.steps}>
      <div className="guide-progress">
        <span>{text}</span>
        <Gauge label={say.progress} percent={(100 * count) / personalSteps.length} text={text} tone="work" />
      </div>
      <Steps steps={personalSteps} current={current} done={done} />
      <h2 className="guide-more">{say.workspace}</h2>
      <Steps steps={workspaceSteps} current={current} done={done} />
    </nav>
  )
}

function Steps({ steps, current, done }: StepListProps & { readonly steps: readonly GuideStep[] }) {
  return (
    <ol>
      {steps.map((step, index) => {
        const isDone = done.has(step.id)
        return (
          <li key={step.id}>
            <a
              className="step"
              href={hrefOf('welcome', step.id)}
              data-step={isDone ? 'done' : undefined}
              aria-current={step === current ? 'step' : undefined}
            >
              {isDone ? (
                <Icon name="ok" />
              ) : (
                <span className="n" aria-hidden="true">
                  {say.number(index + 1)}
                </span>
              )}
              <span>
                {step.title}
                {isDone ? <span className="sr">{say.isDone}</span> : null}
              </span>
            </a>
          </li>
        )
      })}
    </ol>
  )
}
