import { type ChildProcess, spawn } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Simulator } from '../../electron/demo/types.ts'
import { dataPaths, prepareDataFolder } from '../../electron/platform/data-folder.ts'
import type { Snapshot } from '../../shared/status.ts'
import { migratedTemplate } from './database.ts'
import { plantPrivate, watchLogFile, watchOutput } from './log-watch.ts'

export interface CommandResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunningCommand {
  readonly child: ChildProcess
  readonly ended: Promise<CommandResult>
}

/** The command `mailtide` as processes of their own, on a data folder of the test's. */
export interface Installed {
  readonly home: string
  /** Runs a command to its end. */
  mailtide(...args: readonly string[]): Promise<CommandResult>
  start(...args: readonly string[]): RunningCommand
  /** The same with a standard input, which the test writes to and ends. */
  converse(...args: readonly string[]): RunningCommand
  /** `run`, and resolves when the status answers. */
  run(): Promise<RunningCommand>
  importToken(authorizedUser: object): Promise<CommandResult>
  status(): Promise<Snapshot>
  until(what: (snapshot: Snapshot) => boolean): Promise<Snapshot>
  /** Calls the HTTP API of the running service. */
  call(method: string, path: string): Promise<Response>
  /** The same with its token, and with a body where there is one. */
  callAsOwner(method: string, path: string, body?: object): Promise<Response>
  remove(): Promise<void>
}

const sources = new URL('../../build/mailtide.mjs', import.meta.url).pathname

/** `script` is the npm bin: by default that of this checkout, which runs the sources. */
export async function installCommand(
  simulator: Pick<Simulator, 'url' | 'oauthUrl'>,
  env: Readonly<Record<string, string>> = {},
  script = sources,
): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-command-'))
  const home = join(folder, 'data')
  const paths = dataPaths(home)
  await prepareDataFolder(home)
  cpSync(await migratedTemplate(), paths.db, { recursive: true })
  const running = new Set<ChildProcess>()
  const launch = (args: readonly string[], stdin: 'ignore' | 'pipe'): RunningCommand => {
    const child = spawn(process.execPath, [script, ...args], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        NODE_COMPILE_CACHE: process.env['NODE_COMPILE_CACHE'],
        HOME: folder,
        MAILTIDE_HOME: home,
        MAILTIDE_PORT: '0',
        MAILTIDE_PACING: 'off',
        MAILTIDE_MIN_FREE_BYTES: '0',
        MAILTIDE_GMAIL_ROOT_URL: simulator.url,
        MAILTIDE_OAUTH_URL: simulator.oauthUrl,
        ...env,
      },
      stdio: [stdin, 'pipe', 'pipe'],
    })
    running.add(child)
    let stdout = ''
    let stderr = ''
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const ended = new Promise<CommandResult>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code) => {
        running.delete(child)
        watchOutput(`${stdout}\n${stderr}`)
        resolve({ code, stdout, stderr })
      })
    })
    return { child, ended }
  }
  const start = (...args: readonly string[]): RunningCommand => launch(args, 'ignore')
  const port = async (): Promise<number> => {
    const file = JSON.parse(await readFile(paths.service, 'utf8')) as { port: number }
    return file.port
  }
  const call = async (method: string, path: string): Promise<Response> =>
    fetch(`http://127.0.0.1:${await port()}${path}`, { method })
  const callAsOwner = async (method: string, path: string, body?: object): Promise<Response> =>
    fetch(`http://127.0.0.1:${await port()}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${(await readFile(paths.apiToken, 'utf8')).trim()}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const status = async (): Promise<Snapshot> => {
    const answer = await call('GET', '/api/v1/background-sync/status')
    return ((await answer.json()) as { sync_status: Snapshot }).sync_status
  }
  const until = async (what: (snapshot: Snapshot) => boolean): Promise<Snapshot> => {
    for (;;) {
      const snapshot = await status().catch(() => null)
      if (snapshot !== null && what(snapshot)) return snapshot
      await delay(25)
    }
  }
  return {
    home,
    mailtide: (...args) => start(...args).ended,
    start,
    converse: (...args) => launch(args, 'pipe'),
    run: async () => {
      await rm(paths.service, { force: true })
      const command = start('run')
      const early = command.ended.then((result) => {
        throw new Error(`The service ended: ${result.stdout}${result.stderr}`)
      })
      await Promise.race([until(() => true), early])
      // From here on an end is the test's business.
      early.catch(() => undefined)
      return command
    },
    importToken: async (authorizedUser) => {
      const file = join(folder, 'token.json')
      await writeFile(file, JSON.stringify(authorizedUser))
      return start('accounts', 'import-token', file).ended
    },
    status,
    until,
    call,
    callAsOwner,
    remove: async () => {
      for (const child of running) child.kill('SIGKILL')
      plantPrivate('the API token', await readFile(paths.apiToken, 'utf8').catch(() => ''))
      for (const name of await readdir(paths.logs).catch(() => [])) {
        watchLogFile(await readFile(join(paths.logs, name), 'utf8'))
      }
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
