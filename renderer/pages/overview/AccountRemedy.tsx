import { useState } from 'react'
import type { Problem } from '../../../shared/errors.ts'
import type { AccountSnapshot } from '../../../shared/status.ts'
import { ownProblem } from '../../backend/backend.ts'
import { useBackend } from '../../backend/context.ts'
import { ProblemNote } from '../../components/ProblemNote.tsx'
import { Remedy } from '../../components/Remedy.tsx'
import type { RemedyAction, RemedyView } from '../../model/remedy.ts'
import { useOperation } from '../../use-operation.ts'
import type { UsedSignIn } from '../../use-sign-in.ts'
import { words } from '../../words/words.ts'

const say = words.remedies

export interface AccountRemedyProps {
  readonly account: AccountSnapshot
  readonly view: RemedyView
  readonly signIn: UsedSignIn
  readonly isTrying: boolean
  readonly onTryAgain: () => void
  readonly openFolder: (() => void) | null
}

/** The remedy of an account, with what its buttons do. */
export function AccountRemedy({ account, view, signIn, isTrying, onTryAgain, openFolder }: AccountRemedyProps) {
  const { shell } = useBackend()
  const clients = useOperation('clientsList')
  const addClient = useOperation('clientsAdd')
  const [isCopied, setCopied] = useState(false)
  const [wrong, setWrong] = useState<Problem | null>(null)

  const copyClientId = async (): Promise<void> => {
    const known = await clients.run({})
    if (known === null) return
    const own = known.clients.find(({ accounts }) => accounts.includes(account.email)) ?? known.clients[0]
    if (own === undefined || own.client_id === null)
      setWrong(ownProblem('not_found', say.noClient, say.noClientRemedy).problem)
    else setCopied(await shell.copyText(own.client_id))
  }
  const bringClient = async (file: File): Promise<void> => {
    const client = await readJson(file)
    if (client === null) {
      setWrong(ownProblem('bad_token_file', say.badClientFile, say.badClientFileRemedy).problem)
      return
    }
    setWrong(null)
    const added = await addClient.run({ client })
    if (added !== null) signIn.begin({ account: account.email, client: added.client.name })
  }
  const act = (
    action: Exclude<RemedyAction, { kind: 'bring_client' | 'show_how' | 'open_url' | 'settings' }>,
  ): void => {
    if (action.kind === 'sign_in') signIn.begin({ account: account.email })
    else if (action.kind === 'try_again') onTryAgain()
    else if (action.kind === 'open_folder') openFolder?.()
    else void copyClientId()
  }
  const failed = addClient.state === 'failed' ? addClient.problem : clients.state === 'failed' ? clients.problem : null
  const isSigningIn = signIn.progress.state === 'beginning' || signIn.progress.state === 'under_way'
  return (
    <Remedy
      view={view}
      isPending={isTrying || isSigningIn || addClient.state === 'pending' || clients.state === 'pending'}
      isCopied={isCopied}
      canOpenFolder={openFolder !== null}
      onAction={act}
      onClientFile={(file) => void bringClient(file)}
    >
      <ProblemNote problem={wrong ?? failed} />
    </Remedy>
  )
}

/** What a file holds, when it is a JSON object. A client's file has less than a kilobyte. */
async function readJson(file: File): Promise<Record<string, unknown> | null> {
  if (file.size > 100_000) return null
  try {
    const value: unknown = JSON.parse(await file.text())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : null
  } catch {
    return null
  }
}
