import { CopyButton } from '../../components/CopyButton.tsx'
import { words } from '../../words/words.ts'

const say = words.welcome.demoPanel
const START = 'npm run demo'
const OTHER_PORT = 'MAILTIDE_PORT=8001 npm run demo'

/** How one looks without a Google account. The demo is a service of its own, so it is told how to start it, not started. */
export function DemoPanel({ isDemo }: { readonly isDemo: boolean }) {
  if (isDemo) {
    return (
      <>
        <h2>{say.isDemo}</h2>
        <p className="note">{say.isDemoText}</p>
      </>
    )
  }
  return (
    <>
      <h2>{say.title}</h2>
      <p className="note">{say.text}</p>
      <Command label={say.start} command={START} />
      <Command label={say.port} command={OTHER_PORT} />
    </>
  )
}

function Command({ label, command }: { readonly label: string; readonly command: string }) {
  return (
    <div className="copy-row">
      <span>{label}</span>
      <code>{command}</code>
      <CopyButton text={command} what={command} />
    </div>
  )
}
