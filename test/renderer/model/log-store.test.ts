import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type LogFilter, lineOf, matcherOf, rowAt } from '../../../renderer/model/log-rows.ts'
import { createLogStore, type LogStoreOptions } from '../../../renderer/model/log-store.ts'
import { type LogEntry, type LogLevel, logLevels } from '../../../shared/log-entry.ts'

const noon = Date.parse('2026-11-25T12:00:00.000Z')
const line = (message: string, level: LogLevel = 'info', seconds = 0): LogEntry => ({
  at: new Date(noon + seconds * 1_000).toISOString(),
  level,
  name: 'sync.engine',
  message,
})
const all: LogFilter = { level: 'debug', account: null, text: '' }

/** A store whose bunches are shown when the test says so. */
function openStore(options: LogStoreOptions = {}) {
  let due: (() => void) | null = null
  const store = createLogStore({
    now: () => new Date(noon),
    later: (run) => {
      due = run
    },
    ...options,
  })
  const show = (): void => {
    const run = due
    due = null
    run?.()
  }
  const messages = (): readonly string[] =>
    store.get().rows.map((row) => (row.kind === 'line' ? row.entry.message : row.kind))
  return { store, show, messages }
}

describe('the lines on the page of the log', () => {
  it('stand in the order in which they came, with a row where a day begins', () => {
    const { store, show, messages } = openStore()
    store.add(line('one'))
    store.add(line('two', 'info', 1))
    store.add(line('three', 'info', 86_400))
    show()
    expect(messages()).toEqual(['day', 'one', 'two', 'day', 'three'])
    expect(store.get()).toMatchObject({ shown: 3, total: 3, paused: null })
  })

  it('say where some are missing, whatever is filtered', () => {
    const { store, show, messages } = openStore()
    store.setFilter({ ...all, level: 'error' })
    store.add(line('one'))
    store.lose({ kind: 'log', count: 12, reason: 'too_slow' })
    store.add(line('two', 'error'))
    show()
    expect(messages()).toEqual(['gap', 'day', 'two'])
  })

  it('stay as they are while they are paused; what comes is counted by the filter, and shown afterwards', () => {
    const { store, show, messages } = openStore()
    store.setFilter({ ...all, level: 'warning' })
    store.add(line('one', 'warning'))
    show()
    const before = store.get().rows
    store.pause('button')
    store.add(line('two', 'error'))
    store.add(line('three', 'info'))
    show()
    expect(store.get().rows).toBe(before)
    expect(store.get().paused).toEqual({ at: new Date(noon), by: 'button', fresh: 1 })
    store.resume()
    expect(messages()).toEqual(['day', 'one', 'two'])
    expect(store.get().paused).toBeNull()
  })

  it('are filtered within what is paused, and what came since is counted anew', () => {
    const { store, show, messages } = openStore()
    store.add(line('one'))
    show()
    store.pause('button')
    store.add(line('two', 'error'))
    store.add(line('three'))
    show()
    store.setFilter({ ...all, level: 'error' })
    expect(messages()).toEqual([])
    expect(store.get().paused?.fresh).toBe(1)
  })

  it('go on when other lines are asked for, where only the scrolling had paused them', () => {
    const { store, show, messages } = openStore()
    store.add(line('one'))
    show()
    store.pause('scroll')
    store.add(line('two'))
    show()
    store.setFilter({ ...all, text: 'TWO' })
    expect(store.get().paused).toBeNull()
    expect(messages()).toEqual(['day', 'two'])
  })

  it('are let go from the oldest on, a tenth at once, and how many is told; what is paused keeps them', () => {
    const { store, show, messages } = openStore({ mostLines: 20 })
    for (let number = 0; number < 20; number++) store.add(line(`line ${number}`))
    show()
    store.pause('button')
    store.add(line('line 20'))
    show()
    expect(messages().slice(0, 2)).toEqual(['day', 'line 0'])
    expect(store.get()).toMatchObject({ total: 18, letGo: 3, shown: 20 })
    store.resume()
    expect(messages().slice(0, 2)).toEqual(['day', 'line 3'])
    expect(store.get().shown).toBe(18)
  })

  it('are bounded by what they weigh as well', () => {
    const { store, show } = openStore({ mostCharacters: 10_000 })
    for (let number = 0; number < 20; number++) store.add(line('x'.repeat(1_000)))
    show()
    expect(store.get().total).toBeLessThanOrEqual(9)
    expect(store.get().letGo).toBe(20 - store.get().total)
  })

  it('are the same however they come in bunches, as when they are filtered at once', () => {
    const entry = fc.record({
      message: fc.constantFrom('Syncing ada@example.com', 'Syncing bob@example.com', 'Cycle'),
      level: fc.constantFrom(...logLevels),
      seconds: fc.integer({ min: 0, max: 200_000 }),
      isShown: fc.boolean(),
    })
    const level = fc.constantFrom(...logLevels)
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 30 }), level, (entries, least) => {
        const bunches = openStore()
        const atOnce = openStore()
        bunches.store.setFilter({ ...all, level: least })
        for (const { message, level: of, seconds, isShown } of entries) {
          bunches.store.add(line(message, of, seconds))
          atOnce.store.add(line(message, of, seconds))
          if (isShown) bunches.show()
        }
        bunches.show()
        atOnce.show()
        atOnce.store.setFilter({ ...all, level: least })
        expect(bunches.messages()).toEqual(atOnce.messages())
        expect(bunches.store.get().shown).toBe(atOnce.store.get().shown)
      }),
    )
  })
})

describe('the lines of an account', () => {
  const about = (message: string, fields?: LogEntry['fields']): boolean =>
    matcherOf({ ...all, account: { id: 'a-1', email: 'Ada.L+x@example.com' } })(
      lineOf(1, { ...line(message), ...(fields === undefined ? {} : { fields }) }),
    )

  it.each([
    ['Syncing user: ada.l+x@example.com', true],
    ['ada.l+x@example.com: 12 changes', true],
    ['Paused (ADA.L+X@EXAMPLE.COM).', true],
    ['Sync completed for ada.l+x@example.com.', true],
    ['Syncing user: canada.l+x@example.com', false],
    ['Syncing user: ada.l+x@example.com.au', false],
    ['Syncing user: ada.l+x@example.community', false],
    ['Syncing user: adaXl+x@example.com', false],
    ['Starting sync cycle...', false],
  ])('%j: %s', (message, isAbout) => {
    expect(about(message)).toBe(isAbout)
  })

  it('are those that name its id or its address in a field, too', () => {
    expect(about('Postgres refused', { account: 'a-1' })).toBe(true)
    expect(about('Postgres refused', { account: 'a-12' })).toBe(false)
    expect(about('Given up', { name: 'ada.l+x@example.com' })).toBe(true)
  })
})

it('a link to a moment finds the nearest line, and none where nothing was written then', () => {
  const rows = [0, 10, 12, 60].map((seconds, key) => lineOf(key, line('x', 'error', seconds)))
  expect(rowAt(rows, new Date(noon + 11_500))).toBe(2)
  expect(rowAt(rows, new Date(noon + 30_000))).toBe(-1)
  expect(rowAt(rows, new Date('rubbish'))).toBe(-1)
})
