import { useState } from 'react'
import { useBackend } from '../backend/context.ts'
import { words } from '../words/words.ts'
import { Button } from './Button.tsx'
import { Dialog } from './Dialog.tsx'
import { Field } from './Field.tsx'

const say = words.frame.token

/** Asks for the API token, and takes it only when the service knows it. */
export function TokenDialog({ onClose }: { readonly onClose: () => void }) {
  const { giveToken } = useBackend()
  const [token, setToken] = useState('')
  return (
    <Dialog
      title={say.title}
      onClose={onClose}
      onSubmit={() => {
        if (token.trim() === '') return
        giveToken?.(token.trim())
        onClose()
      }}
      actions={
        <>
          <Button onClick={onClose}>{words.frame.cancel}</Button>
          <Button kind="turn" isSubmit>
            {say.use}
          </Button>
        </>
      }
    >
      <Field
        label={say.label}
        help={say.hint}
        value={token}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setToken(event.target.value)}
      />
    </Dialog>
  )
}
