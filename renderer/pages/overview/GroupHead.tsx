import type { ReactNode } from 'react'
import type { Snapshot } from '../../../shared/status.ts'
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
  const stored = accounts.reduce((total, account) => total + account.messages_stored, 0)
  const bytes = store.database_bytes === null ? null : store.database_bytes + (store.raw_bytes ?? 0)
  return (
    <>
      <span>{say.messagesStored(stored)}</span>
      {bytes === null ? null : <span className="dot">{say.bytes(bytes)}</span>}
    </>
  )
}
