import type { Problem } from '../../shared/errors.ts'
import type { ServiceView } from '../model/service-view.ts'
import { words } from '../words/words.ts'
import { Button } from './Button.tsx'
import { Icon } from './Icon.tsx'
import { ProblemNote } from './ProblemNote.tsx'
import { NextCycleText } from './ServiceStatus.tsx'

const say = words.service
const usualIntervals = [1, 5, 10, 15, 30, 60]

/** The second line of the head: the next cycle, and what else is to be said. */
export function ServiceDetail({ view }: { readonly view: ServiceView }) {
  return (
    <>
      <NextCycleText next={view.next} />
      {view.detail === null ? null : (
        <span className={view.next.kind === 'none' ? undefined : 'dot'}>{view.detail}</span>
      )}
    </>
  )
}

export interface ServiceControlsProps {
  readonly view: ServiceView
  readonly interval: number
  readonly isBusy: boolean
  readonly problem: Problem | null
  readonly onInterval: (minutes: number) => void
  readonly onSyncNow: () => void
  readonly onStart: () => void
  readonly onStop: () => void
}

/** How often, now, and on or off. */
export function ServiceControls(props: ServiceControlsProps) {
  const { view, interval, isBusy, problem, onInterval, onSyncNow, onStart, onStop } = props
  const choices = usualIntervals.includes(interval)
    ? usualIntervals
    : [...usualIntervals, interval].sort((a, b) => a - b)
  return (
    <>
      <label className="labelled">
        {say.every}
        <span className="select">
          <select value={interval} onChange={(event) => onInterval(Number(event.target.value))}>
            {choices.map((minutes) => (
              <option key={minutes} value={minutes}>
                {say.interval(minutes)}
              </option>
            ))}
          </select>
          <Icon name="down" isSmall />
        </span>
      </label>
      <Button icon="sync" disabled={!view.canSyncNow} isPending={isBusy} onClick={onSyncNow}>
        {say.syncNow}
      </Button>
      {view.canStart ? (
        <Button kind="turn" icon="play" isPending={isBusy} onClick={onStart}>
          {say.start}
        </Button>
      ) : (
        <Button icon="stop" disabled={!view.canStop} isPending={isBusy} onClick={onStop}>
          {say.stop}
        </Button>
      )}
      <ProblemNote problem={problem} />
    </>
  )
}
