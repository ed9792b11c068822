import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, it, onTestFinished } from 'vitest'
import { type DataPaths, dataPaths, prepareDataFolder } from '../../electron/platform/data-folder.ts'
import { acquireLock, readOwner } from '../../electron/platform/lock.ts'
import { lightBeacon } from '../../electron/platform/lock-beacon.ts'
import { identifySelf } from '../../electron/platform/process-identity.ts'
import { readServiceFile, writeServiceFile } from '../../electron/platform/service-file.ts'
import { AppError } from '../../shared/errors.ts'
import { tempFolder, tempHome } from './temp-home.ts'

const starter = join(import.meta.dirname, 'lock-starter.ts')
/** No process has it: Linux ends at 2^22, macOS at 99998. */
const NOBODY = 2 ** 22 + 1

const locksIn = async (paths: DataPaths) => (await readdir(paths.home)).filter((name) => name.startsWith('lock'))

async function record(changes: Record<string, unknown>): Promise<Record<string, unknown>> {
  const self = await identifySelf()
  return {
    ...self,
    token: 'aa'.repeat(16),
    host: 'headless',
    since: '2026-01-01T00:00:00.000Z',
    beacon: null,
    ...changes,
  }
}

async function leaveLock(path: string, changes: Record<string, unknown>): Promise<void> {
  await writeFile(path, JSON.stringify(await record(changes)))
}

/** Starts a process that takes the lock and keeps it; resolves with what it says. */
async function startProcess(paths: DataPaths): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, [starter, paths.home], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const said = await new Promise<string>((resolve) =>
    child.stdout?.once('data', (data) => resolve(String(data).trim())),
  )
  return { child, said }
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await gone
}

it('gives the folder to one owner, and to the next after a clean stop', async () => {
  const paths = await tempHome()
  const first = await acquireLock(paths, 'headless')
  expect(first.predecessor).toBe('none')
  await expect(acquireLock(paths, 'desktop')).rejects.toMatchObject({ code: 'already_running' })
  await first.release()
  await first.release()
  expect(await locksIn(paths)).toEqual([])
  const second = await acquireLock(paths, 'desktop')
  expect(second.predecessor).toBe('none')
  await second.release()
})

it('tells a second starter who runs: pid, port and host kind', async () => {
  const paths = await tempHome()
  const lock = await acquireLock(paths, 'headless')
  await writeServiceFile(paths, { pid: process.pid, port: 8123, host: 'headless', startedAt: '2026-01-01T00:00:00Z' })
  const error = await acquireLock(paths, 'desktop').catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(AppError)
  expect(error).toMatchObject({
    message: `Service is already running (pid ${process.pid}, port 8123, headless)`,
    cause: { pid: process.pid, port: 8123, host: 'headless', where: 'here' },
  })
  expect(await readServiceFile(paths)).toMatchObject({ port: 8123 })
  await lock.release()
})

it('lets exactly one of many starters in, again and again, as each winner is killed', async () => {
  const paths = await tempHome()
  for (const expected of ['none', 'died', 'died']) {
    const started = await Promise.all([1, 2, 3].map(() => startProcess(paths)))
    const winners = started.filter(({ said }) => said.startsWith('won'))
    expect(winners.map(({ said }) => said)).toEqual([`won ${expected}`])
    const losers = started.filter((one) => !winners.includes(one))
    expect(losers.every(({ said }) => said === `already_running pid ${winners[0]?.child.pid}`)).toBe(true)
    for (const { child } of started) await kill(child)
  }
})

it('lets exactly one in over whatever chain of dead holders and half-finished takeovers was left', async () => {
  const token = fc.integer({ min: 0, max: 255 }).map((n) => n.toString(16).padStart(2, '0').repeat(16))
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(token, { maxLength: 4 }),
      fc.integer({ min: 2, max: 6 }),
      async (dead, starters) => {
        const folder = await tempFolder()
        const paths = await prepareDataFolder(join(folder, 'home'))
        let path = paths.lock
        for (const each of dead) {
          await leaveLock(path, { pid: NOBODY, token: each })
          path = `${paths.lock}.${each}`
        }
        const tries = await Promise.allSettled(Array.from({ length: starters }, () => acquireLock(paths, 'test')))
        const won = tries.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
        expect(won.map(({ predecessor }) => predecessor)).toEqual([dead.length === 0 ? 'none' : 'died'])
        expect((await readOwner(paths))?.pid).toBe(process.pid)
        await won[0]?.release()
        expect(await locksIn(paths)).toEqual([])
      },
    ),
    { numRuns: 25 },
  )
})

it('takes over from a dead process, removing its service.json and nothing else', async () => {
  const paths = await tempHome()
  await leaveLock(paths.lock, { pid: NOBODY })
  await writeServiceFile(paths, { pid: NOBODY, port: 8000, host: 'headless', startedAt: '2026-01-01T00:00:00Z' })
  await writeFile(paths.settings, '{}')
  expect(await readOwner(paths)).toBeNull()
  const lock = await acquireLock(paths, 'headless')
  expect(await readServiceFile(paths)).toBeNull()
  expect(await readFile(paths.settings, 'utf8')).toBe('{}')
  await lock.release()
})

it('takes over when the process number now belongs to another process', async () => {
  const paths = await tempHome()
  await leaveLock(paths.lock, { process_started: '1' })
  const lock = await acquireLock(paths, 'headless')
  expect(lock.predecessor).toBe('died')
  await lock.release()
})

