import { memo, useId, useMemo, useState } from 'react'
import type { AccountSnapshot, Snapshot } from '../../../shared/status.ts'
import { useBackend } from '../../backend/context.ts'
import { AccountCard } from '../../components/AccountCard.tsx'
import { CompletenessLine } from '../../components/CompletenessLine.tsx'
import { ProblemNote } from '../../components/ProblemNote.tsx'
import { SignInNote } from '../../components/SignInNote.tsx'
import { accountView } from '../../model/account-view.ts'
import { remedyView } from '../../model/remedy.ts'
import { useMinute } from '../../use-clock.ts'
import { useOperation } from '../../use-operation.ts'
import { useRemoval } from '../../use-removal.tsx'
import { useSignIn } from '../../use-sign-in.ts'
import { words } from '../../words/words.ts'
import { AccountMenu } from './AccountMenu.tsx'
import { AccountRemedy } from './AccountRemedy.tsx'
import { DemoNote } from './DemoNote.tsx'
import { Troubles } from './Troubles.tsx'
import { Verify } from './Verify.tsx'

export interface AccountEntryProps {
  readonly account: AccountSnapshot
  readonly snapshot: Snapshot
}

/** Whether a card would be drawn as it is: of the whole snapshot it shows little beside its account. */
function isSameCard(before: AccountEntryProps, after: AccountEntryProps): boolean {
  const [a, b] = [before.snapshot, after.snapshot]
  return (
    before.account === after.account &&
    a.running === b.running &&
    a.state === b.state &&
    a.next_cycle_at === b.next_cycle_at &&
    a.alerts === b.alerts &&
    hasOwn(a) === hasOwn(b) &&
    workOn(before) === workOn(after)
  )
}

/** What the engine does with the account right now, as text to compare. */
const workOn = ({ account, snapshot: { current } }: AccountEntryProps): string | null =>
  current?.account === account.email ? JSON.stringify(current) : null

const hasOwn = ({ accounts }: Snapshot): boolean => accounts.some(({ demo }) => !demo)

/** An account on the Overview, with everything one can ask for it. */
export const AccountEntry = memo(Entry, isSameCard)

function Entry({ account, snapshot }: AccountEntryProps) {
  const { id, email } = account
  const now = useMinute()
  const view = useMemo(() => accountView(account, snapshot, words, now), [account, snapshot, now])
  const remedy = useMemo(() => remedyView(account, snapshot, words, now), [account, snapshot, now])
  const listId = useId()
  const [isListOpen, setListOpen] = useState(false)
  const [isVerifyOpen, setVerifyOpen] = useState(false)
  const { desktop } = useBackend()
  const signIn = useSignIn()
  const syncNow = useOperation('syncNow')
  const change = useOperation('accountsChange')
  const removal = useRemoval(account)

  const pause = (paused: boolean) => void change.run({ id, paused })
  const problem = syncNow.state === 'failed' ? syncNow.problem : change.state === 'failed' ? change.problem : null
  return (
    <AccountCard
      email={email}
      isDemo={account.demo}
      view={view}
      onResume={() => pause(false)}
      troubles={{
        id: listId,
        isOpen: isListOpen,
        onToggle: () => setListOpen(!isListOpen),
        list: <Troubles account={account} />,
      }}
      menu={
        <AccountMenu
          account={account}
          canSyncNow={snapshot.running}
          onSyncNow={() => void syncNow.run({ account: email })}
          onPause={pause}
          onSignIn={() => signIn.begin({ account: email })}
          onTroubles={() => setListOpen(true)}
          onVerify={() => setVerifyOpen(true)}
          onRemove={removal.ask}
        />
      }
    >
      {account.demo ? <DemoNote hasOwn={hasOwn(snapshot)} onEnd={removal.ask} /> : null}
      {remedy === null ? null : (
        <AccountRemedy
          account={account}
          view={remedy}
          signIn={signIn}
          isTrying={syncNow.state === 'pending'}
          onTryAgain={() => void syncNow.run({ account: email })}
          openFolder={desktop === null ? null : () => void desktop.call('openDataFolder', {}).catch(() => undefined)}
        />
      )}
      <CompletenessLine completeness={account.completeness} onOpen={() => setVerifyOpen(true)} />
      <SignInNote {...signIn} />
      <ProblemNote problem={problem} />
      {isVerifyOpen ? <Verify account={account} onClose={() => setVerifyOpen(false)} /> : null}
      {removal.dialog}
    </AccountCard>
  )
}
