import { type ChildProcess, spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Example } from './markdown.ts'

const root = resolve(import.meta.dirname, '../..')
export const EMAIL = 'ada@example.com'
const MAILS = 300

/** What a command of an example did, in the words of the document: its home is /home/ada, its port 8000, its Gmail Google's. */
export interface Outcome {
  readonly lines: readonly string[]
  readonly exitCode: number | null
}

/**
 * A computer as the documents assume it: `mailtide` in the path, the clone, two OAuth clients and a token file in the home, a browser, and
 * Gmail with a mailbox of 300 mails.
 */
export interface World {
  readonly port: number
  run(example: Pick<Example, 'command' | 'output'>): Promise<Outcome>
  remove(): Promise<void>
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise<void>((done) => server.close(() => done()))
  if (address === null || typeof address === 'string') throw new Error('There is no free port')
  return address.port
}

export async function createWorld(port?: number): Promise<World> {
  const simulator = await startSimulator({})
  fillMailbox(simulator.addMailbox(EMAIL), { count: MAILS, seed: 1 })
  const home = await mkdtemp(join(tmpdir(), 'mailtide-world-'))
  const ours = port ?? (await freePort())
  await mkdir(join(home, 'bin'))
  const command = join(home, 'bin', 'mailtide')
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'build/mailtide.mjs')}' "$@"\n`)
  await chmod(command, 0o755)
  await symlink(root, join(home, 'mailtide'))
  await writeFile(join(home, 'token.json'), JSON.stringify(simulator.authorizedUser(EMAIL)))
  const client = { client_id: simulator.clientId, client_secret: simulator.clientSecret, project_id: 'mail-of-ada' }
  const installed = { ...client, redirect_uris: ['http://localhost'] }
  await writeFile(join(home, 'client_secret.json'), JSON.stringify({ installed }))
  await writeFile(join(home, 'work_client.json'), JSON.stringify(simulator.addClient()))
  const browser = join(home, 'bin', 'browser')
  // The simulator consents at once, and sends it back.
  await writeFile(browser, '#!/bin/sh\nexec curl -sL -o /dev/null "$1"\n', { mode: 0o755 })
  const env = {
    BROWSER: browser,
    PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
    NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
    HOME: home,
    LANG: 'C.UTF-8',
    MAILTIDE_PORT: String(ours),
    MAILTIDE_MIN_FREE_BYTES: '0',
    MAILTIDE_PACING: 'off',
    MAILTIDE_GMAIL_ROOT_URL: simulator.url,
    MAILTIDE_OAUTH_URL: simulator.oauthUrl,
  }
  const running = new Set<ChildProcess>()
  /** Variables and the folder last as long as the document. */
  const lasting: string[] = []

  const asWritten = (text: string): string =>
    text
      .replaceAll(`"${simulator.url}"`, 'null')
      .replaceAll(`"${simulator.oauthUrl}"`, 'null')
      .replaceAll(home, '/home/ada')
      .replaceAll(new RegExp(`\\b${ours}\\b`, 'g'), '8000')
      .split('\n')
      // That Gmail is another one here is the test's doing, and no part of what the document shows.
      .filter((line) => !/MAILTIDE_(GMAIL_ROOT|OAUTH)_URL|not (from|to) Google/.test(line))
      .filter((line) => !line.includes(simulator.url) && !line.includes(simulator.oauthUrl))
      .join('\n')

  const run: World['run'] = async ({ command: written, output }) => {
    const typed = written.replaceAll(/\b8000\b/g, String(ours))
    // What is put into a variable is worked out once, and lasts.
    const variable = /^([A-Z_]+)=\S/.exec(written)?.[1]
    const keep = join(home, `.${variable}.sh`)
    const keeping = variable === undefined ? [] : [`declare -p ${variable} > '${keep}'`]
    const child = spawn('bash', ['-c', [...lasting, typed, ...keeping].join('\n')], {
      cwd: home,
      env,
      // A group of its own, as a shell gives each command: Ctrl+C reaches all of it.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child)
    let text = ''
    const stopAt = output.indexOf('^C')
    const until = output.slice(0, Math.max(0, stopAt)).findLast((line) => line !== '…')
    let isInterrupted = false
    const hear = (piece: string): void => {
      text += piece
      if (until === undefined || isInterrupted || child.pid === undefined) return
      if (!asWritten(text).includes(lastWords(until))) return
      isInterrupted = true
      process.kill(-child.pid, 'SIGINT')
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    const exitCode = await new Promise<number | null>((done, fail) => {
      child.once('error', fail)
      child.once('close', done)
    })
    running.delete(child)
    if (written.startsWith('cd ')) lasting.push(typed)
    if (variable !== undefined) lasting.push(`. '${keep}'`)
    const lines = asWritten(text).split('\n')
    if (lines.at(-1) === '') lines.pop()
    return { lines, exitCode: isInterrupted ? 0 : exitCode }
  }

  return {
    port: ours,
    run,
    remove: async () => {
      for (const { pid } of running) if (pid !== undefined) process.kill(-pid, 'SIGKILL')
      await run({ command: 'mailtide stop', output: [] })
      await killLeftover(join(home, '.config/mailtide/service.json'))
      await simulator.close()
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** A line of a log without the time before it: what can be waited for. */
const lastWords = (line: string): string => line.replace(/^[\d-]+ [\d:]+ - /, '')

/** A service that did not stop must not outlive the test. */
async function killLeftover(serviceFile: string): Promise<void> {
  try {
    const { pid } = JSON.parse(await readFile(serviceFile, 'utf8')) as { pid: number }
    process.kill(pid, 'SIGKILL')
  } catch {
    // It is gone, as it should be.
  }
}
