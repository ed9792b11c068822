import { execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Env } from '../../electron/platform/data-folder.ts'
import { type Notify, type ServiceManager, serviceManager, statusLine } from '../../electron/platform/sd-notify.ts'
import type { Log } from '../../electron/ports.ts'
import { idle } from '../api/fake-service.ts'
import { createFakeClock, type FakeClock, settle } from '../support/fake-clock.ts'
import { silentLog } from '../support/silent-log.ts'

const NO_PROGRAM = 'skipped: systemd-notify or python3 is not installed'

interface Managed {
  readonly manager: ServiceManager
  readonly clock: FakeClock
  readonly said: string[]
  readonly warnings: string[]
}

const managers: ServiceManager[] = []
afterEach(() => {
  for (const manager of managers.splice(0)) manager.close()
})

function managed(env: Env = {}, notify?: Notify): Managed {
  const clock = createFakeClock()
  const said: string[] = []
  const warnings: string[] = []
  const log: Log = { ...silentLog, warning: (message) => void warnings.push(message), named: () => log }
  const manager = serviceManager({
    env: { NOTIFY_SOCKET: '/run/manager', ...env },
    pid: 42,
    parentPid: 7,
    clock,
    log,
    notify: notify ?? (async (assignments) => void said.push(assignments.join(' '))),
  })
  if (manager === null) throw new Error('There should be a manager')
  managers.push(manager)
  return { manager, clock, said, warnings }
}

const alive = async (): Promise<void> => undefined

describe('the service manager', () => {
  it('is not looked for where none started us', () => {
    for (const env of [{}, { NOTIFY_SOCKET: '' }, { WATCHDOG_USEC: '1000000' }]) {
      expect(serviceManager({ env, pid: 1, parentPid: 0, clock: createFakeClock(), log: silentLog })).toBeNull()
    }
  })

  it('is asked for more time while the database opens, and no more once it is open', async () => {
    const { manager, clock, said } = managed()
    manager.starting()
    await clock.advance(70_000)
    expect(said).toEqual(Array(3).fill('EXTEND_TIMEOUT_USEC=60000000'))
    manager.ready(alive)
    await clock.advance(300_000)
    expect(said.slice(3)).toEqual(['READY=1'])
  })

  it('is not asked for more time for ever: a start that is stuck may be ended', async () => {
    const { manager, clock, said } = managed()
    manager.starting()
    await clock.advance(3 * 3_600_000)
    expect(said).toHaveLength(120)
  })

  it.each([
    ['its own number', '42'],
    ['the number of the command that handed over to it', '7'],
    ['no number', undefined],
  ])('hears that we live at half the time it wants, by %s', async (_name, pid) => {
    const { manager, clock, said } = managed({ WATCHDOG_USEC: '120000000', WATCHDOG_PID: pid })
    manager.ready(alive)
    await clock.advance(150_000)
    expect(said).toEqual(['READY=1', 'WATCHDOG=1', 'WATCHDOG=1', 'WATCHDOG=1'])
  })

  it.each([
    ['absent', undefined, undefined],
    ['nothing', '', undefined],
    ['no number', 'soon', undefined],
    ['zero', '0', undefined],
    ['below zero', '-5', undefined],
    ['meant for another process', '120000000', '4711'],
  ])('is not bothered with it when what it wants is %s', async (_name, wanted, pid) => {
    const { manager, clock, said } = managed({ WATCHDOG_USEC: wanted, WATCHDOG_PID: pid })
    manager.ready(alive)
    await clock.advance(600_000)
    expect(said).toEqual(['READY=1'])
  })

  it('does not hear that we live while the database does not answer, and hears it again when it does', async () => {
    const { manager, clock, said, warnings } = managed({ WATCHDOG_USEC: '120000000' })
    let broken = true
    manager.ready(async () => {
      if (broken) throw new Error('The database does not answer')
    })
    await clock.advance(120_000)
    expect(said).toEqual(['READY=1'])
    expect(warnings[0]).toContain('The database does not answer')
    broken = false
    await clock.advance(60_000)
    expect(said).toEqual(['READY=1', 'WATCHDOG=1'])
  })

  it('does not hear that we live while an answer is outstanding, and is asked about once, not again and again', async () => {
    const { manager, clock, said } = managed({ WATCHDOG_USEC: '120000000' })
    let asked = 0
    const answer = Promise.withResolvers<void>()
    manager.ready(() => {
      asked++
      return answer.promise
    })
    await clock.advance(1_200_000)
    expect(said).toEqual(['READY=1'])
    expect(asked).toBe(1)
    answer.resolve()
    await settle()
    expect(said).toEqual(['READY=1', 'WATCHDOG=1'])
  })

  it('shows the first line at once and then the last of each ten seconds, never the same twice', async () => {
    const { manager, clock, said } = managed()
    for (const line of ['one', 'two', 'three']) manager.status(line)
    await clock.advance(0)
    manager.status('four')
    await clock.advance(9_000)
    expect(said).toEqual(['STATUS=one'])
    await clock.advance(2_000)
    manager.status('four')
    await clock.advance(60_000)
    expect(said).toEqual(['STATUS=one', 'STATUS=four'])
    manager.status('five')
    await clock.advance(0)
    expect(said.at(-1)).toBe('STATUS=five')
    await clock.advance(20_000)
    // An idle service wakes nobody.
    expect(clock.sleepers()).toBe(0)
  })

  it('cannot be told other things by a line break in what it is shown', async () => {
    const { manager, clock, said } = managed()
    manager.status('Waiting\nMAINPID=1\r\nREADY=1')
    await clock.advance(0)
    expect(said).toEqual(['STATUS=Waiting MAINPID=1 READY=1'])
  })

  it('hears that we stop, and after that nothing else', async () => {
    const { manager, clock, said } = managed({ WATCHDOG_USEC: '120000000' })
    manager.starting()
    manager.ready(alive)
    manager.status('Waiting')
    await clock.advance(0)
    await manager.stopping()
    const before = [...said]
    expect(before.at(-1)).toBe('STOPPING=1 STATUS=Stopping')
    manager.status('Stopped')
    await clock.advance(600_000)
    expect(said).toEqual(before)
    manager.close()
    expect(clock.sleepers()).toBe(0)
  })

  it('hears things in the order they were said, however long one takes', async () => {
    const said: string[] = []
    const first = Promise.withResolvers<void>()
    const { manager, clock } = managed({}, async (assignments) => {
      if (said.length === 0) await first.promise
      said.push(assignments[0] ?? '')
    })
    manager.ready(alive)
    manager.status('Waiting')
    const stopped = manager.stopping()
    await clock.advance(0)
    first.resolve()
    await stopped
    expect(said).toEqual(['READY=1', 'STATUS=Waiting', 'STOPPING=1'])
  })

  it('is given up on in one line of the log, and the service goes on', async () => {
    const { manager, clock, warnings } = managed({ WATCHDOG_USEC: '120000000' }, async () => {
      throw new Error('the program systemd-notify is missing')
    })
    manager.ready(alive)
    await clock.advance(1_200_000)
    await manager.stopping()
    expect(warnings).toEqual([
      'The service manager cannot be told how Mailtide is: the program systemd-notify is missing',
    ])
  })
})

