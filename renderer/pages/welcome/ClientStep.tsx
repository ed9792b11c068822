import { GuideErrorCases } from '../../components/GuideErrors.tsx'
import { Icon } from '../../components/Icon.tsx'
import { JsonDrop } from '../../components/JsonDrop.tsx'
import { ProblemNote } from '../../components/ProblemNote.tsx'
import { errorIn } from '../../model/guide.ts'
import type { Json } from '../../read-json.ts'
import { useOperation } from '../../use-operation.ts'
import { words } from '../../words/words.ts'

const say = words.welcome

export interface ClientStepProps {
  /** Names of those that are here. */
  readonly clients: readonly string[]
  /** It is the person's turn to bring one. */
  readonly isTurn?: boolean
  readonly onAdded: (name: string) => void
}

/** Takes the OAuth client in. */
export function ClientStep({ clients, isTurn = clients.length === 0, onAdded }: ClientStepProps) {
  const add = useOperation('clientsAdd')
  const problem = add.state === 'failed' ? add.problem : null
  const error = problem?.guide === undefined ? null : errorIn(problem.guide)
  const bring = async (client: Json): Promise<void> => {
    const added = await add.run({ client })
    if (added !== null) onAdded(added.client.name)
  }
  const state =
    add.state === 'pending'
      ? say.client.checking
      : add.state === 'done'
        ? say.client.added(add.output.client.name)
        : clients.length > 0
          ? say.client.known(clients)
          : null
  return (
    <>
      <div role="status">
        {state === null ? null : (
          <p className="note" data-tone={add.state === 'pending' ? 'work' : 'ok'}>
            <Icon name={add.state === 'pending' ? 'key' : 'ok'} isSmall />
            <span>{state}</span>
          </p>
        )}
      </div>
      <JsonDrop
        title={say.bring.client}
        fileName={say.bring.clientName}
        isPending={add.state === 'pending'}
        isTurn={isTurn}
        problem={null}
        onJson={(json) => void bring(json)}
      />
      <ProblemNote problem={problem} onToken={add.reset} />
      {error === null ? null : <GuideErrorCases error={error} />}
    </>
  )
}
