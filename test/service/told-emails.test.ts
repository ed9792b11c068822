import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Log } from '../../electron/ports.ts'
import { AppError } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { silentLog } from '../support/silent-log.ts'
import { addAccount, type FakeTurn, nothing, startCore } from './core.ts'

let test: TestDatabase
let ada: AccountId
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.reset()
  ada = await addAccount(test.db, 'ada')
})

/** A service whose turns are these, one after the other, and what its log says of emails. */
async function begin(turns: readonly FakeTurn[], clock = createFakeClock()) {
  const lines: string[] = []
  const log: Log = {
    ...silentLog,
    info: (message) => {
      if (message.includes('emails')) lines.push(message)
    },
    named: () => log,
  }
  const rest = [...turns]
  const turn: FakeTurn = async (member, options) => (await rest.shift()?.(member, options)) ?? nothing
  const core = await startCore(test.db, { log, clock, turn })
  await core.service.start()
  return { ...core, lines }
}

it('each turn of a cycle tells the emails that it brought, and the cycle all of them', async () => {
  const clock = createFakeClock()
  // A message that comes due soon keeps the cycle open, as a draft does until it settles.
  const settlesIn30Seconds = () =>
    test.db.query(
      `insert into mailtide.fetch_queue (account_id, message_id, thread_id, priority, ord, queued_at, attempts, next_try_at)
       values ($1, 'm1', 't1', 1, 1, now(), 0, $2) on conflict (account_id, message_id) do update set next_try_at = $2`,
      [ada, new Date(clock.now().getTime() + 30_000)],
    )
  const { lines, until, turns } = await begin(
    [
      async (_, { onStored }) => {
        onStored(3)
        await settlesIn30Seconds()
        return nothing
      },
      async (_, { onStored }) => {
        onStored(1)
        await settlesIn30Seconds()
        return nothing
      },
      async () => {
        await test.db.query('delete from mailtide.fetch_queue')
        return nothing
      },
    ],
    clock,
  )
  for (const told of [1, 2]) {
    await expect.poll(() => lines.length).toBe(told)
    await clock.advance(30_000)
  }
  const idle = await until(({ state }) => state === 'idle')
  expect(turns).toHaveLength(3)
  expect(lines).toEqual([3, 1, 0].map((count) => `Sync completed for ada@example.org: ${count} emails`))
  expect(idle).toMatchObject({ total_cycles: 1, total_emails_synced: 4, last_cycle: { emails: 4, accounts: 1 } })
})

it('what several turns and cycles brought until a sync was complete is told once, by its end', async () => {
  const { clock, lines, until } = await begin([
    async (_, { onStored }) => {
      onStored(1000)
      return { ...nothing, more: true }
    },
    async (_, { onStored }) => {
      onStored(200)
      throw new AppError('quota', 'Too fast', { retryAfterMs: 600_000 })
    },
    async (_, { onStored }) => {
      onStored(5)
      return nothing
    },
  ])
  expect(await until(({ state }) => state === 'idle')).toMatchObject({ last_cycle: { emails: 1200 } })
  expect(lines).toEqual([])
  await clock.advance(660_000)
  const done = await until(({ last_cycle }) => last_cycle?.emails === 5)
  expect(lines).toEqual(['Sync completed for ada@example.org: 1205 emails'])
  expect(done.total_emails_synced).toBe(1205)
})
