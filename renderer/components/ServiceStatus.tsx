import type { NextCycle, ServiceView } from '../model/service-view.ts'
import { words } from '../words/words.ts'
import { Icon } from './Icon.tsx'
import { Said } from './Said.tsx'
import { Countdown } from './Time.tsx'

const say = words.service

/** When the next cycle starts, counting down; nothing when none is planned. */
export function NextCycleText({ next, isShort = false }: { readonly next: NextCycle; readonly isShort?: boolean }) {
  switch (next.kind) {
    case 'none':
      return null
    case 'after_this':
      return isShort ? say.nextAfterThisShort : say.nextAfterThis
    case 'at': {
      const countdown = <Countdown to={next.at} />
      const text = next.isAfterThis && !isShort ? say.nextCycleOrLater(countdown) : say.nextCycle(countdown)
      return <Said text={text} part={(part) => part} />
    }
  }
}

/** The foot of the navigation: the state of the service on every page. */
export function ServiceStatus({ view }: { readonly view: ServiceView }) {
  return (
    <div
      className="side-status"
      data-tone={view.look.tone}
      data-active={view.look.isActive || undefined}
      title={view.short}
    >
      <Icon name={view.look.icon} />
      <b>{view.short}</b>
      <span>
        {view.shortDetail}
        <NextCycleText next={view.next} isShort />
      </span>
    </div>
  )
}
