import { appendFile, link, mkdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readLogFile, readLogTail } from '../../electron/platform/log-file.ts'
import { formatJson } from '../../electron/platform/log-format.ts'
import { parseLogLine } from '../../electron/platform/log-parse.ts'
import { type LogEntry, logLevels } from '../../shared/log-entry.ts'
import { formatText } from '../../shared/log-text.ts'
import { tempFolder } from './temp-home.ts'

const entry = (n: number, more: Partial<LogEntry> = {}): LogEntry => ({
  at: new Date(Date.UTC(2026, 0, 1, 0, 0, n)).toISOString(),
  level: 'info',
  name: 'sync.engine',
  message: `line ${n}`,
  ...more,
})
const text = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, n) => `${formatText(entry(from + n))}\n`).join('')
const messages = (entries: readonly LogEntry[]): string[] => entries.map(({ message }) => message)

describe('a written line, read back,', () => {
  const word = fc.string({
    unit: fc.constantFrom('a', 'é', ' ', '[', ']', '=', '-', '(', '"', '\\', '5'),
    maxLength: 20,
  })
  const anEntry = fc.record(
    {
      at: fc.date({ min: new Date('2000-01-01'), max: new Date('2090-01-01'), noInvalidDate: true }).map((at) => {
        at.setUTCMilliseconds(0)
        return at.toISOString()
      }),
      level: fc.constantFrom(...logLevels),
      name: fc.constantFrom('mailtide', 'sync.engine', 'api'),
      message: word,
      fields: fc.dictionary(
        fc.constantFrom('account', 'attempt', 'code', 'level', 'message'),
        fc.oneof(word, fc.integer(), fc.boolean(), fc.constant(null)),
        { minKeys: 1 },
      ),
      repeated: fc.integer({ min: 1, max: 1_000_000 }),
    },
    { requiredKeys: ['at', 'level', 'name', 'message'] },
  )

  it('says the same as text, to the letter', () => {
    fc.assert(
      fc.property(anEntry, (each) => {
        const line = formatText(each)
        const back = parseLogLine(line)
        expect(back && formatText(back)).toBe(line)
        expect(back).toMatchObject({ at: each.at, level: each.level, name: each.name })
      }),
    )
  })

  it('is the same entry as JSON, whatever its fields are called', () => {
    fc.assert(
      fc.property(anEntry, (each) => {
        const back = parseLogLine(formatJson(each))
        expect(back && formatJson(back)).toBe(formatJson(each))
        expect(back).toMatchObject({ at: each.at, level: each.level, name: each.name, message: each.message })
      }),
    )
  })

  it('has its fields and its count again', () => {
    const each = entry(1, {
      level: 'warning',
      fields: { account: 'ada@example.com', attempt: 2, why: 'a b' },
      repeated: 42,
    })
    expect(parseLogLine(formatText(each))).toEqual(each)
    expect(parseLogLine(formatJson(each))).toEqual(each)
  })

  it.each([
    '',
    'hello',
    '2026-01-01 00:00:00 - a - LOUD - b',
    '2026-02-31 00:00:00 - a - INFO - b',
    '2026-01-01 25:00:00 - a - INFO - b',
    '01 00:00:00 - sync.engine - INFO - the end of a torn line',
    '{"timestamp":"2026-01-01T00:00:00.000Z","level":"info","logger":"a","mess',
    '{"timestamp":"yesterday","level":"info","logger":"a","message":"m"}',
    '{"level":"info"}',
    '[]',
  ])('is nothing when it says %j', (line) => {
    expect(parseLogLine(line)).toBeNull()
  })
})

describe('the last entries of the log', () => {
  it('come oldest first, as many as were asked for, from this level on', async () => {
    const file = join(await tempFolder(), 'x.log')
    await writeFile(file, `${text(1, 10)}${formatText(entry(11, { level: 'error', message: 'bad' }))}\n${text(12, 13)}`)
    expect(messages(await readLogFile(file, { lines: 3, level: 'info' }))).toEqual(['bad', 'line 12', 'line 13'])
    expect(messages(await readLogFile(file, { lines: 3, level: 'warning' }))).toEqual(['bad'])
    expect(await readLogFile(file, { lines: 0, level: 'debug' })).toEqual([])
  })

  it('go back into the files that were put aside, and stop where these stop', async () => {
    const file = join(await tempFolder(), 'x.log')
    await writeFile(file, text(7, 8))
    await writeFile(`${file}.1`, text(4, 6))
    await writeFile(`${file}.2`, text(2, 3))
    await writeFile(`${file}.4`, text(1, 1))
    expect(messages(await readLogFile(file, { lines: 100, level: 'debug' }))).toEqual(
      [2, 3, 4, 5, 6, 7, 8].map((n) => `line ${n}`),
    )
    expect(messages(await readLogFile(file, { lines: 4, level: 'debug' }))).toEqual(
      [5, 6, 7, 8].map((n) => `line ${n}`),
    )
  })

  it('are there between putting the file aside and its first new line', async () => {
    const file = join(await tempFolder(), 'x.log')
    await writeFile(`${file}.1`, text(1, 2))
    expect(messages(await readLogFile(file, { lines: 9, level: 'debug' }))).toEqual(['line 1', 'line 2'])
  })

  it('are none where there is no log, and an error where it cannot be read', async () => {
    const folder = await tempFolder()
    expect(await readLogFile(join(folder, 'x.log'), { lines: 9, level: 'debug' })).toEqual([])
    await mkdir(join(folder, 'folder.log'))
    await expect(readLogFile(join(folder, 'folder.log'), { lines: 9, level: 'debug' })).rejects.toThrow('EISDIR')
  })

  it('leave out torn lines, empty lines, binary noise and lines without end', async () => {
    const file = join(await tempFolder(), 'x.log')
    await writeFile(file, `${text(1, 1)}torn\n\n`)
    await appendFile(file, Buffer.concat([Buffer.alloc(70_000, 0xff), Buffer.from('\n')]))
    await appendFile(file, `${text(2, 2)}${'x'.repeat(3_000_000)}\n${formatJson(entry(3))}\r\n`)
    await appendFile(file, formatText(entry(4)))
    expect(messages(await readLogFile(file, { lines: 9, level: 'debug' }))).toEqual(
      [1, 2, 3, 4].map((n) => `line ${n}`),
    )
  })

  it('are the same wherever the pieces that are read begin and end', async () => {
    const file = join(await tempFolder(), 'x.log')
    const long = (n: number) => entry(n, { message: `${n} ${'é'.repeat((n * 7919) % 50_000)}` })
    const all = Array.from({ length: 40 }, (_, n) => long(n))
    await writeFile(file, all.map((each) => `${formatText(each)}\n`).join(''))
    expect(messages(await readLogFile(file, { lines: 100, level: 'debug' }))).toEqual(messages(all))
  })

  it('hold nothing twice when the file is put aside while it is read', async () => {
    const file = join(await tempFolder(), 'x.log')
    await writeFile(file, text(1, 3))
    // As the reader meets it: the first name has been read and is now the second.
    const names = [file, `${file}.1`]
    await rename(file, `${file}.1`)
    await writeFile(file, '')
    await link(`${file}.1`, `${file}.2`)
    expect(messages(await readLogTail([...names, `${file}.2`], 9, 'debug'))).toEqual(['line 1', 'line 2', 'line 3'])
  })
})
