import type { Snapshot } from '../../../shared/status.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { PageLink } from '../../components/PageLink.tsx'
import { ProblemNote } from '../../components/ProblemNote.tsx'
import { useOperation } from '../../use-operation.ts'
import { words } from '../../words/words.ts'

const say = words.welcome.demoPanel

export interface DemoPanelProps {
  readonly snapshot: Pick<Snapshot, 'host' | 'accounts'>
  readonly onAdded: () => void
}

/** How one looks without a Google account: an account with made-up mail, by one button. */
export function DemoPanel({ snapshot, onAdded }: DemoPanelProps) {
  const add = useOperation('demoAdd')
  if (snapshot.host.kind === 'demo') return <Told title={say.isDemo} text={say.isDemoText} />
  if (add.state !== 'pending' && snapshot.accounts.some(({ demo }) => demo)) {
    return (
      <>
        <Told title={say.isThere} text={say.isThereText} />
        <p>
          <PageLink page="overview" className="btn">
            {say.show}
          </PageLink>
        </p>
      </>
    )
  }
  const start = async (): Promise<void> => {
    if ((await add.run({})) !== null) onAdded()
  }
  return (
    <>
      <Told title={say.title} text={say.text} />
      <ul className="facts">
        {say.facts.map((fact) => (
          <li key={fact}>
            <Icon name="ok" isSmall />
            {fact}
          </li>
        ))}
      </ul>
      <p>
        <Button kind="turn" isPending={add.state === 'pending'} onClick={() => void start()}>
          {say.start}
        </Button>
      </p>
      <ProblemNote problem={add.state === 'failed' ? add.problem : null} onToken={() => void start()} />
    </>
  )
}

function Told({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <>
      <h2>{title}</h2>
      <p className="note">{text}</p>
    </>
  )
}
