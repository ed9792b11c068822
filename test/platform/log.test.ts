import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type FoldState, fold, foldRest, nothingFolded } from '../../electron/platform/log-fold.ts'
import { oneLine } from '../../electron/platform/log-format.ts'
import { type LogEntry, logLevels } from '../../shared/log-entry.ts'
import { formatText } from '../../shared/log-text.ts'
import { startLog as start } from './start-log.ts'
import { tempFolder } from './temp-home.ts'

describe('a log line', () => {
  it('has the format that existing collectors read', () => {
    const { engine, lines } = start()
    engine.info('Starting sync cycle...')
    engine.warning('Slow')
    engine.error('Sync failed', { account: 'ada@example.com', attempt: 2, gone: undefined })
    expect(lines).toEqual([
      '2025-08-13 08:15:00 - sync.engine - INFO - Starting sync cycle...',
      '2025-08-13 08:15:00 - sync.engine - WARNING - Slow',
      '2025-08-13 08:15:00 - sync.engine - ERROR - Sync failed [account=ada@example.com attempt=2]',
    ])
  })

  it('is one JSON object with a UTC time on request', () => {
    const { engine, lines, clock } = start({ format: 'json' })
    engine.info('Sync completed', { emails: 3 })
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      {
        timestamp: clock.now().toISOString(),
        level: 'info',
        logger: 'sync.engine',
        message: 'Sync completed',
        emails: 3,
      },
    ])
  })

  it('cannot be forged by line breaks or coloured by escapes in a text from outside', () => {
    const { engine, lines } = start()
    engine.info('label a\n2025-08-13 08:15:00 - x - ERROR - forged \u001b[31mred\u0085', { name: 'b\r\nc' })
    expect(lines).toEqual([
      '2025-08-13 08:15:00 - sync.engine - INFO - label a\\n2025-08-13 08:15:00 - x - ERROR - forged \\u001b[31mred\\u0085 [name=b\\r\\nc]',
    ])
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\u2028\u2029\u202e]/u.test(oneLine(text))))
  })

  it('cannot be turned around by the marks of bidirectional text', () => {
    const { engine, lines } = start()
    engine.info('label \u202egnp.exe\u2066 \u200f', { name: 'a\u061cb' })
    expect(lines[0]).toMatch(/label \\u202egnp\.exe\\u2066 \\u200f \[name=a\\u061cb\]$/)
  })

  it('holds whole characters only, where it was cut too: strict readers of JSON refuse others', () => {
    const { engine, lines } = start({ format: 'json' })
    engine.info(`${'x'.repeat(3_999)}\u{1F600}`, { name: 'half \ud800 of one', whole: '\u{1F600}' })
    expect(lines[0]).not.toMatch(/\\ud[89a-f]/)
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ name: 'half \ufffd of one', whole: '\u{1F600}' })
  })

  it('keeps the meaning of its own names when a field is called as one of them', () => {
    const { engine, lines } = start({ format: 'json' })
    engine.info('m', { message: 'other', level: 3, repeated: 'x' })
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      message: 'm',
      level: 'info',
      message_: 'other',
      level_: 3,
      repeated_: 'x',
    })
  })

  it('holds no secret, in its message or its fields', () => {
    const { engine, lines, hide, tail } = start()
    hide('the-api-token-of-this-folder')
    hide('pass phrase/with+signs')
    engine.error('refused ya29.abcdefgh', { refresh_token: 'plain', note: 'the-api-token-of-this-folder' })
    engine.error('at postgres?p=pass%20phrase%2Fwith%2Bsigns')
    expect(lines[0]).toMatch(/refused \[redacted\] \[refresh_token=\[redacted\] note=\[redacted\]\]$/)
    expect(lines[1]).toMatch(/at postgres\?p=\[redacted\]$/)
    expect(JSON.stringify(tail(10, 'debug'))).not.toMatch(/plain|the-api-token|abcdefgh/)
  })

  it('appears only from the chosen level on', () => {
    const { engine, lines } = start({ level: 'warning' })
    for (const level of logLevels) engine[level](`a ${level}`)
    expect(lines.map((line) => line.split(' - ')[2])).toEqual(['WARNING', 'ERROR'])
  })
})

