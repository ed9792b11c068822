import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createHolds } from '../../electron/service/holds.ts'
import { heldState, lookAgainAt } from '../../electron/service/machine.ts'
import type { TurnResult } from '../../electron/sync/turn.ts'
import { defaultSettings } from '../../shared/settings.ts'
import type { AccountState } from '../../shared/status.ts'
import { openTestDatabase, type TestDatabase } from '../support/database.ts'
import { silentLog } from '../support/silent-log.ts'
import { type FakeSurroundings, fakeSurroundings, nowhere } from '../support/surroundings.ts'
import { addAccount, type Core, nothing, startCore } from './core.ts'

const minute = 60_000

describe('why first downloads wait', () => {
  const holdsIn = (facts: Parameters<typeof fakeSurroundings>[0], asked: Partial<typeof defaultSettings>) =>
    createHolds({
      surroundings: fakeSurroundings(facts),
      settings: () => ({ ...defaultSettings, ...asked }),
      log: silentLog,
    })
  const onBattery = { backfillOnBattery: false }
  const onMetered = { backfillOnMetered: false }
  it.each([
    ['nothing, unless the person asks', { battery: true, metered: true }, {}, null],
    ['the battery', { battery: true, metered: true }, onBattery, 'battery'],
    ['the metered network', { battery: true, metered: true }, onMetered, 'metered'],
    ['the battery before the network', { battery: true, metered: true }, { ...onBattery, ...onMetered }, 'battery'],
    ['the network at the plug', { battery: false, metered: true }, { ...onBattery, ...onMetered }, 'metered'],
    ['nothing at the plug', { battery: false, metered: true }, onBattery, null],
    ['nothing that is not known', { battery: null, metered: null }, { ...onBattery, ...onMetered }, null],
  ])('is %s', async (_name, facts, asked, expected) => {
    const holds = holdsIn(facts, asked)
    await holds.look()
    expect(holds.reason()).toBe(expected)
  })

  it('is not looked for while no setting asks, and only for what one asks', async () => {
    const surroundings = fakeSurroundings({ battery: true, metered: true })
    let settings = { ...defaultSettings }
    const holds = createHolds({ surroundings, settings: () => settings, log: silentLog })
    await holds.look()
    expect(surroundings.looks).toEqual([])
    settings = { ...defaultSettings, backfillOnMetered: false }
    await holds.look()
    expect(surroundings.looks).toEqual([{ battery: false, metered: true }])
  })

  it('is told by the log to be unknown once, where the system does not tell', async () => {
    const told: string[] = []
    const log = { ...silentLog, warning: (message: string) => void told.push(message) }
    const settings = () => ({ ...defaultSettings, ...onBattery, ...onMetered })
    const holds = createHolds({ surroundings: nowhere, settings, log })
    await holds.look()
    await holds.look()
    expect(told).toEqual([expect.stringContaining('battery is not known'), expect.stringContaining('network is')])
  })
})

describe('when a held account is looked at again', () => {
  it('is never in the past of the rule, never later than a day, and never later than a message that is due', () => {
    const now = new Date('2026-11-25T12:00:00Z')
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 525_600 }),
        fc.integer({ min: 1, max: 1440 }),
        fc.option(fc.integer({ min: 1, max: 10_000_000 })),
        (resyncAfterMinutes, intervalMinutes, dueIn) => {
          const due = dueIn === null ? null : new Date(now.getTime() + dueIn)
          const at = lookAgainAt(now, { resyncAfterMinutes, intervalMinutes }, due).getTime() - now.getTime()
          expect(at).toBeGreaterThan(0)
          expect(at).toBeLessThanOrEqual(24 * 60 * minute)
          if (dueIn !== null) expect(at).toBeLessThanOrEqual(dueIn)
        },
      ),
    )
  })
})

describe('a service whose first download is held back', () => {
  let test: TestDatabase
  beforeAll(async () => {
    test = await openTestDatabase()
  })
  afterAll(() => test.close())
  beforeEach(async () => {
    await test.reset()
    await addAccount(test.db, 'ada', 'new')
  })

  const start = async (
    facts: Parameters<typeof fakeSurroundings>[0],
  ): Promise<Core & { at: FakeSurroundings; times: number[] }> => {
    const times: number[] = []
    const at = fakeSurroundings(facts)
    const core: Core = await startCore(test.db, {
      surroundings: at,
      turn: async (): Promise<TurnResult> => {
        times.push(core.clock.elapsed())
        const held = at.now.battery === true ? 'battery' : at.now.metered === true ? 'metered' : null
        return { ...nothing, held }
      },
    })
    return { ...core, at, times }
  }
  const stateOf = ({ service }: Core): AccountState | undefined => service.snapshot().accounts[0]

  it('looks for new mail as often as for an account that is up to date', async () => {
    const core = await start({ battery: true })
    await core.service.changeSettings({ backfillOnBattery: false })
    await core.service.start()
    await core.until(({ state }) => state === 'idle')
    expect(stateOf(core)).toMatchObject({ state: 'waiting', reason: 'battery', until: '2026-01-01T01:00:00.000Z' })
    while (core.times.length < 2) await core.clock.advance(minute)
    const [first = 0, second = 0] = core.times
    expect(second - first).toBeGreaterThanOrEqual(60 * minute)
  })

  it('notices within a minute what no system tells by itself, and says the new reason', async () => {
    const core = await start({ battery: true, metered: true })
    await core.service.changeSettings({ backfillOnBattery: false, backfillOnMetered: false })
    await core.service.start()
    await core.until(({ state }) => state === 'idle')
    core.at.now = { battery: false, metered: true }
    await core.clock.advance(minute)
    expect(stateOf(core)).toMatchObject({ reason: 'metered', message: expect.stringContaining('metered') })
    expect(core.turns).toHaveLength(1)
    const over = core.until(({ state, accounts }) => state === 'idle' && accounts[0]?.state !== 'waiting')
    core.at.now = { battery: false, metered: false }
    await core.clock.advance(minute)
    await over
    expect(core.turns).toHaveLength(2)
  })

  it('goes on at once when the person changes the setting, and looks at nothing any more', async () => {
    const core = await start({ battery: true })
    await core.service.changeSettings({ backfillOnBattery: false })
    await core.service.start()
    await core.until(({ accounts }) => accounts[0]?.state === 'waiting')
    const over = core.until(({ accounts }) => accounts[0]?.state !== 'waiting')
    await core.service.changeSettings({ backfillOnBattery: true })
    await over
    const looks = core.at.looks.length
    await core.clock.advance(10 * minute)
    expect(core.at.looks).toHaveLength(looks)
  })
})

it('waits in words that say what still happens and what ends it', () => {
  const until = new Date('2026-11-25T13:00:00Z')
  expect(heldState('metered', until)).toEqual({
    state: 'waiting',
    reason: 'metered',
    until: '2026-11-25T13:00:00.000Z',
    message: 'The first download waits while the network is metered; new mail is synced',
    remedy: 'Use another network, or set backfillOnMetered to true',
    action: { kind: 'change_setting', setting: 'backfill_on_metered' },
  })
})
