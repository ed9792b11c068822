import type { ReactNode } from 'react'
import type { AccountSnapshot, Snapshot } from '../../../shared/status.ts'
import { words } from '../../words/words.ts'

const say = words.service

/** The head of a group of accounts. */
export function GroupHead({
  id,
  title,
  children,
}: {
  readonly id: string
  readonly title: string
  readonly children?: ReactNode
}) {
  return (
    <div className="group-head">
      <h2 id={id}>{title}</h2>
      {children === undefined ? null : <span className="end">{children}</span>}
    </div>
  )
}

/** What all accounts have together: the sum of what their cards say. */
export function Totals({ accounts, store }: Pick<Snapshot, 'accounts' | 'store'>) {
  const sum = (of: (account: AccountSnapshot) => number): number =>
    accounts.reduce((total, account) => total + of(account), 0)
  const kept = sum((account) => account.messages_deleted)
  const bytes = store.database_bytes === null ? null : store.database_bytes + (store.raw_bytes ?? 0)
  return (
    <>
      <span>{say.messagesStored(sum((account) => account.messages_stored) - kept)}</span>
      {kept === 0 ? null : <span className="dot">{say.kept(kept)}</span>}
      {bytes === null ? null : <span className="dot">{say.bytes(bytes)}</span>}
    </>
  )
}
