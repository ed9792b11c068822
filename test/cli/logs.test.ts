import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { parseSince } from '../../electron/cli/since.ts'
import { runLines } from '../../electron/platform/run-lines.ts'
import { formatText } from '../../shared/log-text.ts'
import { tempFolder, tempHome } from '../platform/temp-home.ts'
import { mailtide } from './mailtide.ts'
import { startHost } from './running-service.ts'

const now = new Date('2026-01-01T00:01:00.000Z')
const line = (at: string, message: string, level: 'debug' | 'info' | 'warning' | 'error' = 'info') =>
  formatText({ at, level, name: 'sync.engine', message })

const past = [
  line('2025-12-30T10:00:00.000Z', 'Two days ago'),
  line('2025-12-31T23:00:00.000Z', 'An hour ago', 'error'),
  line('2026-01-01T00:00:30.000Z', 'Just now', 'debug'),
]

async function folderWithLog(): Promise<string> {
  const paths = await tempHome()
  await writeFile(paths.logFile, `${past.join('\n')}\n`)
  return paths.home
}

const notRunning = 'Mailtide is not running. Start it with: mailtide start\n'

describe('logs without a service', () => {
  it.each([
    ['logs', past],
    ['logs -n 1', past.slice(-1)],
    ['logs --lines 0', []],
    ['logs --level info', past.slice(0, 2)],
    ['logs --level error', past.slice(1, 2)],
    ['logs --since 2h', past.slice(1)],
    ['logs --since 45s', past.slice(2)],
    ['logs --since 2025-12-31T22:00:00Z --level info', past.slice(1, 2)],
  ])('%s come from the file, with exit code 3', async (words, expected) => {
    const { code, out, err } = await mailtide(await folderWithLog(), words)
    expect({ code, err }).toEqual({ code: 3, err: notRunning })
    expect(out.split('\n').filter(Boolean)).toEqual(expected)
  })

  it('are JSON on request', async () => {
    const { code, out, err } = await mailtide(await folderWithLog(), 'logs -n 1 --json')
    expect({ code, err }).toEqual({ code: 3, err: '' })
    expect(JSON.parse(out)).toEqual({
      running: false,
      entries: [{ at: '2026-01-01T00:00:30.000Z', level: 'debug', name: 'sync.engine', message: 'Just now' }],
    })
  })

  it.each([
    'logs --level loud',
    'logs -n five',
    'logs -n -1',
    'logs -n 1e9',
    'logs --since yesterday',
    'logs --since 2026-02-30',
  ])('%s is wrong usage', async (words) => {
    expect(await mailtide(await folderWithLog(), words)).toMatchObject({ code: 2, out: '' })
  })

  it('are none where there was never a service', async () => {
    const home = join(await tempFolder(), 'none')
    expect(await mailtide(home, 'logs')).toEqual({ code: 3, out: '', err: notRunning })
    expect(await mailtide(home, 'logs-follow')).toEqual({ code: 3, out: '', err: notRunning })
    await mkdir(home)
    expect(await mailtide(home, 'logs')).toMatchObject({ code: 3 })
  })
})

describe('status without a service', () => {
  it('says when it last ran, and whether it was killed', async () => {
    const home = await folderWithLog()
    const clean = await mailtide(home, 'status')
    expect(clean).toMatchObject({ code: 3, err: notRunning })
    expect(clean.out).toContain('It last ran 30 seconds ago and stopped cleanly.')
    expect(clean.out).toContain('  2025-12-31 ')
    await writeFile(join(home, 'lock'), '')
    const killed = await mailtide(home, 'status')
    expect(killed.out.replaceAll(/\s+/g, ' ')).toContain('did not stop cleanly: it was killed, or the power failed.')
    expect(JSON.parse((await mailtide(home, 'status --json')).out)).toMatchObject({
      running: false,
      last_run: { clean: false, ended_at: '2026-01-01T00:00:30.000Z' },
      log: [{}, {}, {}],
    })
  })

  it('is not misled by commands that came after a run, to its folder and its log', async () => {
    const paths = await tempHome()
    const service = (at: string, message: string) => formatText({ at, level: 'info', name: 'service', message })
    const run = [service('2025-12-31T20:00:00.000Z', 'Mailtide is running. Status: http://x'), ...past.slice(1, 2)]
    const after = line('2026-01-01T00:00:50.000Z', 'Of another command', 'warning')
    await writeFile(paths.logFile, `${[...run, after].join('\n')}\n`)
    expect((await mailtide(paths.home, 'status')).out.replaceAll(/\s+/g, ' ')).toContain('did not stop cleanly')
    const stop = service('2025-12-31T23:01:00.000Z', 'Stopping (SIGTERM)...')
    await writeFile(paths.logFile, `${[...run, stop, after].join('\n')}\n`)
    expect((await mailtide(paths.home, 'status')).out).toContain('It last ran 1 hour ago and stopped cleanly.')
  })

  it.each([
    ['quit from the tray', [runLines.stopping()], true],
    ['ended by the system', [runLines.stopping('SIGTERM'), runLines.stopping()], true],
    ['killed', [], false],
    ['ended by a fault, though it gave its folder back', [runLines.crashing('Error: x'), runLines.stopping()], false],
  ])('tells a desktop app that was %s', async (_how, ends, isClean) => {
    const paths = await tempHome()
    const service = (message: string) =>
      formatText({ at: '2025-12-31T23:01:00.000Z', level: 'info', name: 'service', message })
    const run = [runLines.stopping(), runLines.running(' in the tray'), ...ends].map(service)
    await writeFile(paths.logFile, `${run.join('\n')}\n`)
    expect(JSON.parse((await mailtide(paths.home, 'status --json')).out).last_run.clean).toBe(isClean)
  })

  it('is unknown, 4, where the folder is none; nothing else is made of it', async () => {
    const file = join(await tempFolder(), 'file')
    await writeFile(file, '')
    for (const words of ['status', 'status --json']) expect((await mailtide(file, words)).code).toBe(4)
    for (const words of ['stop', 'start', 'restart', 'sync', 'logs']) {
      const { code, err } = await mailtide(file, words)
      expect({ words, code }).toEqual({ words, code: 1 })
      expect(err).toContain(file)
    }
  })
})