it('takes over a lock from before a reboot, even if its process number lives again', async () => {
  const paths = await tempHome()
  await leaveLock(paths.lock, { boot: 'before' })
  const mine = await identifySelf()
  if (mine.boot === '') return
  await (await acquireLock(paths, 'headless')).release()
})

it('never takes a lock because of its age, nor when it cannot tell when the process began', async () => {
  const paths = await tempHome()
  await leaveLock(paths.lock, { since: '1999-01-01T00:00:00.000Z', process_started: '' })
  await expect(acquireLock(paths, 'headless')).rejects.toMatchObject({ code: 'already_running' })
})

it('respects the lock of another computer on a network drive, and says how to go on', async () => {
  const paths = await tempHome()
  await leaveLock(paths.lock, { pid: NOBODY, machine: 'nas/1234', boot: 'other' })
  await expect(acquireLock(paths, 'headless')).rejects.toMatchObject({
    code: 'already_running',
    message: expect.stringContaining('on the computer nas'),
    remedy: expect.stringContaining(paths.lock),
  })
})

it('asks the beacon whether the owner in another container lives', async () => {
  if (process.platform === 'win32') return
  const paths = await tempHome()
  const beacon = await lightBeacon(paths.lock)
  await leaveLock(paths.lock, { pid: 1, pid_namespace: 'pid:[1]', machine: 'box', beacon: beacon?.name })
  await expect(acquireLock(paths, 'headless')).rejects.toMatchObject({
    message: expect.stringContaining('in the container box'),
  })
  await beacon?.close()
  // A killed process leaves its socket file behind; nobody listens on it.
  const { child } = await startProcess(await prepareDataFolder(join(dirname(paths.home), 'other')))
  const other = join(dirname(paths.home), 'other', 'lock')
  const left = JSON.parse(await readFile(other, 'utf8')) as Record<string, unknown>
  await kill(child)
  await writeFile(other, JSON.stringify({ ...left, pid: 1, pid_namespace: 'pid:[1]' }))
  await (await acquireLock(await prepareDataFolder(dirname(other)), 'headless')).release()
})

it('respects another container without a beacon', async () => {
  const paths = await tempHome()
  await leaveLock(paths.lock, { pid: 1, pid_namespace: 'pid:[1]' })
  await expect(acquireLock(paths, 'headless')).rejects.toMatchObject({ code: 'already_running' })
})

it('takes over a lock that is empty or cut short, after giving its writer time', async () => {
  const texts = ['', '{"pid":', 'not json', '{"pid":1}']
  const homes = await Promise.all(texts.map(() => tempHome()))
  await Promise.all(
    homes.map(async (paths, n) => {
      await writeFile(paths.lock, texts[n] ?? '')
      const lock = await acquireLock(paths, 'headless')
      expect((await readOwner(paths))?.pid).toBe(process.pid)
      await lock.release()
    }),
  )
})

it('works in a folder deeper than a socket path may be long', async () => {
  const home = join(await tempFolder(), 'd'.repeat(100), 'e'.repeat(100))
  await mkdir(home, { recursive: true })
  const paths = await prepareDataFolder(home)
  const lock = await acquireLock(paths, 'headless')
  await expect(acquireLock(paths, 'headless')).rejects.toMatchObject({ code: 'already_running' })
  await lock.release()
  expect(await locksIn(paths)).toEqual([])
})

it('says what is wrong with a folder that cannot be locked, and what to do', async () => {
  const home = join(await tempFolder(), 'home')
  await writeFile(home, '')
  await expect(acquireLock(dataPaths(home), 'headless')).rejects.toMatchObject({
    code: 'disk',
    message: expect.stringContaining(home),
    remedy: expect.stringContaining('MAILTIDE_HOME'),
  })
})

it('a command that was killed is no service that ended unexpectedly', async () => {
  const paths = await tempHome()
  const killed = await acquireLock(paths, 'command')
  const record = JSON.parse(await readFile(paths.lock, 'utf8')) as object
  await killed.release()
  await writeFile(paths.lock, JSON.stringify({ ...record, process_started: 'long ago' }))
  const lock = await acquireLock(paths, 'headless')
  expect(lock.predecessor).toBe('none')
  await lock.release()
})

it('a service that died is told of by the next one, whatever commands worked on the folder in between', async () => {
  const paths = await tempHome()
  await leaveLock(paths.lock, { pid: NOBODY })
  const command = await acquireLock(paths, 'command')
  await command.release()
  await (await acquireLock(paths, 'command')).release()
  // Killed in the midst of its work.
  await leaveLock(paths.lock, { pid: NOBODY, host: 'command' })
  const service = await acquireLock(paths, 'headless')
  expect(service.predecessor).toBe('died')
  await service.release()
  expect(await locksIn(paths)).toEqual([])
  const next = await acquireLock(paths, 'headless')
  expect(next.predecessor).toBe('none')
  await next.release()
})

it('a service waits for a command at work as long as it is told to, and for no service', async () => {
  const paths = await tempHome()
  const command = await acquireLock(paths, 'command')
  await expect(acquireLock(paths, 'headless', 150)).rejects.toMatchObject({
    code: 'already_running',
    message: expect.stringContaining('Another command of Mailtide'),
  })
  const waiting = acquireLock(paths, 'headless', 60_000)
  await command.release()
  const service = await waiting
  expect(service.predecessor).toBe('none')
  await expect(acquireLock(paths, 'desktop', 60_000)).rejects.toMatchObject({
    message: expect.stringContaining('Service is already running'),
  })
  await service.release()
})