describe('the line a service manager shows', () => {
  const account = (state: 'needs_reauth' | 'up_to_date') =>
    state === 'up_to_date'
      ? idle.accounts[0]
      : { ...idle.accounts[0], state, reason: 'revoked', message: 'revoked', messages_stored: 500 }

  it.each([
    ['waits', idle, 'Waiting for the next cycle at 00:05 UTC; 1,000 messages of 1 account'],
    ['does not sync', { ...idle, state: 'stopped' }, 'Not syncing; 1,000 messages of 1 account'],
    [
      'failed',
      { ...idle, state: 'failed', failure: { message: 'The disk is gone', remedy: '' } },
      'Failed: The disk is gone',
    ],
    [
      'downloads',
      {
        ...idle,
        state: 'syncing',
        current: { account: 'ada@example.com', phase: 'downloading', done: 1234, total: 9999, per_second: 50 },
      },
      'Syncing, 1,234 of 9,999; 1,000 messages of 1 account',
    ],
    [
      'needs the person',
      { ...idle, accounts: [account('up_to_date'), account('needs_reauth')] },
      'Waiting for the next cycle at 00:05 UTC; 1,500 messages of 2 accounts; 1 account needs you: mailtide status',
    ],
  ])('of a service that %s', (_name, snapshot, line) => {
    expect(statusLine(snapshot as typeof idle)).toBe(line)
  })

  it('names no account: everybody on the computer may read it', () => {
    expect(statusLine(idle)).not.toContain('ada')
  })
})

const has = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const canTell = process.platform === 'linux' && has('systemd-notify') && has('python3')

/** A manager as systemd is one: reads datagrams, and lets go of the descriptors that come with them. */
const LISTENER = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print('listening', flush=True)
while True:
    print(s.recv(4096).decode().replace(chr(10), ' | '), flush=True)
`

describe('systemd’s own program', () => {
  it(`passes the words on to a real socket${canTell ? '' : ` (${NO_PROGRAM})`}`, async ({ skip }) => {
    if (!canTell) skip(NO_PROGRAM)
    const folder = await mkdtemp(join(tmpdir(), 'mailtide-notify-'))
    const socket = join(folder, 'notify.sock')
    const listener = spawn('python3', ['-c', LISTENER, socket], { stdio: ['ignore', 'pipe', 'inherit'] })
    const heard: string[] = []
    const lines = Promise.withResolvers<void>()
    const up = Promise.withResolvers<void>()
    listener.stdout.setEncoding('utf8').on('data', (text: string) => {
      heard.push(...text.split('\n').filter((line) => line !== '' && line !== 'BARRIER=1'))
      if (heard.includes('listening')) up.resolve()
      if (heard.some((line) => line.startsWith('STOPPING'))) lines.resolve()
    })
    try {
      await up.promise
      const warnings: string[] = []
      const log: Log = { ...silentLog, warning: (message) => void warnings.push(message), named: () => log }
      const clock = createFakeClock()
      const env = { PATH: process.env['PATH'], NOTIFY_SOCKET: socket, WATCHDOG_USEC: '120000000' }
      const manager = serviceManager({ env, pid: 42, parentPid: 7, clock, log })
      manager?.ready(alive)
      await manager?.stopping()
      await lines.promise
      expect(heard).toEqual(['listening', 'READY=1', 'STOPPING=1 | STATUS=Stopping'])
      expect(warnings).toEqual([])
      manager?.close()
    } finally {
      listener.kill()
      await rm(folder, { recursive: true, force: true })
    }
  })

  it('is missed in words where it is not installed', async () => {
    const warnings: string[] = []
    const log: Log = { ...silentLog, warning: (message) => void warnings.push(message), named: () => log }
    const env = { PATH: '/nonexistent', NOTIFY_SOCKET: '/nonexistent/socket' }
    const manager = serviceManager({ env, pid: 42, parentPid: 7, clock: createFakeClock(), log })
    await manager?.stopping()
    expect(warnings[0]).toContain('the program systemd-notify is missing')
    manager?.close()
  })
})
