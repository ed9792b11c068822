import { useState } from 'react'
import type { UsedSignIn } from '../use-sign-in.ts'
import { words } from '../words/words.ts'
import { Button } from './Button.tsx'
import { Disclosure } from './Disclosure.tsx'
import { Field } from './Field.tsx'
import { Icon } from './Icon.tsx'
import { ProblemNote } from './ProblemNote.tsx'

const say = words.remedies.signIn

/** The progress of a sign-in, and what is asked of the person meanwhile. */
export function SignInNote({ progress, finish, leave }: Omit<UsedSignIn, 'begin'>) {
  const [redirect, setRedirect] = useState('')
  if (progress.state === 'idle' || progress.state === 'done') return null
  if (progress.state === 'failed') return <ProblemNote problem={progress.problem} />
  const signIn = progress.state === 'under_way' ? progress.signIn : null
  return (
    <div className="sign-in" data-tone="work">
      <p role="status">
        <Icon name="key" isSmall />
        <span>{signIn === null ? say.opening : signIn.state === 'finishing' ? say.finishing : say.waiting}</span>
      </p>
      <div className="controls">
        {signIn === null ? null : (
          <a className="btn" href={signIn.url} target="_blank" rel="noopener noreferrer">
            {say.openAgain}
            <Icon name="open" isSmall />
          </a>
        )}
        <Button onClick={leave}>{say.cancel}</Button>
      </div>
      {signIn === null ? null : (
        <Disclosure title={say.pasteTitle}>
          <form
            onSubmit={(event) => {
              event.preventDefault()
              if (redirect.trim() !== '') finish(redirect.trim())
            }}
          >
            <Field
              label={say.pasteLabel}
              help={say.pasteHelp}
              value={redirect}
              wrong={progress.state === 'under_way' ? (progress.wrong?.title ?? null) : null}
              autoComplete="off"
              spellCheck={false}
              onChange={(event) => setRedirect(event.target.value)}
            />
            <Button isSubmit>{say.pasteUse}</Button>
          </form>
        </Disclosure>
      )}
    </div>
  )
}
