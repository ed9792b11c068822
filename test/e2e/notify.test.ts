import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Simulator } from '../../electron/demo/types.ts'
import { type Installed, installCommand } from '../support/command.ts'

const has = (program: string): boolean => {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
const canTell = process.platform === 'linux' && has('systemd-notify') && has('python3')
const NO_PROGRAM = 'skipped: systemd-notify or python3 is not installed'

/** A manager as systemd is one: writes down what it hears, and whether the service answered at that moment. */
const MANAGER = `
import json, os, socket, sys, urllib.request
path, home = sys.argv[1:]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(path)
print('listening', flush=True)
# Whatever proxy the environment names is not meant for this computer.
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
def health():
    try:
        port = json.load(open(os.path.join(home, 'service.json')))['port']
        return opener.open('http://127.0.0.1:%d/health' % port, timeout=5).status
    except Exception as error:
        return repr(error)
while True:
    words = s.recv(4096).decode().split(chr(10))
    if words == ['BARRIER=1']: continue
    answer = health() if words[0] in ('READY=1', 'WATCHDOG=1') else ''
    sys.stdout.write(' '.join([' | '.join(words), str(answer)]).strip() + chr(10)); sys.stdout.flush()
`

let simulator: Simulator
let installed: Installed
let folder: string
let manager: ChildProcess
const heard: string[] = []
const waiting = new Set<() => void>()

/** Resolves when the manager has heard something that begins so, `times` times. */
async function hears(word: string, times = 1): Promise<void> {
  while (heard.filter((line) => line.startsWith(word)).length < times) {
    await new Promise<void>((resolve) => waiting.add(resolve))
  }
}

beforeAll(async () => {
  if (!canTell) return
  folder = await mkdtemp(join(tmpdir(), 'mailtide-manager-'))
  const socket = join(folder, 'notify.sock')
  simulator = await startSimulator({})
  installed = await installCommand(simulator, { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '1000000' })
  manager = spawn('python3', ['-c', MANAGER, socket, installed.home], { stdio: ['ignore', 'pipe', 'inherit'] })
  manager.stdout?.setEncoding('utf8').on('data', (text: string) => {
    heard.push(...text.split('\n').filter((line) => line !== ''))
    for (const wake of waiting) wake()
    waiting.clear()
  })
  await hears('listening')
})
afterAll(async () => {
  if (!canTell) return
  manager.kill()
  await installed.remove()
  await simulator.close()
  await rm(folder, { recursive: true, force: true })
})

describe('a service that a service manager started', () => {
  it(`is ready when it answers, alive while its database answers, and says that it stops${canTell ? '' : ` (${NO_PROGRAM})`}`, async ({
    skip,
  }) => {
    if (!canTell) skip(NO_PROGRAM)
    const { child, ended } = installed.start('run')
    await hears('WATCHDOG=1', 2)
    child.kill('SIGTERM')
    // A launcher hands on what all of its group got already: still one wish to stop, and a clean one.
    child.kill('SIGINT')
    const { code, stdout } = await ended
    await hears('STOPPING=1')
    expect(code).toBe(0)
    expect(stdout).not.toContain('cannot be told')
    const words = heard.slice(1)
    expect(words[0]).toContain('EXTEND_TIMEOUT_USEC=60000000')
    const firsts = words.map((line) => line.trim())
    const ready = firsts.indexOf('READY=1 200')
    expect(ready, words.join('\n')).toBeGreaterThan(0)
    expect(firsts.findIndex((line) => line.startsWith('WATCHDOG'))).toBeGreaterThan(ready)
    expect(firsts.filter((line) => line === 'WATCHDOG=1 200').length).toBeGreaterThanOrEqual(2)
    expect(firsts.some((line) => /^STATUS=(Syncing|Waiting)/.test(line))).toBe(true)
    expect(firsts.at(-1)).toBe('STOPPING=1 | STATUS=Stopping')
    expect(firsts.filter((line) => line.startsWith('READY'))).toHaveLength(1)
  })
})
