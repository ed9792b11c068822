import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createEvents,
  type EventsRequest,
  HEARTBEAT_MS,
  MAX_READERS,
  MAX_READERS_WITH_TOKEN,
} from '../../electron/api/events.ts'
import type { LogEntry } from '../../shared/log-entry.ts'
import type { CycleSummary, Snapshot } from '../../shared/status.ts'
import { createFakeClock, settle } from '../support/fake-clock.ts'
import { createFakeLogs, entry } from './api-under-test.ts'
import { createEventReader, type HeardEvent } from './event-reader.ts'
import { createFakeService } from './fake-service.ts'

const cycle = (n: number): CycleSummary => ({
  started_at: new Date(Date.UTC(2026, 0, 1, n)).toISOString(),
  finished_at: new Date(Date.UTC(2026, 0, 1, n, 1)).toISOString(),
  duration_seconds: 60,
  accounts: 1,
  emails: n,
  errors: 0,
})

function build(past: readonly LogEntry[] = [], run = 'run1') {
  const clock = createFakeClock()
  const service = createFakeService()
  const logs = createFakeLogs(past)
  const events = createEvents({ clock, logs, run, since: new Date('2026-01-01T00:00:00.000Z') })
  events.attach(service)
  const open = (request: Partial<EventsRequest> = {}) =>
    createEventReader(
      events.open({
        kinds: ['status', 'cycle'],
        level: 'info',
        lines: 0,
        after: undefined,
        hasToken: true,
        isWelcome: () => true,
        ...request,
      }),
    )
  return { clock, service, logs, events, open }
}

const revisions = (heard: readonly HeardEvent[]) =>
  heard.filter(({ name }) => name === 'status').map(({ data }) => (data as Snapshot).revision)
const messages = (heard: readonly HeardEvent[]) =>
  heard.filter(({ name }) => name === 'log').map(({ data }) => (data as LogEntry).message)
const emails = (heard: readonly HeardEvent[]) =>
  heard.filter(({ name }) => name === 'cycle').map(({ data }) => (data as CycleSummary).emails)

describe('a reader of the status', () => {
  it('is sent the present snapshot first, whole, and then each later one', async () => {
    const { service, open, clock } = build()
    const reader = open()
    const [first] = await reader.takeSome(1)
    expect(first).toEqual({ name: 'status', id: 'run1.7.0.0', data: service.snapshot() })
    expect(reader.retry()).toBe(2_000)
    service.publish({ state: 'syncing' })
    expect(revisions(await reader.takeSome(1))).toEqual([8])
    await clock.advance(1_000)
    service.publish({ state: 'idle' })
    const [third] = await reader.takeSome(1)
    expect(third).toMatchObject({ id: 'run1.9.0.0', data: { state: 'idle' } })
  })

  it('that is slow is sent the latest alone, whatever came between', async () => {
    const { service, open } = build()
    const reader = open()
    await reader.takeSome(1)
    for (let n = 0; n < 1_000; n++) service.publish({})
    expect(revisions(await reader.takeSome(1))).toEqual([1_007])
  })

  it('is told of a burst at its beginning and at its end, not at each step', async () => {
    const { service, open, clock } = build()
    const reader = open()
    await reader.takeSome(1)
    const heard: HeardEvent[] = []
    const reading = (async () => {
      while (await reader.read()) heard.push(...reader.take())
    })()
    for (let n = 0; n < 100; n++) {
      service.publish({})
      await clock.advance(10)
    }
    await clock.advance(1_000)
    expect(heard.length).toBeGreaterThanOrEqual(9)
    expect(heard.length).toBeLessThanOrEqual(12)
    expect(revisions(heard).at(-1)).toBe(107)
    await reader.cancel()
    await reading
  })

  it('waits for the first snapshot while the service is starting', async () => {
    const { logs } = build()
    const service = createFakeService()
    const events = createEvents({ clock: createFakeClock(), logs, run: 'early' })
    const reader = createEventReader(
      events.open({
        kinds: ['status'],
        level: 'info',
        lines: 0,
        after: undefined,
        hasToken: false,
        isWelcome: () => true,
      }),
    )
    await reader.read()
    expect(reader.take()).toEqual([])
    const waiting = reader.takeSome(1)
    events.attach(service)
    expect(revisions(await waiting)).toEqual([7])
  })

  it('shares one text of a snapshot with all other readers', async () => {
    const { service, open } = build()
    const readers = Array.from({ length: 50 }, () => open())
    await Promise.all(readers.map((reader) => reader.takeSome(1)))
    let made = 0
    service.publish({ toJSON: () => ({ made: ++made }) } as Partial<Snapshot>)
    const heard = await Promise.all(readers.map((reader) => reader.takeSome(1)))
    expect(made).toBe(1)
    expect(heard.flat().map(({ data }) => data)).toEqual(readers.map(() => ({ made: 1 })))
  })
})

