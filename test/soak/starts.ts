import { spawn } from 'node:child_process'
import { cpSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dataPaths, prepareDataFolder } from '../../electron/platform/data-folder.ts'
import { parseProcStat } from '../../electron/platform/process-identity.ts'
import { migratedTemplate } from '../support/database.ts'
import { NOTHING, type Tally } from './tally.ts'

const script = join(import.meta.dirname, '../../build/mailtide.mjs')
/** A command that does not return by then hangs. */
const HANGS_MS = 180_000

interface Said {
  readonly code: number | null
  readonly text: string
}

/**
 * `start` and `stop` in a row on one data folder and one port, two of five times with a kill -9 in place of the stop. After each step the
 * command, the process, the port and the folder must agree.
 */
export async function soakStarts(rounds: number, say: (text: string) => void): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-starts-'))
  const home = join(folder, 'data')
  const port = await freePort()
  const faults: string[] = []
  const mailtide = (...words: readonly string[]) => command(words, folder, home, port)
  const expect = (step: string, isRight: boolean, seen: string) => {
    if (!isRight) faults.push(`${step}: ${seen}`)
  }
  try {
    const paths = await prepareDataFolder(home)
    await mkdir(join(folder, 'cwd'))
    cpSync(await migratedTemplate(), paths.db, { recursive: true })
    for (let round = 1; round <= rounds; round++) {
      const step = `round ${round}`
      const started = await mailtide('start')
      expect(`${step}, start`, started.code === 0, started.text)
      if (started.code !== 0) break
      const pid = await owner(home)
      expect(`${step}, said pid`, started.text.includes(`pid ${pid},`), started.text)
      expect(`${step}, port`, await isTaken(port), 'nobody listens')
      if (round % 5 === 2 || round % 5 === 4) {
        process.kill(pid, 'SIGKILL')
        const status = await mailtide('status')
        expect(`${step}, status after kill`, status.code === 3, status.text)
        expect(`${step}, said that it was killed`, status.text.includes('did not stop cleanly'), status.text)
      } else {
        const status = await mailtide('status')
        expect(`${step}, status`, status.code === 0, status.text)
        const stopped = await mailtide('stop')
        expect(`${step}, stop`, stopped.code === 0, stopped.text)
        const left = (await readdir(home)).filter((name) => name.startsWith('lock') || name === 'service.json')
        expect(`${step}, folder`, left.length === 0, left.join(' '))
      }
      expect(`${step}, process`, !(await isAlive(pid)), `pid ${pid} lives`)
      expect(`${step}, port`, !(await isTaken(port)), 'somebody listens')
      if (round % 10 === 0) say(`starts: ${round} of ${rounds}, ${faults.length} faults`)
    }
  } finally {
    // It runs on when this ends: nothing of it may be left, whatever went wrong.
    const last = await mailtide('stop', '--force')
    expect('the end', last.code === 0 || last.code === 3, last.text)
    await rm(folder, { recursive: true, force: true })
  }
  for (const fault of faults) say(fault)
  return { ...NOTHING, crashed: faults.length }
}

function command(words: readonly string[], folder: string, home: string, port: number): Promise<Said> {
  const child = spawn(process.execPath, [script, ...words], {
    cwd: join(folder, 'cwd'),
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      MAILTIDE_HOME: home,
      MAILTIDE_PORT: String(port),
      MAILTIDE_MIN_FREE_BYTES: '0',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: HANGS_MS,
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, text }))
  })
}

async function owner(home: string): Promise<number> {
  return (JSON.parse(await readFile(dataPaths(home).service, 'utf8')) as { readonly pid: number }).pid
}

/** One that has ended and only waits to be collected by the system's first process lives no more. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  return parseProcStat(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')) !== null
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return typeof address === 'object' && address !== null ? address.port : 0
}
