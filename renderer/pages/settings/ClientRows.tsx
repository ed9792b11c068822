import { useState } from 'react'
import type { ClientInfo } from '../../../shared/sign-in.ts'
import { Button } from '../../components/Button.tsx'
import { CopyButton } from '../../components/CopyButton.tsx'
import { Dialog } from '../../components/Dialog.tsx'
import { ProblemNote } from '../../components/ProblemNote.tsx'
import { SettingRow } from '../../components/SettingRow.tsx'
import { useOperation } from '../../use-operation.ts'
import { words } from '../../words/words.ts'
import { ClientStep } from '../welcome/ClientStep.tsx'
import { ConfirmButtons } from './TableRow.tsx'

const say = words.settings

export interface ClientRowsProps {
  readonly clients: readonly ClientInfo[]
  readonly onChange: () => void
}

/** The OAuth clients that are here, and the way to bring another one. */
export function ClientRows({ clients, onChange }: ClientRowsProps) {
  return (
    <>
      {clients.map((client) => (
        <ClientRow key={client.name} client={client} onChange={onChange} />
      ))}
      <div className="row row-wide">
        <p className="help">{clients.length === 0 ? `${say.clientsNone} ${say.clientsHelp}` : say.clientsHelp}</p>
        <ClientStep clients={[]} isTurn={false} onAdded={onChange} />
      </div>
    </>
  )
}

function ClientRow({ client, onChange }: { readonly client: ClientInfo; readonly onChange: () => void }) {
  const { name, client_id, project_id, accounts } = client
  const remove = useOperation('clientsRemove')
  const [isAsking, setAsking] = useState(false)
  return (
    <SettingRow
      name={name}
      help={
        <>
          {client_id === null ? say.clientUnreadable : <span className="id">{say.clientIdIs(client_id)}</span>}{' '}
          {project_id === null ? null : `${say.clientProject(project_id)} `}
          {say.clientUsed(accounts)}
          {isAsking ? (
            <Dialog
              title={say.clientRemoveTitle(name)}
              onClose={() => setAsking(false)}
              onSubmit={async () => {
                const gone = await remove.run({ name })
                if (gone === null) return
                setAsking(false)
                onChange()
              }}
              actions={
                <ConfirmButtons
                  label={say.clientRemove}
                  isPending={remove.state === 'pending'}
                  onCancel={() => setAsking(false)}
                />
              }
            >
              <p>{say.clientRemoveText(accounts)}</p>
              <ProblemNote problem={remove.state === 'failed' ? remove.problem : null} />
            </Dialog>
          ) : null}
        </>
      }
    >
      {client_id === null ? null : <CopyButton text={client_id} what={say.clientId} />}
      <Button aria-label={say.clientRemoveNamed(name)} onClick={() => setAsking(true)}>
        {say.clientRemove}
      </Button>
    </SettingRow>
  )
}
