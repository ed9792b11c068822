import { type ReactNode, useState } from 'react'
import type { AccountSnapshot } from '../shared/status.ts'
import { RemoveDialog } from './components/RemoveDialog.tsx'
import { useOperation } from './use-operation.ts'

export interface Removal {
  /** Asks what becomes of the mail. */
  ask(): void
  /** The question while it stands; null otherwise. */
  readonly dialog: ReactNode
}

/** Removing an account, from the question to the answer, wherever it is asked for. */
export function useRemoval({ id, email, demo, messages_stored }: AccountSnapshot): Removal {
  const remove = useOperation('accountsRemove')
  const [isAsked, setAsked] = useState(false)
  const close = (): void => setAsked(false)
  return {
    ask: () => {
      remove.reset()
      setAsked(true)
    },
    dialog: isAsked ? (
      <RemoveDialog
        email={email}
        isDemo={demo}
        stored={messages_stored}
        isPending={remove.state === 'pending'}
        problem={remove.state === 'failed' ? remove.problem : null}
        onClose={close}
        onRemove={async ({ mail, revoke }) => {
          const gone = await remove.run({ id, mail, revoke: revoke ? 'true' : 'false' })
          if (gone !== null) close()
        }}
      />
    ) : null,
  }
}
