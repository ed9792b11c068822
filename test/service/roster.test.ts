import { expect, it } from 'vitest'
import { createRoster } from '../../electron/service/roster.ts'
import type { Sql } from '../../electron/store/db.ts'
import { createFakeClock, settle } from '../support/fake-clock.ts'

/** A store as it is read: its accounts, then its checkpoints and figures, these not before `ready`. */
function storeWith(ids: readonly string[], ready: Promise<unknown>): Sql {
  const account = (id: string) => ({ id, email: `${id}@example.org`, paused: false, created_at: new Date(0) })
  const checkpoint = (id: string) => ({
    account_id: id,
    history_id: null,
    list_history_id: null,
    reconcile_history_id: null,
    backfill: 'new',
    last_synced_at: null,
  })
  const query = async (text: string): Promise<{ rows: never[]; affected: number }> => {
    if (text.includes('where removed is null')) return { rows: ids.map(account) as never[], affected: 0 }
    await ready
    return { rows: (text.includes('mailtide.checkpoint') ? ids.map(checkpoint) : []) as never[], affected: 0 }
  }
  return { query } as unknown as Sql
}

it('an account that was added while the store was being read is not lost by that reading', async () => {
  const roster = createRoster(createFakeClock())
  const slow = Promise.withResolvers<void>()
  const before = roster.load(storeWith([], slow.promise))
  const since = roster.load(storeWith(['ada'], Promise.resolve()))
  await settle()
  slow.resolve()
  await Promise.all([before, since])
  expect([...roster.members.keys()]).toEqual(['ada'])
})