describe('logs of a running service', () => {
  it('come from it, as many and as urgent as asked', async () => {
    const { paths, logging } = await startHost()
    for (const word of ['one', 'two', 'three']) logging.log.info(`Line ${word}`)
    logging.log.debug('Only on request')
    const { code, out, err } = await mailtide(paths.home, 'logs -n 2 --level info')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toMatch(/^[\d-]+ [\d:]+ - mailtide - INFO - Line two\n.* - Line three\n$/)
    expect((await mailtide(paths.home, 'logs -n 1')).out).toContain('Only on request')
    expect(await mailtide(paths.home, 'logs -n 0')).toEqual({ code: 0, out: '', err: '' })
    expect((await mailtide(paths.home, 'status')).out).toContain('Last log lines:')
  })

  it('are followed as they come, until Ctrl-C, which is no failure', async () => {
    const { paths, logging } = await startHost()
    logging.log.info('Line before')
    let out = ''
    const stdout = {
      write: (text: string) => {
        out += text
      },
    }
    const following = mailtide(paths.home, 'logs-follow', { stdout })
    await vi.waitFor(() => expect(out).toContain('Line before'), { timeout: 10_000 })
    logging.log.info('Line after')
    await vi.waitFor(() => expect(out).toContain('Line after'), { timeout: 10_000 })
    process.emit('SIGINT')
    expect(await following).toMatchObject({ code: 0, err: '' })
    expect(out.match(/Line/g)).toHaveLength(2)
  })

  it('keep a status on the screen until Ctrl-C', async () => {
    const { paths, service } = await startHost()
    let out = ''
    const stdout = {
      write: (text: string) => {
        out += text
      },
    }
    const watching = mailtide(paths.home, 'status --watch --json', { stdout })
    await vi.waitFor(() => expect(out).toContain('"revision":7'), { timeout: 10_000 })
    service.publish({ state: 'syncing' })
    await vi.waitFor(() => expect(out).toContain('"syncing"'), { timeout: 10_000 })
    process.emit('SIGINT')
    expect((await watching).code).toBe(0)
    for (const each of out.trim().split('\n')) expect(JSON.parse(each)).toHaveProperty('sync_status')
  })
})

describe('a status that is watched on a terminal', () => {
  /** A terminal of so many rows, of which the last thing drawn can be read. */
  function screen(rows: number) {
    let drawn = ''
    const stdout = {
      isTTY: true,
      rows,
      write: (text: string) => {
        drawn += text
      },
    }
    return { stdout, all: () => drawn, last: () => drawn.split('\u001b[H').at(-1) ?? '' }
  }

  it('is not shown any longer once the service has gone', async () => {
    const host = await startHost()
    const { stdout, last } = screen(40)
    const watching = mailtide(host.paths.home, 'status --watch', { stdout })
    await vi.waitFor(() => expect(last()).toContain('is running'), { timeout: 10_000 })
    await host.closeApi()
    await vi.waitFor(() => expect(last()).toContain('Mailtide has stopped.'), { timeout: 10_000 })
    expect(last()).not.toContain('is running')
    process.emit('SIGINT')
    expect(await watching).toMatchObject({ code: 0, err: '' })
  })

  it('is never taller than the screen', async () => {
    const host = await startHost()
    const { stdout, last } = screen(6)
    const watching = mailtide(host.paths.home, 'status --watch', { stdout })
    await vi.waitFor(() => expect(last()).toContain('more lines: mailtide status'), { timeout: 10_000 })
    expect(last().split('\n').length).toBeLessThanOrEqual(6)
    process.emit('SIGINT')
    await watching
  })

  it('is written line by line on one that cannot be drawn on', async () => {
    const host = await startHost()
    const { stdout, all } = screen(40)
    const env = { MAILTIDE_HOME: host.paths.home, TERM: 'dumb' }
    const watching = mailtide(host.paths.home, 'status --watch', { stdout, env })
    await vi.waitFor(() => expect(all()).toContain('is running'), { timeout: 10_000 })
    process.emit('SIGINT')
    await watching
    expect(all()).not.toContain('\u001b')
  })
})

describe('a point in time', () => {
  it.each([
    ['90s', '2025-12-31T23:59:30.000Z'],
    ['1w', '2025-12-25T00:01:00.000Z'],
    ['2025-12-31T10:00Z', '2025-12-31T10:00:00.000Z'],
    ['2025-12-31 10:00:05+02:00', '2025-12-31T08:00:05.000Z'],
  ])('%s is understood', (text, expected) => {
    expect(parseSince(text, now)?.toISOString()).toBe(expected)
  })

  it('is local unless it names its zone', () => {
    expect(parseSince('2025-12-31', now)).toEqual(new Date(2025, 11, 31))
    expect(parseSince('2025-12-31 08:15:01', now)).toEqual(new Date(2025, 11, 31, 8, 15, 1))
  })

  it.each(['', '5', '5 m', '-5m', '2025-13-01', '2025-12-31 25:00', 'now', '1e3s'])('%j is none', (text) => {
    expect(parseSince(text, now)).toBeNull()
  })
})