describe('a finished cycle', () => {
  it('is sent once, when it has finished, and not again for later snapshots', async () => {
    const { service, open, clock } = build()
    const reader = open()
    await reader.takeSome(1)
    service.publish({ last_cycle: cycle(1) })
    const heard = await reader.takeSome(2)
    expect(emails(heard)).toEqual([1])
    await clock.advance(1_000)
    service.publish({ state: 'syncing' })
    expect((await reader.takeSome(1)).map(({ name }) => name)).toEqual(['status'])
  })

  it('of an earlier run is none', async () => {
    const { logs } = build()
    const service = createFakeService()
    service.publish({ last_cycle: cycle(1) })
    const events = createEvents({ clock: createFakeClock(), logs, run: 'run2' })
    events.attach(service)
    const reader = createEventReader(
      events.open({
        kinds: ['cycle'],
        level: 'info',
        lines: 0,
        after: 'run2.0.0.0',
        hasToken: false,
        isWelcome: () => true,
      }),
    )
    await reader.read()
    service.publish({ last_cycle: cycle(2) })
    expect(emails(await reader.takeSome(1))).toEqual([2])
  })

  it('is missed by nobody, however slow', async () => {
    const { service, open } = build()
    const reader = open({ kinds: ['cycle'] })
    await reader.read()
    for (let n = 1; n <= 500; n++) service.publish({ last_cycle: cycle(n) })
    expect(emails(await reader.takeSome(500))).toEqual(Array.from({ length: 500 }, (_, n) => n + 1))
  })
})

describe('a reader of the log', () => {
  it('is sent each line of its level and above as it comes, and nothing of before', async () => {
    const { logs, open } = build([entry(1), entry(2)])
    const reader = open({ kinds: ['log'], level: 'warning' })
    await reader.read()
    logs.write(entry(3, 'info'))
    logs.write(entry(4, 'warning'))
    logs.write(entry(5, 'error'))
    expect(messages(await reader.takeSome(2))).toEqual(['Line 4', 'Line 5'])
  })

  it('can ask for the last lines first', async () => {
    const { logs, open } = build([entry(1, 'error'), entry(2), entry(3, 'error'), entry(4)])
    expect(messages(await open({ kinds: ['log'], lines: 3 }).takeSome(3))).toEqual(['Line 2', 'Line 3', 'Line 4'])
    const strict = open({ kinds: ['log'], lines: 2, level: 'error' })
    expect(messages(await strict.takeSome(2))).toEqual(['Line 1', 'Line 3'])
    logs.write(entry(5, 'error'))
    expect(messages(await strict.takeSome(1))).toEqual(['Line 5'])
  })

  it('that is slow is told how many lines it lost, and goes on with the oldest kept', async () => {
    const { logs, open } = build()
    const reader = open({ kinds: ['log'] })
    await reader.read()
    for (let n = 1; n <= 12_000; n++) logs.write(entry(n))
    const heard = await reader.takeSome(5_001)
    expect(heard[0]).toMatchObject({ name: 'lost', data: { kind: 'log', count: 7_000, reason: 'too_slow' } })
    expect(messages(heard)).toEqual(Array.from({ length: 5_000 }, (_, n) => `Line ${n + 7_001}`))
  })
})

