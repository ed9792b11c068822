import { type ReactNode, useId } from 'react'
import type { AccountView, GaugeView, Line, Part } from '../model/account-view.ts'
import type { Tone } from '../model/tones.ts'
import { words } from '../words/words.ts'
import { Address } from './Address.tsx'
import { LinkButton } from './Button.tsx'
import { Gauge } from './Gauge.tsx'
import { Icon } from './Icon.tsx'
import { PageLink, useHasPage } from './PageLink.tsx'
import { Said } from './Said.tsx'
import { Time } from './Time.tsx'

const say = words.account

export interface AccountCardProps {
  readonly email: string
  readonly isDemo: boolean
  readonly view: AccountView
  readonly menu: ReactNode
  /** The list of messages with problems, and whether it is open. */
  readonly troubles: { readonly id: string; readonly isOpen: boolean; readonly list: ReactNode; onToggle(): void }
  readonly onResume: () => void
  /** Below: remedy, sign-in, what went wrong. */
  readonly children?: ReactNode
}

/** One account. Name, numbers, state and times keep their four corners in every state. */
export function AccountCard({ email, isDemo, view, menu, troubles, onResume, children }: AccountCardProps) {
  const id = useId()
  const { look, gauge } = view
  const hasLog = useHasPage('logs')
  const more = hasLog ? view.more : view.more.filter((line) => !line.some(isLogLink))
  const toggle = (label: ReactNode): ReactNode => (
    <button
      type="button"
      className="toggle"
      aria-expanded={troubles.isOpen}
      aria-controls={troubles.isOpen ? troubles.id : undefined}
      onClick={troubles.onToggle}
    >
      {label}
      <Icon name="down" isSmall />
    </button>
  )
  const partOf = (part: Part): ReactNode => {
    switch (part.kind) {
      case 'time':
        return <Time at={part.at} />
      case 'number':
        return <b data-room={say.count(part.upTo).length}>{say.count(part.value)}</b>
      case 'troubles':
        return toggle(<Said text={say.waiting(<b>{say.count(part.value)}</b>)} part={(inner) => inner} />)
      case 'log':
        return (
          <PageLink
            page="logs"
            params={{ account: email, level: 'warning', ...(part.at === null ? {} : { at: part.at }) }}
          >
            {say.showLog}
          </PageLink>
        )
      case 'resume':
        return <LinkButton onClick={onResume}>{say.resume}</LinkButton>
    }
  }
  return (
    <li
      className="account"
      data-tone={look.tone}
      data-active={look.isActive || undefined}
      data-open={troubles.isOpen || undefined}
    >
      <article aria-labelledby={id}>
        <Icon name={look.icon} />
        <div className="account-head">
          <h3 className="account-name" id={id}>
            <Address email={email} />
            {isDemo ? <span className="badge">{say.demo.badge}</span> : null}
          </h3>
          <p className="account-state">
            <b>
              <Said text={view.state} part={partOf} />
            </b>
            <Dotted lines={more} partOf={partOf} isAfter />
          </p>
        </div>
        <div className="account-side">
          <p>
            <Dotted lines={view.counts} partOf={partOf} />
          </p>
          <p>
            <Dotted lines={view.times} partOf={partOf} />
          </p>
        </div>
        <div className="account-actions">{menu}</div>
        <div className="account-rest">
          {gauge === null ? null : <Progress gauge={gauge} tone={look.tone} toggle={toggle} />}
          {troubles.isOpen ? <div id={troubles.id}>{troubles.list}</div> : null}
          {children}
        </div>
      </article>
    </li>
  )
}

const isLogLink = (piece: string | Part): boolean => typeof piece !== 'string' && piece.kind === 'log'

interface DottedProps {
  readonly lines: readonly Line[]
  readonly partOf: (part: Part) => ReactNode
  /** Something stands before them. */
  readonly isAfter?: boolean
}

/** Facts in a row, parted by dots. */
function Dotted({ lines, partOf, isAfter = false }: DottedProps) {
  return lines.map((line, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: facts have their places and no names
    <span key={index} className={isAfter || index > 0 ? 'dot' : undefined}>
      <Said text={line} part={partOf} />
    </span>
  ))
}

interface ProgressProps {
  readonly gauge: GaugeView
  readonly tone: Tone
  readonly toggle: (label: string) => ReactNode
}

function Progress({ gauge, tone, toggle }: ProgressProps) {
  const { percent, facts, failed, end } = gauge
  const shown = percent === null ? null : say.percent(percent)
  const text = [shown, end].filter((part) => part !== null).join(', ')
  return (
    <div className="progress">
      <Gauge
        label={say.gauge}
        percent={percent}
        text={text === '' ? say.countingGmail : text}
        // Waiting looks the same whoever ends it; the state above says who.
        tone={tone === 'work' || tone === 'rest' ? tone : 'wait'}
      />
      <p className="progress-facts">
        {shown === null ? null : <b>{shown}</b>}
        {facts.map((fact) => (
          <span key={fact} className="reading">
            {fact}
          </span>
        ))}
        {end === null ? null : <span className="left">{end}</span>}
        {failed === 0 ? null : <span className="end">{toggle(say.toBeTriedAgain(failed))}</span>}
      </p>
    </div>
  )
}
