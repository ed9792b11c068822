import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Simulator } from '../../electron/demo/types.ts'
import { type Installed, installCommand } from '../support/command.ts'

// Several starts in one test: only a hang takes this long.
vi.setConfig({ testTimeout: 300_000 })

let simulator: Simulator
let installed: Installed

beforeAll(async () => {
  simulator = await startSimulator({})
  installed = await installCommand(simulator)
})
afterAll(async () => {
  await installed.mailtide('stop', '--force', '--timeout', '5')
  await installed.remove()
  await simulator.close()
})

const pidOf = async (): Promise<number> =>
  (JSON.parse(await readFile(join(installed.home, 'service.json'), 'utf8')) as { readonly pid: number }).pid

/** Group, session and terminal from `/proc/<pid>/stat`, after the name and the state. */
async function sessionOf(pid: number): Promise<readonly number[]> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const [, , group, session, terminal] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return [group, session, terminal].map(Number)
}

/** Collects what a running command says until the words come. */
function listen(command: ReturnType<Installed['start']>): (words: string) => Promise<void> {
  let said = ''
  for (const stream of [command.child.stdout, command.child.stderr]) {
    stream?.on('data', (text: string) => {
      said += text
    })
  }
  return async (words) => {
    while (!said.includes(words)) await delay(25)
  }
}

describe('the service in the background', () => {
  it('starts, outlives what started it in a session of its own, restarts, and stops, each step as it says', async () => {
    const started = await installed.mailtide('start', '--interval', '7')
    expect(started).toMatchObject({ code: 0, stderr: '' })
    const first = await pidOf()
    expect(started.stdout).toMatch(
      new RegExp(
        `^Mailtide is running \\(pid ${first}, port \\d+\\), started in .*\\.\nStatus: mailtide status, or http`,
      ),
    )
    expect((await installed.status()).interval_minutes).toBe(7)
    if (process.platform === 'linux') {
      expect(await sessionOf(first)).toEqual([first, first, 0])
      expect(await readFile(`/proc/${first}/cmdline`, 'utf8')).toContain('run\0--interval-minutes=7')
    }

    const follow = installed.start('logs-follow')
    const heard = listen(follow)
    await heard('Mailtide is running')

    const again = await installed.mailtide('start')
    expect(again.code).toBe(1)
    expect(again.stderr).toMatch(new RegExp(`Service is already running \\(pid ${first}, port \\d+, headless\\)`))

    const restarted = await installed.mailtide('restart', '--json')
    expect(restarted.code).toBe(0)
    const second = await pidOf()
    expect(second).not.toBe(first)
    expect(JSON.parse(restarted.stdout)).toMatchObject({ running: true, pid: second, data_folder: installed.home })
    // The interval was a flag of the first run alone.
    expect((await installed.status()).interval_minutes).toBe(5)

    await heard('Mailtide is running again.')
    follow.child.kill('SIGINT')
    const followed = await follow.ended
    expect(followed.code).toBe(0)
    expect(followed.stdout).toContain('Stopping (SIGTERM)...')

    const stopped = await installed.mailtide('stop')
    expect(stopped).toMatchObject({ code: 0, stderr: '' })
    expect(stopped.stdout).toMatch(new RegExp(`^Mailtide \\(pid ${second}\\) has stopped\\. It took .*\\.\n$`))
    expect((await readdir(installed.home)).filter((name) => /^lock|^service/.test(name))).toEqual([])

    expect(await installed.mailtide('stop')).toEqual({
      code: 3,
      stdout: '',
      stderr: 'Mailtide is not running. Start it with: mailtide start\n',
    })
    const status = await installed.mailtide('status')
    expect(status.code).toBe(3)
    expect(status.stdout).toMatch(/^It last ran .* and stopped cleanly\.\n\nLast log lines:\n/)
  })

  it('does not start on a taken port: shows its last log lines and the cause', async () => {
    const squatter = createServer()
    await new Promise<void>((resolve) => squatter.listen(0, '127.0.0.1', resolve))
    const address = squatter.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const { code, stdout, stderr } = await installed.mailtide('start', '--port', String(port))
    squatter.close()
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^ {2}\d{4}-.* - service - ERROR - Port \d+ is in use/m)
    expect(stderr).toContain(`mailtide: Mailtide did not start: Port ${port} is in use by `)
    expect((await installed.mailtide('status')).code).toBe(3)
  })

  it('does not start with wrong settings in the environment: the cause is what they are', async () => {
    const wrong = await installCommand(simulator, { MAILTIDE_INTERVAL_MINUTES: 'five' })
    const { code, stderr } = await wrong.mailtide('start')
    await wrong.remove()
    expect(code).toBe(1)
    expect(stderr).toContain('Mailtide did not start: MAILTIDE_INTERVAL_MINUTES must be a whole number from 1 to 1440')
    expect(stderr).toContain('What to do: Give a whole number')
  })

  it('is killed by stop --force when it hangs, and only then', async () => {
    expect((await installed.mailtide('start')).code).toBe(0)
    const pid = await pidOf()
    process.kill(pid, 'SIGSTOP')
    const patient = await installed.mailtide('stop', '--timeout', '1')
    expect(patient.code).toBe(1)
    expect(patient.stderr).toContain(`Mailtide (pid ${pid}) has not stopped within 1 second\n`)
    expect(patient.stderr).toContain('mailtide stop --force')
    const forced = await installed.mailtide('stop', '--timeout', '1', '--force')
    expect(forced.code).toBe(0)
    expect(forced.stdout).toContain(`Mailtide (pid ${pid}) was killed`)
    expect((await installed.mailtide('status')).stdout).toContain('did not stop')
  })

  it('is not mistaken for another process that has its number', async () => {
    // The lock of the killed service, rewritten for a process that lives and began at another time.
    const lock = join(installed.home, 'lock')
    const record = JSON.parse(await readFile(lock, 'utf8')) as object
    await writeFile(lock, JSON.stringify({ ...record, pid: process.pid }))
    expect((await installed.mailtide('stop')).code).toBe(3)
    await rm(lock)
  })
})
