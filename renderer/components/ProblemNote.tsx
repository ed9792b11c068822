import type { Problem } from '../../shared/errors.ts'
import { Icon } from './Icon.tsx'

/** Why something that was asked for did not happen, beside where it was asked, with what to do about it. */
export function ProblemNote({ problem }: { readonly problem: Problem | null }) {
  return (
    <div className="problem-note" role="alert">
      {problem === null ? null : (
        <p data-tone="bad">
          <Icon name="bad" isSmall />
          <span>
            <b>{problem.title}.</b> {problem.detail === undefined ? '' : `${problem.detail}. `}
            {problem.remedy ?? ''}
          </span>
        </p>
      )}
    </div>
  )
}
