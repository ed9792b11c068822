import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { AppError } from '../../shared/errors.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { addAccount, type Core, nothing, startCore } from './core.ts'

const SECOND = 1_000
let test: TestDatabase
beforeAll(async () => {
  test = await openTestDatabase()
})
afterAll(() => test.close())
beforeEach(async () => {
  await test.reset()
  for (const id of ['ada', 'bob', 'eve']) await addAccount(test.db, id)
})

const names = ({ turns }: Core): string[] => turns.map((email) => email.split('@')[0] ?? '')

/** Turns that end when the test says so, or with the signal. */
function held() {
  const open = new Map<string, () => void>()
  return {
    /** One of this account, until it is let go. */
    turn: (email: string, signal: AbortSignal) =>
      new Promise<typeof nothing>((resolve, reject) => {
        const name = email.split('@')[0] ?? ''
        open.set(name, () => resolve(nothing))
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      }),
    letGo: (name: string) => open.get(name)?.(),
    isOpen: (name: string) => open.has(name),
  }
}

describe('accounts that are synced at the same time', () => {
  it('do not wait for the slowest: one whose wait is over begins while another goes on', async () => {
    const slow = held()
    let failed = false
    const core = await startCore(test.db, {
      turn: async ({ account: { email } }, { signal }) => {
        if (email.startsWith('ada')) return await slow.turn(email, signal)
        if (email.startsWith('bob') && !failed) {
          failed = true
          throw new AppError('server', 'Gmail has a temporary problem', { retryAfterMs: 20 * SECOND })
        }
        return nothing
      },
    })
    core.settings.parallelAccounts = 2
    await core.service.start()
    await core.until(({ accounts }) => accounts[1]?.state === 'waiting' && accounts[2]?.state === 'up_to_date')
    expect(names(core)).toEqual(['ada', 'bob', 'eve'])
    for (let i = 0; i < 90 && names(core).length < 4; i++) await core.clock.advance(SECOND)
    expect(names(core)).toEqual(['ada', 'bob', 'eve', 'bob'])
    expect(core.clock.elapsed()).toBeGreaterThanOrEqual(20 * SECOND)
    await core.until(({ accounts }) => accounts[1]?.state === 'up_to_date')
    expect(core.service.snapshot()).toMatchObject({ state: 'syncing', total_cycles: 0 })
    slow.letGo('ada')
    await core.until(({ state, total_cycles }) => state === 'idle' && total_cycles === 1)
    expect(core.service.snapshot().last_cycle).toMatchObject({ accounts: 3 })
  })

  it('take their turns in order, each once before any of them again', async () => {
    let left = 6
    const core = await startCore(test.db, { turn: async () => ({ ...nothing, more: left-- > 0 }) })
    await core.service.start()
    await core.until(({ state, total_cycles }) => state === 'idle' && total_cycles === 1)
    expect(names(core)).toEqual(['ada', 'bob', 'eve', 'ada', 'bob', 'eve', 'ada', 'bob', 'eve'])
  })

  it('are never more than the setting allows, and share what one of them leaves free', async () => {
    const slow = held()
    let present = 0
    let most = 0
    let left = 4
    const core = await startCore(test.db, {
      turn: async ({ account: { email } }, { signal }) => {
        most = Math.max(most, ++present)
        try {
          if (email.startsWith('ada')) return await slow.turn(email, signal)
          await new Promise((resolve) => setImmediate(resolve))
          return { ...nothing, more: left-- > 0 }
        } finally {
          present--
        }
      },
    })
    core.settings.parallelAccounts = 2
    await core.service.start()
    await core.until(({ accounts }) => accounts.slice(1).every(({ state }) => state === 'up_to_date'))
    expect(names(core)).toEqual(['ada', 'bob', 'eve', 'bob', 'eve', 'bob', 'eve'])
    expect(most).toBe(2)
    slow.letGo('ada')
    await core.until(({ state }) => state === 'idle')
  })

  it('begin at once when somebody asks for one while another goes on', async () => {
    const slow = held()
    const core = await startCore(test.db, {
      turn: async ({ account: { email } }, { signal }) =>
        email.startsWith('ada') ? await slow.turn(email, signal) : nothing,
    })
    core.settings.parallelAccounts = 2
    await core.service.start()
    await core.until(({ accounts }) => accounts.slice(1).every(({ state }) => state === 'up_to_date'))
    await core.service.syncNow('eve@example.org')
    await expect.poll(() => names(core)).toEqual(['ada', 'bob', 'eve', 'eve'])
    slow.letGo('ada')
    await core.until(({ state }) => state === 'idle')
  })

  it('all end when syncing is stopped, before it is told as stopped', async () => {
    const slow = held()
    const core = await startCore(test.db, {
      turn: async ({ account: { email } }, { signal }) => await slow.turn(email, signal),
    })
    core.settings.parallelAccounts = 2
    await core.service.start()
    await expect.poll(() => slow.isOpen('ada') && slow.isOpen('bob')).toBe(true)
    await core.service.stop()
    expect(core.service.snapshot().state).toBe('stopped')
    expect(names(core)).toEqual(['ada', 'bob'])
    await core.clock.advance(120 * SECOND)
    expect(names(core)).toEqual(['ada', 'bob'])
  })
})
