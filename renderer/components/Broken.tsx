import { words } from '../words/words.ts'
import { Button } from './Button.tsx'

const say = words.frame.problem

/** What is shown when the window itself fails: the service goes on, and a reload helps. */
export function Broken() {
  return (
    <main className="broken">
      <div className="empty">
        <h1>{say.broken}</h1>
        <span>{say.brokenRemedy}.</span>
        <Button kind="turn" onClick={() => window.location.reload()}>
          {say.reload}
        </Button>
      </div>
    </main>
  )
}
