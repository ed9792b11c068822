import { useState } from 'react'
import { Button } from '../../components/Button.tsx'
import { GuideErrorCases } from '../../components/GuideErrors.tsx'
import { Icon } from '../../components/Icon.tsx'
import { SignInNote } from '../../components/SignInNote.tsx'
import { errorIn } from '../../model/guide.ts'
import { hrefOf } from '../../navigation.ts'
import type { UsedSignIn } from '../../use-sign-in.ts'
import { words } from '../../words/words.ts'

const say = words.welcome.signIn

export interface SignInStepProps {
  readonly clients: readonly string[]
  readonly signIn: UsedSignIn
}

/** The sign-in itself: begins it, follows it, and explains what Google says. */
export function SignInStep({ clients, signIn }: SignInStepProps) {
  const [chosen, setChosen] = useState<string | null>(null)
  const { progress } = signIn
  if (clients.length === 0) {
    return (
      <div className="note">
        <span>{say.noClient}</span>
        <a className="btn btn-turn" href={hrefOf('welcome', 'add-client')}>
          {say.bringClient}
        </a>
      </div>
    )
  }
  const client = clients.find((name) => name === chosen) ?? clients[0]!
  const failed = progress.state === 'failed' ? progress.problem : null
  const error = failed?.guide === undefined ? null : errorIn(failed.guide)
  const isUnderWay = progress.state === 'beginning' || progress.state === 'under_way'
  return (
    <div className="sign-in-step">
      {isUnderWay || progress.state === 'done' ? null : (
        <div className="controls">
          {clients.length === 1 ? null : (
            <label className="labelled">
              {say.with}
              <span className="select">
                <select value={client} onChange={(event) => setChosen(event.target.value)}>
                  {clients.map((name) => (
                    <option key={name}>{name}</option>
                  ))}
                </select>
                <Icon name="down" isSmall />
              </span>
            </label>
          )}
          <Button kind="turn" icon="key" onClick={() => signIn.begin({ client })}>
            {failed === null ? say.button : say.again}
          </Button>
        </div>
      )}
      <SignInNote {...signIn} />
      {error === null ? null : <GuideErrorCases error={error} />}
      {progress.state === 'done' ? (
        <p className="note" data-tone="ok" role="status">
          <Icon name="ok" isSmall />
          <span>{say.done(progress.signIn.account?.email ?? '')}</span>
        </p>
      ) : (
        <p className="note">{say.next}</p>
      )}
    </div>
  )
}
