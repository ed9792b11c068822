import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLogging, type LoggingOptions } from '../../electron/platform/log.ts'
import { type FoldState, fold, foldRest, nothingFolded } from '../../electron/platform/log-fold.ts'
import { formatText, oneLine } from '../../electron/platform/log-format.ts'
import { type LogEntry, logLevels } from '../../shared/log-entry.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { tempFolder } from './temp-home.ts'

function start(options: Partial<LoggingOptions> = {}) {
  const lines: string[] = []
  const clock = createFakeClock({ start: new Date(2025, 7, 13, 8, 15, 0) })
  const logging = createLogging({
    level: 'info',
    format: 'text',
    file: null,
    console: (line) => lines.push(line),
    maxBytes: 10_000_000,
    files: 5,
    clock,
    ...options,
  })
  return { ...logging, lines, clock, engine: logging.log.named('sync.engine') }
}

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
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\p{Cc}\u2028\u2029]/u.test(oneLine(text))))
  })

  it('holds no secret, in its message or its fields', () => {
    const { engine, lines, hide, tail } = start()
    hide('the-api-token-of-this-folder')
    engine.error('refused ya29.abcdefgh', { refresh_token: 'plain', note: 'the-api-token-of-this-folder' })
    expect(lines[0]).toMatch(/refused \[redacted\] \[refresh_token=\[redacted\] note=\[redacted\]\]$/)
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

describe('the log file', () => {
  it('is written for its owner alone, put aside at its size, and only so many are kept', async () => {
    const folder = await tempFolder()
    const file = join(folder, 'logs', 'background_sync.log')
    const { engine, close } = start({ file, console: null, maxBytes: 10_000, files: 3 })
    for (let n = 0; n < 1_000; n++) engine.info(`line ${n} ${'x'.repeat(60)}`)
    close()
    const names = (await readdir(join(folder, 'logs'))).sort()
    expect(names).toEqual(['background_sync.log', 'background_sync.log.1', 'background_sync.log.2'])
    const texts = await Promise.all(names.map((name) => readFile(join(folder, 'logs', name), 'utf8')))
    expect(texts[0]).toContain('line 999 ')
    const numbers =
      texts
        .toReversed()
        .join('')
        .match(/(?<=line )\d+/g)
        ?.map(Number) ?? []
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => 1_000 - numbers.length + n))
    for (const text of texts) expect(text.length).toBeLessThan(10_200)
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('is appended to by the next start, and never interprets what it is given', async () => {
    const file = join(await tempFolder(), 'background_sync.log')
    for (const text of ['first %s %c %d', '%O second']) {
      const { engine, close } = start({ file, console: null })
      engine.info(text)
      close()
    }
    const lines = (await readFile(file, 'utf8')).trim().split('\n')
    expect(lines.map((line) => line.split(' - ')[3])).toEqual(['first %s %c %d', '%O second'])
  })

  it.runIf(existsSync('/dev/full'))('says once that it cannot be written, and logging goes on', async () => {
    const { engine, lines } = start({ file: '/dev/full' })
    engine.info('one')
    engine.info('two')
    expect(lines.filter((line) => line.includes('cannot be written'))).toHaveLength(1)
    expect(lines).toContain('2025-08-13 08:15:00 - sync.engine - INFO - two')
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
