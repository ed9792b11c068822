import type { Snapshot } from '../../shared/status.ts'
import type { Words } from '../words/words.ts'
import { serviceView } from './service-view.ts'

/**
 * What people who listen are told when a snapshot follows another: changes of state as whole sentences, never progress. Accounts that begin
 * and end a routine sync say nothing, or there would be no silence. Pure.
 */
export function announcements(before: Snapshot, after: Snapshot, words: Words): readonly string[] {
  const say = words.account.announce
  const known = new Map(before.accounts.map((account) => [account.id, account.state]))
  const told: string[] = []
  if (isLoud(after.state) || isLoud(before.state)) {
    if (before.state !== after.state) told.push(serviceView(after, words).sentence)
  }
  for (const { id, email, state } of after.accounts) {
    const was = known.get(id)
    known.delete(id)
    if (was === state || (isRoutine(was) && isRoutine(state))) continue
    told.push(say[state](email))
  }
  for (const id of known.keys()) {
    const gone = before.accounts.find((account) => account.id === id)
    if (gone !== undefined) told.push(say.removed(gone.email))
  }
  return told
}

const isLoud = (state: Snapshot['state']): boolean => state !== 'idle' && state !== 'syncing'
const isRoutine = (state: string | undefined): boolean => state === 'up_to_date' || state === 'syncing'
