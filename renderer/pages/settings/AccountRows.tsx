import type { AccountSnapshot, Snapshot } from '../../../shared/status.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { Menu } from '../../components/Menu.tsx'
import { PageLink } from '../../components/PageLink.tsx'
import { ProblemNote } from '../../components/ProblemNote.tsx'
import { SettingRow } from '../../components/SettingRow.tsx'
import { SignInNote } from '../../components/SignInNote.tsx'
import { useOperation } from '../../use-operation.ts'
import { useRemoval } from '../../use-removal.tsx'
import { useSignIn } from '../../use-sign-in.ts'
import { words } from '../../words/words.ts'

const say = words.settings

export interface AccountRowsProps {
  readonly snapshot: Snapshot
  /** Names of the OAuth clients that are here. */
  readonly clients: readonly string[]
}

/** What can be done with each account; how it is, the Overview says. */
export function AccountRows({ snapshot, clients }: AccountRowsProps) {
  const { accounts } = snapshot
  return (
    <>
      {accounts.map((account) => (
        <AccountRow key={account.id} account={account} clients={clients} />
      ))}
      <SettingRow name={accounts.length === 0 ? say.accountsNone : words.service.accounts(accounts.length)}>
        <PageLink page="welcome" className="btn">
          <Icon name="add" isSmall />
          {say.addAccount}
        </PageLink>
      </SettingRow>
    </>
  )
}

function AccountRow({ account, clients }: { readonly account: AccountSnapshot; readonly clients: readonly string[] }) {
  const { id, email, demo, state } = account
  const change = useOperation('accountsChange')
  const removal = useRemoval(account)
  const signIn = useSignIn()
  const isPaused = state === 'paused'
  const act = words.account.actions
  return (
    <SettingRow
      name={demo ? words.account.demo.name(email) : email}
      help={
        <>
          {isPaused ? words.account.state.paused : say.messages(account.messages_stored)}
          <SignInNote {...signIn} />
          <ProblemNote problem={change.state === 'failed' ? change.problem : null} />
          {removal.dialog}
        </>
      }
    >
      {({ labelledby }) => (
        <>
          <Button
            isPending={change.state === 'pending'}
            aria-describedby={labelledby}
            onClick={() => void change.run({ id, paused: !isPaused })}
          >
            {isPaused ? act.resume : act.pause}
          </Button>
          <Menu
            label={words.account.menu(email)}
            items={[
              ...(demo
                ? []
                : [{ key: 'sign-in', label: act.signIn, onChoose: () => signIn.begin({ account: email }) }]),
              ...(demo || clients.length < 2
                ? []
                : clients.map((client) => ({
                    key: `client-${client}`,
                    label: say.signInWith(client),
                    onChoose: () => signIn.begin({ account: email, client }),
                  }))),
              {
                key: 'remove',
                label: demo ? words.account.demo.end : act.remove,
                isDanger: true,
                onChoose: removal.ask,
              },
            ]}
          />
        </>
      )}
    </SettingRow>
  )
}