describe('the end of the log', () => {
  it('is given oldest first, by level and number, and its memory is bounded', () => {
    const { engine, tail } = start({ console: null })
    for (let n = 0; n < 20_000; n++) engine.info(`line ${n}`)
    engine.error('bad')
    expect(tail(2, 'info').map(({ message }) => message)).toEqual(['line 19999', 'bad'])
    expect(tail(10, 'error').map(({ message }) => message)).toEqual(['bad'])
    expect(tail(0, 'info')).toEqual([])
    expect(tail(1_000_000, 'debug')).toHaveLength(5_000)
    for (let n = 0; n < 5_000; n++) engine.info(`${n} ${'long '.repeat(700)}`)
    const characters = tail(1_000_000, 'debug').reduce((sum, { message }) => sum + message.length, 0)
    expect(characters).toBeGreaterThan(3_500_000)
    expect(characters).toBeLessThan(4_000_000)
    expect(tail(1, 'debug')[0]?.message).toMatch(/^4999 /)
  })

  it('is pushed to whoever listens, until they stop', () => {
    const { engine, subscribe } = start()
    const seen: LogEntry[] = []
    const stop = subscribe((entry) => seen.push(entry))
    engine.info('one')
    stop()
    engine.info('two')
    expect(seen.map(({ message }) => message)).toEqual(['one'])
  })
})

describe('a listener', () => {
  it('that throws hurts neither the log nor the others', () => {
    const { engine, subscribe, lines } = start()
    const seen: string[] = []
    subscribe(() => {
      throw new Error('broken')
    })
    subscribe((entry) => seen.push(entry.message))
    engine.info('one')
    engine.info('two')
    expect(seen).toEqual(['one', 'two'])
    expect(lines).toHaveLength(2)
  })

  it('that logs does not hear itself', () => {
    const { engine, subscribe, lines } = start()
    let heard = 0
    subscribe(() => {
      heard++
      engine.info('heard')
    })
    engine.info('one')
    expect(heard).toBe(1)
    expect(lines).toHaveLength(2)
  })

  it('that leaves while it is called keeps nobody else from hearing', () => {
    const { engine, subscribe } = start()
    const seen: string[] = []
    const leave = subscribe(() => leave())
    subscribe((entry) => seen.push(entry.message))
    engine.info('one')
    expect(seen).toEqual(['one'])
  })
})

it('goes on when its console is gone', () => {
  const { engine, tail } = start({
    console: () => {
      throw new Error('EPIPE')
    },
  })
  engine.info('one')
  expect(tail(1, 'info')).toHaveLength(1)
})

describe('a changed setting', () => {
  it('of the level or the format holds from the next line on', () => {
    const { engine, lines, setLevel, setFormat } = start()
    engine.debug('unseen')
    setLevel('debug')
    engine.debug('seen')
    setFormat('json')
    engine.debug('as JSON')
    setLevel('error')
    engine.warning('unseen')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toContain(' - DEBUG - seen')
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ level: 'debug', message: 'as JSON' })
  })

  it('of the rotation holds from the next line on, and surplus files go', async () => {
    const folder = await tempFolder()
    const { engine, close, setRotation } = start({
      file: join(folder, 'x.log'),
      console: null,
      maxBytes: 1_000,
      files: 6,
    })
    for (let n = 0; n < 200; n++) engine.info(`line ${n} ${'x'.repeat(60)}`)
    expect(await readdir(folder)).toHaveLength(6)
    setRotation({ maxBytes: 2_000, files: 2 })
    for (let n = 0; n < 60; n++) engine.info(`line ${n} ${'x'.repeat(60)}`)
    close()
    expect((await readdir(folder)).sort()).toEqual(['x.log', 'x.log.1'])
    expect((await stat(join(folder, 'x.log.1'))).size).toBeGreaterThan(1_900)
    setRotation({ maxBytes: 1_000, files: 1 })
    for (let n = 0; n < 60; n++) engine.info(`line ${n} ${'x'.repeat(60)}`)
    expect(await readdir(folder)).toEqual(['x.log'])
  })
})

