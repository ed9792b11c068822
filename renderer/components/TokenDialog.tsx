import { useState } from 'react'
import { needsToken } from '../backend/backend.ts'
import { useBackend } from '../backend/context.ts'
import { useOperation } from '../use-operation.ts'
import { words } from '../words/words.ts'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { Field } from './Field.tsx'

const say = words.frame.token

export interface TokenDialogProps {
  readonly onClose: () => void
  /** One was given. */
  readonly onToken?: () => void
}

/** Asks for the API token, and goes when the service knows it. */
export function TokenDialog({ onClose, onToken }: TokenDialogProps) {
  const { giveToken } = useBackend()
  const trial = useOperation('accountsList')
  const [token, setToken] = useState('')
  const use = async (): Promise<void> => {
    if (token.trim() === '') return
    giveToken?.(token.trim())
    if ((await trial.run({})) === null) return
    onToken?.()
    onClose()
  }
  const problem = trial.state === 'failed' ? trial.problem : null
  return (
    <Dialog
      title={say.title}
      onClose={onClose}
      onSubmit={() => void use()}
      actions={
        <>
          <Button onClick={onClose}>{words.frame.cancel}</Button>
          <Button kind="turn" isSubmit isPending={trial.state === 'pending'}>
            {say.use}
          </Button>
        </>
      }
    >
      <Field
        label={say.label}
        help={say.hint}
        value={token}
        wrong={problem === null ? null : needsToken(problem) ? say.wrong : problem.title}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setToken(event.target.value)}
      />
    </Dialog>
  )
}
