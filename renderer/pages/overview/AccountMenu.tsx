import type { AccountSnapshot } from '../../../shared/status.ts'
import { Menu, type MenuItem } from '../../components/Menu.tsx'
import { useHasPage } from '../../components/PageLink.tsx'
import { Said } from '../../components/Said.tsx'
import { Time } from '../../components/Time.tsx'
import { hrefOf } from '../../navigation.ts'
import { words } from '../../words/words.ts'

const say = words.account

export interface AccountMenuProps {
  readonly account: AccountSnapshot
  readonly canSyncNow: boolean
  readonly onSyncNow: () => void
  readonly onPause: (paused: boolean) => void
  readonly onSignIn: () => void
  readonly onTroubles: () => void
  readonly onVerify: () => void
  readonly onRemove: () => void
}

/** What else one can do with an account, and what else is known of it. */
export function AccountMenu({ account, canSyncNow, ...on }: AccountMenuProps) {
  const { email, state } = account
  const hasLog = useHasPage('logs')
  const isPaused = state === 'paused'
  const items: readonly (MenuItem | null)[] = [
    canSyncNow && !isPaused ? { key: 'sync', label: say.actions.syncNow, onChoose: on.onSyncNow } : null,
    isPaused
      ? { key: 'resume', label: say.actions.resume, onChoose: () => on.onPause(false) }
      : { key: 'pause', label: say.actions.pause, onChoose: () => on.onPause(true) },
    account.demo ? null : { key: 'sign-in', label: say.actions.signIn, onChoose: on.onSignIn },
    { key: 'troubles', label: say.actions.troubles, onChoose: on.onTroubles },
    { key: 'verify', label: words.completeness.open, onChoose: on.onVerify },
    hasLog
      ? {
          key: 'log',
          label: say.actions.log,
          onChoose: () => window.location.assign(hrefOf('logs', '', { account: email })),
        }
      : null,
    { key: 'remove', label: account.demo ? say.demo.end : say.actions.remove, onChoose: on.onRemove, isDanger: true },
  ]
  return (
    <Menu
      label={say.menu(email)}
      items={items.filter((item) => item !== null)}
      details={<Details account={account} />}
    />
  )
}

function Details({ account }: Pick<AccountMenuProps, 'account'>) {
  const { messages_deleted, backfill, last_error, sign_in_ends_at } = account
  const facts = [
    messages_deleted > 0 ? <p key="kept">{say.details.kept(messages_deleted)}</p> : null,
    backfill?.started_at == null ? null : (
      <p key="began">
        <Said text={say.details.began(<Time at={new Date(backfill.started_at)} />)} part={(part) => part} />
      </p>
    ),
    sign_in_ends_at === null ? null : (
      <p key="ends">
        <Said text={say.details.signInEnds(<Time at={new Date(sign_in_ends_at)} />)} part={(part) => part} />
      </p>
    ),
    last_error === null ? null : (
      <p key="error">
        <Said
          text={say.details.lastError(words.told(last_error.message), <Time at={new Date(last_error.at)} />)}
          part={(part) => part}
        />
      </p>
    ),
  ].filter((fact) => fact !== null)
  return facts.length === 0 ? null : <div className="menu-facts">{facts}</div>
}