describe('repeats', () => {
  it('of an error are counted and told later; everything else is written as it comes', async () => {
    const { engine, lines, clock } = start()
    for (let n = 0; n < 43; n++) {
      engine.error('Gmail does not answer')
      engine.info('Starting sync cycle...')
    }
    expect(lines.filter((line) => line.includes('ERROR'))).toHaveLength(1)
    expect(lines.filter((line) => line.includes('INFO'))).toHaveLength(43)
    await clock.advance(61_000)
    engine.info('Later')
    expect(lines.at(-2)).toBe('2025-08-13 08:15:00 - sync.engine - ERROR - Gmail does not answer (repeated 42 times)')
  })

  it('are told in time though nothing else is logged and nobody reads, and less often as the trouble goes on', async () => {
    const { engine, lines, clock, close } = start()
    for (let n = 0; n < 3; n++) engine.error('Gmail does not answer')
    await clock.advance(59_000)
    expect(lines).toHaveLength(1)
    await clock.advance(1_000)
    expect(lines[1]).toMatch(/repeated 2 times/)
    engine.error('Gmail does not answer')
    await clock.advance(239_000)
    expect(lines).toHaveLength(2)
    await clock.advance(1_000)
    expect(lines[2]).toMatch(/repeated 1 time\)/)
    expect(clock.sleepers()).toBe(0)
    engine.error('Gmail does not answer')
    expect(clock.sleepers()).toBe(1)
    close()
    expect(lines).toHaveLength(4)
    expect(clock.sleepers()).toBe(0)
  })

  it('of a new trouble are told in time while an old one has a long window', async () => {
    const { engine, lines, clock } = start()
    for (let n = 0; n < 2; n++) engine.error('old')
    await clock.advance(60_000)
    engine.error('old')
    for (let n = 0; n < 2; n++) engine.error('new')
    await clock.advance(60_000)
    expect(lines.at(-1)).toMatch(/new \(repeated 1 time\)/)
    await clock.advance(180_000)
    expect(lines.at(-1)).toMatch(/old \(repeated 1 time\)/)
  })

  it('that come after the end are written as they come', () => {
    const { engine, lines, close } = start()
    close()
    engine.error('x')
    engine.error('x')
    expect(lines).toHaveLength(2)
  })

  it('that are still counted are told at the end', () => {
    const { engine, lines, close } = start()
    engine.warning('x')
    engine.warning('x')
    close()
    close()
    expect(lines.map((line) => line.slice(-20))).toEqual([
      expect.stringMatching(/x$/),
      'x (repeated 1 time)'.padStart(20),
    ])
  })

  it('lose no entry: what is written plus what is counted is what came in, and memory is bounded', () => {
    const at = '2026-01-01T00:00:00.000Z'
    const entry = fc.record({
      at: fc.constant(at),
      level: fc.constantFrom(...logLevels),
      name: fc.constant('a'),
      message: fc.integer({ min: 0, max: 300 }).map(String),
    })
    const step = fc.record({ entry, later: fc.constantFrom(0, 1_000, 61_000, 4_000_000) })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 600 }), (steps) => {
        const written: LogEntry[] = []
        let state: FoldState = nothingFolded
        let now = 0
        for (const { entry: next, later } of steps) {
          now += later
          const before = written.length
          const result = fold(state, next, now)
          state = result.state
          written.push(...result.write)
          if (next.level === 'info' || next.level === 'debug') expect(written.slice(before)).toContainEqual(next)
          expect(state.size).toBeLessThanOrEqual(200)
        }
        written.push(...foldRest(state))
        const tally = (entries: readonly LogEntry[]) => {
          const counts: Record<string, number> = {}
          for (const { level, message, repeated } of entries) {
            counts[`${level} ${message}`] = (counts[`${level} ${message}`] ?? 0) + (repeated ?? 1)
          }
          return counts
        }
        expect(tally(written)).toEqual(tally(steps.map(({ entry: each }) => each)))
      }),
      { numRuns: 50 },
    )
  })
})

it('writes the text of a repeated entry with its count', () => {
  const entry: LogEntry = { at: '2026-01-01T00:00:00.000Z', level: 'error', name: 'a', message: 'm', repeated: 2 }
  expect(formatText(entry)).toMatch(/ - a - ERROR - m \(repeated 2 times\)$/)
})