describe('after a broken connection', () => {
  it('a reader goes on after its last event: nothing twice, nothing missed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('status', 'cycle', 'log', 'debug', 'read', 'break'), { maxLength: 60 }),
        async (steps) => {
          const { service, logs, open, clock, events } = build()
          const kinds = ['status', 'cycle', 'log'] as const
          let reader = open({ kinds })
          let n = 0
          let lastId: string | undefined
          const written: string[] = []
          const cycles: number[] = []
          const heard: HeardEvent[] = [...(await reader.takeSome(1))]
          for (const step of steps) {
            n++
            if (step === 'status') service.publish({})
            else if (step === 'cycle') {
              service.publish({ last_cycle: cycle(n) })
              cycles.push(n)
            } else if (step === 'log' || step === 'debug') {
              logs.write(entry(n, step === 'log' ? 'info' : 'debug'))
              if (step === 'log') written.push(`Line ${n}`)
            } else {
              const pending = written.length > messages(heard).length || cycles.length > emails(heard).length
              if (step === 'read' && pending) heard.push(...(await reader.takeSome(1)))
              if (step === 'break') {
                await reader.cancel()
                lastId = reader.lastId() ?? lastId
                reader = open({ kinds, after: lastId })
              }
            }
            await clock.advance(200)
          }
          service.publish({})
          while (revisions(heard).at(-1) !== service.snapshot().revision) heard.push(...(await reader.takeSome(1)))
          while (messages(heard).length < written.length || emails(heard).length < cycles.length)
            heard.push(...(await reader.takeSome(1)))
          await reader.cancel()
          expect(messages(heard)).toEqual(written)
          expect(emails(heard)).toEqual(cycles)
          const seen = revisions(heard)
          expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b))
          expect(heard.filter(({ name }) => name === 'lost')).toEqual([])
          expect(events.readers()).toBe(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('it is not sent the snapshot again that it has', async () => {
    const { service, open, clock } = build()
    const first = open()
    await first.takeSome(1)
    const again = open({ after: first.lastId() })
    await again.read()
    expect(again.take()).toEqual([])
    await clock.advance(1_000)
    service.publish({})
    expect(revisions(await again.takeSome(1))).toEqual([8])
  })

  it('in another run it is sent all of that run, and told that something may be lost', async () => {
    const before = new Date(Date.UTC(2025, 11, 31)).toISOString()
    const { logs, service, open } = build([{ ...entry(1), at: before }, entry(2)], 'run2')
    service.publish({ last_cycle: cycle(3) })
    logs.write(entry(4))
    for (const after of ['run1.900.12.80', 'nonsense', '', '9', 'run2', 'run2.1.1', '\u{1F600}']) {
      const heard = await open({ kinds: ['status', 'cycle', 'log'], after }).takeSome(6)
      expect(heard.map(({ name }) => name)).toEqual(['lost', 'lost', 'status', 'cycle', 'log', 'log'])
      expect(heard[1]?.data).toEqual({ kind: 'log', count: null, reason: 'restarted' })
      expect(messages(heard)).toEqual(['Line 2', 'Line 4'])
    }
  })

  it('an id from the future is as good as the present', async () => {
    const { logs, open } = build([entry(1)])
    const reader = open({ kinds: ['log'], after: 'run1.999.999.999' })
    await reader.read()
    logs.write(entry(2))
    expect(messages(await reader.takeSome(1))).toEqual(['Line 2'])
  })

  it('lines that were passed over are not asked for again, since heartbeats carry the id', async () => {
    const { logs, open, clock } = build()
    const reader = open({ kinds: ['log'], level: 'error' })
    await reader.read()
    for (let n = 1; n <= 20; n++) logs.write(entry(n))
    const beat = reader.read()
    await clock.advance(HEARTBEAT_MS)
    await beat
    expect(reader.comments).toEqual(['alive'])
    expect(reader.lastId()).toBe('run1.-1.0.20')
    expect(reader.take()).toEqual([])
  })
})

describe('a quiet stream', () => {
  it('says every 15 seconds that it is alive', async () => {
    const { open, clock } = build()
    const reader = open()
    await reader.takeSome(1)
    for (let n = 1; n <= 3; n++) {
      const beat = reader.read()
      await clock.advance(HEARTBEAT_MS)
      await beat
      expect(reader.comments).toHaveLength(n)
    }
  })

  it('costs no timer when nobody reads', async () => {
    const { open, clock, logs, service, events } = build()
    const readers = [open(), open()]
    expect(clock.sleepers()).toBe(1)
    await Promise.all(readers.map((reader) => reader.cancel()))
    logs.write(entry(1))
    service.publish({})
    await settle()
    expect(clock.sleepers()).toBe(0)
    expect(events.readers()).toBe(0)
  })
})

it('keeps some places for those who have the token, says when all are taken, and frees them', async () => {
  const { open, events } = build()
  const readers = Array.from({ length: MAX_READERS }, () => open({ hasToken: false }))
  expect(() => open({ hasToken: false })).toThrow(expect.objectContaining({ code: 'concurrency' }))
  for (let n = MAX_READERS; n < MAX_READERS_WITH_TOKEN; n++) readers.push(open({ hasToken: true }))
  expect(() => open({ hasToken: true })).toThrow(/160 programs/)
  for (const reader of readers.slice(0, 40)) await reader.cancel()
  expect(events.readers()).toBe(120)
  expect(revisions(await open({ hasToken: false }).takeSome(1))).toEqual([7])
})

it('sends a reader away that is not welcome any more', async () => {
  const { open, logs, events } = build()
  let isWelcome = true
  const reader = open({ kinds: ['log'], isWelcome: () => isWelcome })
  await reader.read()
  isWelcome = false
  logs.write(entry(1))
  expect(await reader.takeSome(1)).toEqual([{ name: 'end', id: undefined, data: { reason: 'forbidden' } }])
  expect(await reader.read()).toBe(false)
  expect(events.readers()).toBe(0)
})

it('when it closes, everybody is sent what is left and told the end, and nobody new comes in', async () => {
  const { open, logs, service, events, clock } = build()
  const quick = open({ kinds: ['log'] })
  await quick.read()
  const waiting = quick.takeSome(1)
  const slow = open({ kinds: ['log'] })
  logs.write(entry(1))
  events.close()
  events.close()
  logs.write(entry(2))
  expect(messages(await waiting)).toEqual(['Line 1'])
  expect(await quick.takeSome(1)).toEqual([{ name: 'end', id: undefined, data: { reason: 'closing' } }])
  expect((await slow.takeSome(2)).map(({ name }) => name)).toEqual(['log', 'end'])
  expect(await slow.read()).toBe(false)
  expect(() => open()).toThrow(expect.objectContaining({ code: 'aborted' }))
  expect([logs.listeners(), service.subscribers(), events.readers(), clock.sleepers()]).toEqual([0, 0, 0, 0])
})
