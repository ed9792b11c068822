import { type ChildProcess, spawn } from 'node:child_process'
import { appendFile, type FileHandle, open, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { operations } from '../../../shared/contract.ts'
import { counted, duration } from '../../../shared/describe.ts'
import { AppError } from '../../../shared/errors.ts'
import { formatText } from '../../../shared/log-text.ts'
import { type DataPaths, type Env, inWords, prepareDataFolder } from '../../platform/data-folder.ts'
import { PRIVATE_FILE } from '../../platform/durable-file.ts'
import { alreadyRunning } from '../../platform/lock.ts'
import { readLogFile } from '../../platform/log-file.ts'
import type { SettingFlags } from '../../platform/settings.ts'
import { connectTo, findOwner, ServiceGone } from '../../remote/client.ts'
import { type CommandContext, FailedStart } from '../command.ts'

const LOOK_EVERY_MS = 50
const SHOWN_LINES = 10
/** What the system itself says of a service that dies (a crash of Node, no memory) is short. */
const CONSOLE_BYTES = 16_384

export interface StartOptions {
  readonly flags: SettingFlags
  /** How long to wait until it answers, in seconds. */
  readonly patience: number
}

/** `mailtide start`: the service as a process of its own, once it answers. */
export async function start(context: CommandContext, options: StartOptions): Promise<void> {
  await refuseSecond(await prepareDataFolder(context.paths.home))
  await startDetached(context, options)
}

/** Throws `already_running` when a service owns the folder. For a command at work the new service waits by itself. */
async function refuseSecond(paths: DataPaths): Promise<void> {
  const owner = await findOwner(paths)
  if (owner === null || (owner.host === 'command' && owner.where === 'here')) return
  throw alreadyRunning(owner, paths)
}

/** Starts the service and tells where it is. Throws, with the cause and its last log lines, when it ends before it answers. */
export async function startDetached(context: CommandContext, options: StartOptions): Promise<void> {
  const { paths, env, self, serviceWords, now, progress } = context
  const began = now()
  const beganAt = performance.now()
  const consoleFile = join(paths.logs, 'console.log')
  const output = await openConsole(consoleFile)
  const [program, ...words] = self
  const service = serviceWords(options.flags)
  const child = await detached(program, [...words, ...service.words], { ...env, ...service.env }, paths, output)
  // Nothing of it may keep this command alive, least of all when it does not answer in time.
  child.unref()
  const { pid } = child
  let ended: string | null = null
  const end = new Promise<void>((done) =>
    child.once('exit', (code, signal) => {
      ended = endWords(code, signal)
      done()
    }),
  )
  const port = await progress('Starting Mailtide', async () => {
    for (;;) {
      const left = options.patience * 1_000 - (performance.now() - beganAt)
      const found = await answering(paths, pid, Math.max(1, Math.ceil(left)))
      if (found !== null) return found
      if (ended !== null) throw await failedStart(paths, began, consoleFile, ended)
      if (left <= 0) throw late(pid, options.patience)
      await Promise.race([delay(LOOK_EVERY_MS), end])
    }
  })
  const url = `http://127.0.0.1:${port}${operations.status.path}`
  const took = Math.round(performance.now() - beganAt) / 1_000
  context.print(
    `Mailtide is running (pid ${pid}, port ${port}), started in ${duration(took)}.\nStatus: mailtide status, or ${url}\n`,
    { running: true, pid, port, status_url: url, data_folder: paths.home, took_seconds: took },
  )
}

async function openConsole(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'w', PRIVATE_FILE)
  } catch (error) {
    throw new AppError('disk', `The file ${path} cannot be written`, {
      remedy: 'Give your user write permission there, or move it away',
      cause: error,
    })
  }
}

/**
 * In a session of its own, so that the end of the terminal does not reach it; in the data folder, so that it keeps no
 * other folder busy. Its log lines go to the log file by themselves; what else is said goes to `output`.
 */
async function detached(
  program: string,
  words: readonly string[],
  env: Env,
  paths: DataPaths,
  output: FileHandle,
): Promise<ChildProcess> {
  try {
    const child = spawn(program, words, {
      cwd: paths.home,
      detached: true,
      windowsHide: true,
      stdio: ['ignore', 'ignore', output.fd],
      env: { ...env, ...absolutePaths(env), MAILTIDE_HOME: paths.home },
    })
    await new Promise<void>((done, fail) => {
      child.once('spawn', done)
      child.once('error', (error) =>
        fail(new AppError('bug', `${program} cannot be started: ${error.message}`, { cause: error })),
      )
    })
    return child
  } finally {
    await output.close()
  }
}

/** Files that the environment names from the folder where the command was given. */
function absolutePaths(env: Env): Record<string, string> {
  const names = ['MAILTIDE_PASSPHRASE_FILE', 'NODE_EXTRA_CA_CERTS']
  return Object.fromEntries(names.flatMap((name) => (env[name] ? [[name, resolve(env[name])]] : [])))
}

/** The port where our process answers that it is well; null while it does not. */
async function answering(paths: DataPaths, pid: number | undefined, patienceMs: number): Promise<number | null> {
  try {
    const connection = await connectTo(paths, patienceMs)
    if (connection.pid !== pid) return null
    await connection.client.health({})
    return connection.port
  } catch (error) {
    if (error instanceof ServiceGone) return null
    // It answers that it is not well yet, or that health too needs the token it is about to write.
    if (error instanceof AppError && ['store', 'network', 'forbidden'].includes(error.code)) return null
    throw error
  }
}

/** Why it ended: what it said last. Lines of the log are whole seconds. */
async function failedStart(paths: DataPaths, began: Date, consoleFile: string, ended: string): Promise<AppError> {
  const since = Math.floor(began.getTime() / 1_000) * 1_000
  const recent = await readLogFile(paths.logFile, { lines: SHOWN_LINES, level: 'info' }).catch(() => [])
  const fresh = recent.filter(({ at }) => Date.parse(at) >= since)
  const said = (await readFile(consoleFile, 'utf8').catch(() => '')).slice(-CONSOLE_BYTES).trim()
  const [, what, remedy] = /^mailtide: (.*)(?:\nWhat to do: (.*))?/m.exec(said) ?? []
  const logged = fresh.findLast(({ level }) => level === 'error')?.message
  const unsaid = what === undefined && logged === undefined ? await whyNothingWasSaid(paths, consoleFile, ended) : null
  const cause = what ?? logged ?? unsaid?.message ?? ended
  const rest = what === undefined && said !== '' ? said.split('\n') : []
  return new FailedStart(`Mailtide did not start: ${cause}`, {
    remedy: remedy ?? unsaid?.remedy ?? `See the log: ${paths.logFile}`,
    lines: [...fresh.map(formatText), ...rest],
  })
}

/** On a full disk a service cannot say so: whoever writes its end down there meets the same. */
async function whyNothingWasSaid(paths: DataPaths, consoleFile: string, ended: string): Promise<AppError | null> {
  try {
    await appendFile(consoleFile, `${ended}\n`)
    return null
  } catch (error) {
    const found = inWords(error, paths.home)
    return found instanceof AppError ? found : null
  }
}

/** For a service that said nothing of its end. */
function endWords(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `it was ended by ${signal}`
  return code === 0 ? 'it was told to stop while it was starting' : `it ended by itself (exit code ${code})`
}

const late = (pid: number | undefined, seconds: number) =>
  new AppError(
    'network',
    `Mailtide (pid ${pid}) does not answer after ${counted(seconds, 'second')}; it is still starting`,
    {
      remedy: 'See what it is doing: mailtide logs. Stop it: mailtide stop',
    },
  )
