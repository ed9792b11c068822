import type { Connection } from '../../backend/backend.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Said } from '../../components/Said.tsx'
import type { LogView } from '../../model/log-store.ts'
import { words } from '../../words/words.ts'

const say = words.logs

export interface LogFootProps {
  readonly view: LogView
  readonly connection: Connection
  /** What came of a button. */
  readonly said: string
  readonly onPause: () => void
  readonly onResume: () => void
}

/** Whether the log goes on, what has come since it stands still, and what came of a button. */
export function LogFoot({ view, connection, said, onPause, onResume }: LogFootProps) {
  const { paused, shown, total } = view
  return (
    <div className="log-foot">
      <Icon name={paused === null ? 'logs' : 'pause'} />
      <p>
        {/* New lines are counted where nobody hears it: it would be said with each of them. */}
        <span role="status">{paused === null ? stateOf(connection).state : say.pausedAt(paused.at)}</span>
        <span className="dot">
          {paused === null ? (
            stateOf(connection).next
          ) : (
            <Said text={say.fresh(paused.fresh, <b>{say.count(paused.fresh)}</b>)} part={(part) => part} />
          )}
        </span>
        {shown === total ? null : <span className="dot">{say.shownOf(shown, total)}</span>}
        <span role="status" className={said === '' ? undefined : 'dot'}>
          {said}
        </span>
      </p>
      <span className="controls">
        {paused === null ? (
          <Button icon="bars" onClick={onPause}>
            {say.pause}
          </Button>
        ) : (
          <Button icon="play" onClick={onResume}>
            {paused.fresh === 0 ? say.goOn : say.showNew}
          </Button>
        )}
      </span>
    </div>
  )
}

function stateOf({ state }: Connection): { readonly state: string; readonly next: string } {
  if (state === 'connected') return { state: say.live, next: say.newestLast }
  if (state === 'connecting') return { state: say.looking, next: say.newestLast }
  return { state: say.lost, next: say.lostNext }
}
