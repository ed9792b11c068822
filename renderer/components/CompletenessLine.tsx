import type { Completeness } from '../../shared/audit.ts'
import { words } from '../words/words.ts'
import { LinkButton } from './Button.tsx'
import { Said } from './Said.tsx'
import { Time } from './Time.tsx'

const say = words.completeness

export interface CompletenessLineProps {
  readonly completeness: Completeness
  readonly onOpen: () => void
}

/** One line: is the copy complete, and since when is that known. Nothing while nobody knows. */
export function CompletenessLine({ completeness, onOpen }: CompletenessLineProps) {
  const { checked_at, verdict, running } = completeness
  const text = say.line(completeness, checked_at === null ? null : <Time at={new Date(checked_at)} />)
  if (text === null) return null
  return (
    <p className="account-complete" data-verdict={running === null ? verdict : 'running'}>
      <Said text={text} part={(part) => part} /> <LinkButton onClick={onOpen}>{say.details}</LinkButton>
    </p>
  )
}
