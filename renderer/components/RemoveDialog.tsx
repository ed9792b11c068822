import { useState } from 'react'
import type { Problem } from '../../shared/errors.ts'
import { words } from '../words/words.ts'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { ProblemNote } from './ProblemNote.tsx'

const say = words.account.remove
const sayDemo = words.account.demo

export interface RemoveDialogProps {
  readonly email: string
  readonly isDemo: boolean
  readonly stored: number
  readonly isPending: boolean
  readonly problem: Problem | null
  readonly onRemove: (choice: { readonly mail: 'keep' | 'delete'; readonly revoke: boolean }) => void
  readonly onClose: () => void
}

/** Made-up mail is worth no question. */
function EndDemoDialog({
  isPending,
  problem,
  onRemove,
  onClose,
}: Pick<RemoveDialogProps, 'isPending' | 'problem' | 'onRemove' | 'onClose'>) {
  return (
    <Dialog
      title={sayDemo.end}
      onClose={onClose}
      onSubmit={() => onRemove({ mail: 'delete', revoke: false })}
      actions={
        <>
          <Button onClick={onClose}>{words.frame.cancel}</Button>
          <Button kind="turn" isSubmit isPending={isPending}>
            {sayDemo.end}
          </Button>
        </>
      }
    >
      <p>{sayDemo.endText}</p>
      <ProblemNote problem={problem} />
    </Dialog>
  )
}

/** What becomes of an account's mail and of Google's permission when it leaves. Nothing is chosen that cannot be undone. */
export function RemoveDialog(props: RemoveDialogProps) {
  return props.isDemo ? <EndDemoDialog {...props} /> : <RemoveOwnDialog {...props} />
}

function RemoveOwnDialog({ email, stored, isPending, problem, onRemove, onClose }: RemoveDialogProps) {
  const [mail, setMail] = useState<'keep' | 'delete'>('keep')
  const [revoke, setRevoke] = useState(false)
  return (
    <Dialog
      title={say.title(email)}
      onClose={onClose}
      onSubmit={() => onRemove({ mail, revoke })}
      actions={
        <>
          <Button onClick={onClose}>{words.frame.cancel}</Button>
          <Button kind={mail === 'delete' ? 'bad' : 'turn'} isSubmit isPending={isPending}>
            {mail === 'delete' ? say.confirmDelete : say.confirmKeep}
          </Button>
        </>
      }
    >
      <p>{say.text}</p>
      <fieldset>
        <legend>{say.mail}</legend>
        <Choice
          name="mail"
          isOn={mail === 'keep'}
          label={say.keep(stored)}
          help={say.keepHelp}
          onChoose={() => setMail('keep')}
        />
        <Choice
          name="mail"
          isOn={mail === 'delete'}
          label={say.delete}
          help={say.deleteHelp}
          onChoose={() => setMail('delete')}
        />
      </fieldset>
      <label className="check">
        <input type="checkbox" checked={revoke} onChange={(event) => setRevoke(event.target.checked)} />
        <span>
          {say.revoke}
          <small>{say.revokeHelp}</small>
        </span>
      </label>
      <ProblemNote problem={problem} />
    </Dialog>
  )
}

interface ChoiceProps {
  readonly name: string
  readonly isOn: boolean
  readonly label: string
  readonly help: string
  readonly onChoose: () => void
}

function Choice({ name, isOn, label, help, onChoose }: ChoiceProps) {
  return (
    <label className="check">
      <input type="radio" name={name} checked={isOn} onChange={onChoose} />
      <span>
        {label}
        <small>{help}</small>
      </span>
    </label>
  )
}
