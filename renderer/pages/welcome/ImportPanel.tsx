import { useState } from 'react'
import { isSealedCredentials } from '../../../shared/credentials.ts'
import type { Problem } from '../../../shared/errors.ts'
import { Button } from '../../components/Button.tsx'
import { Disclosure } from '../../components/Disclosure.tsx'
import { Field } from '../../components/Field.tsx'
import { GuideErrorCases } from '../../components/GuideErrors.tsx'
import { JsonDrop } from '../../components/JsonDrop.tsx'
import { ProblemNote } from '../../components/ProblemNote.tsx'
import { errorIn } from '../../model/guide.ts'
import type { Json } from '../../read-json.ts'
import { useOperation } from '../../use-operation.ts'
import { words } from '../../words/words.ts'

const say = words.welcome.import

/** Takes over what another tool, a Workspace's administrator or another Mailtide has. */
export function ImportPanel({ onAdded }: { readonly onAdded: () => void }) {
  const add = useOperation('accountsAdd')
  const [email, setEmail] = useState('')
  const [client, setClient] = useState<Json | null>(null)
  const [sealed, setSealed] = useState<Json | null>(null)
  const problem = add.state === 'failed' ? add.problem : null
  const error = problem?.guide === undefined ? null : errorIn(problem.guide)

  const bring = async (json: Json): Promise<void> => {
    if (isSealedCredentials(json)) {
      setSealed(json)
      return
    }
    const added = await add.run({
      authorized_user: json,
      ...(email.trim() === '' ? {} : { email: email.trim() }),
      ...(client === null ? {} : { oauth_client: client }),
    })
    if (added !== null) onAdded()
  }
  return (
    <>
      <Field
        label={say.email}
        help={say.emailHelp}
        type="email"
        value={email}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setEmail(event.target.value)}
      />
      <JsonDrop
        title={words.welcome.bring.token}
        fileName={words.welcome.bring.tokenName}
        isPending={add.state === 'pending'}
        problem={null}
        onJson={(json) => void bring(json)}
      />
      <div role="status">{add.state === 'pending' ? <p className="note">{say.checking}</p> : null}</div>
      <ProblemNote problem={problem} onToken={add.reset} />
      {error === null ? null : <GuideErrorCases error={error} />}
      {sealed === null ? null : <Sealed file={sealed} onAdded={onAdded} />}
      <Disclosure title={say.client}>
        <p className="note" role="status">
          {client === null ? say.clientText : say.clientKept}
        </p>
        <JsonDrop
          title={words.welcome.bring.client}
          fileName={words.welcome.bring.clientName}
          isPending={false}
          isTurn={false}
          problem={null}
          onJson={setClient}
        />
      </Disclosure>
    </>
  )
}

/** What another Mailtide exported, with its passphrase. */
function Sealed({ file, onAdded }: { readonly file: Json; readonly onAdded: () => void }) {
  const take = useOperation('credentialsImport')
  const [passphrase, setPassphrase] = useState('')
  const failed = take.state === 'done' ? take.output.failed : []
  const submit = async (): Promise<void> => {
    if (passphrase === '') return
    const taken = await take.run({ passphrase, file })
    setPassphrase('')
    if (taken !== null && taken.failed.length === 0) onAdded()
  }
  return (
    <form
      className="paste"
      onSubmit={(event) => {
        event.preventDefault()
        void submit()
      }}
    >
      <h3 className="help-title">{say.sealed}</h3>
      <p className="note">{say.sealedText}</p>
      <Field
        label={say.passphrase}
        type="password"
        value={passphrase}
        autoComplete="off"
        onChange={(event) => setPassphrase(event.target.value)}
      />
      <Button kind="turn" isSubmit isPending={take.state === 'pending'}>
        {say.unseal}
      </Button>
      <ProblemNote problem={take.state === 'failed' ? take.problem : null} />
      {failed.length === 0 ? null : <b>{say.partly(failed.length)}</b>}
      {failed.map(({ email, problem }) => (
        <ProblemNote key={email} problem={named(email, problem)} />
      ))}
    </form>
  )
}

const named = (email: string, problem: Problem): Problem => ({ ...problem, title: `${email}: ${problem.title}` })
