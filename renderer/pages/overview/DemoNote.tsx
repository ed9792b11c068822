import { LinkButton } from '../../components/Button.tsx'
import { PageLink } from '../../components/PageLink.tsx'
import { words } from '../../words/words.ts'

const say = words.account.demo

export interface DemoNoteProps {
  /** The person has an account of their own already. */
  readonly hasOwn: boolean
  readonly onEnd: () => void
}

/** What the demo account is, how to go on from it, and how to end it. */
export function DemoNote({ hasOwn, onEnd }: DemoNoteProps) {
  return (
    <p className="account-demo">
      <span>{say.text}</span>
      {hasOwn ? null : <PageLink page="welcome">{say.addOwn}</PageLink>}
      <LinkButton onClick={onEnd}>{say.end}</LinkButton>
    </p>
  )
}
