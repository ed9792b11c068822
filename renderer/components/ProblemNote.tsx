import { useState } from 'react'
import type { Problem } from '../../shared/errors.ts'
import { needsToken } from '../backend/backend.ts'
import { useBackend } from '../backend/context.ts'
import { sentence } from '../words/text.ts'
import { words } from '../words/words.ts'
import { LinkButton } from './Button.tsx'
import { Icon } from './Icon.tsx'
import { TokenDialog } from './TokenDialog.tsx'

export interface ProblemNoteProps {
  readonly problem: Problem | null
  /** The API token was entered: what was refused without it can be asked again. */
  readonly onToken?: () => void
}

/** Why something that was asked for did not happen, beside where it was asked, with what to do about it. */
export function ProblemNote({ problem, onToken }: ProblemNoteProps) {
  const { giveToken } = useBackend()
  const [isAsking, setAsking] = useState(false)
  return (
    <div className="problem-note" role="alert">
      {problem === null ? null : (
        <p data-tone="bad">
          <Icon name="bad" isSmall />
          <span>
            <b>{words.told(problem.title)}.</b> {problem.detail === undefined ? '' : `${words.told(problem.detail)}. `}
            {needsToken(problem) && giveToken !== null ? (
              <LinkButton onClick={() => setAsking(true)}>{words.frame.token.enter}</LinkButton>
            ) : (
              problem.remedy !== undefined && sentence(words.told(problem.remedy))
            )}
          </span>
        </p>
      )}
      {isAsking ? (
        <TokenDialog onClose={() => setAsking(false)} {...(onToken === undefined ? {} : { onToken })} />
      ) : null}
    </div>
  )
}
