import { CommanderError } from 'commander'
import { AppError, asAppError, isAbort, toProblem } from '../../shared/errors.ts'
import { dataFolder, dataPaths, type Env, userHome } from '../platform/data-folder.ts'
import { oneLine } from '../platform/log-format.ts'
import { connectTo, ServiceGone } from '../remote/client.ts'
import { type CommandContext, complaintOf, exitCodes, FailedStart, type Stream, UsageError } from './command.ts'
import { forTerminal, jsonForTerminal } from './for-terminal.ts'
import type { OfflineCommands } from './offline.ts'
import { paintFor } from './paint.ts'
import { buildProgram } from './program.ts'
import { createProgress } from './progress.ts'
import { flagWords } from './setting-options.ts'

export interface CliDeps {
  readonly offline: OfflineCommands
  readonly stdout: Stream
  readonly stderr: Stream
  readonly env: Env
  readonly version: string
  readonly readStdin: () => Promise<string>
  /** Asks for a line on standard input. */
  readonly ask: CommandContext['ask']
  /** Asks for a line on the terminal that is not shown. */
  readonly askSecret: CommandContext['askSecret']
  /** The way to run this command as another process: the program, and the words before the verb. */
  readonly self: CommandContext['self']
  /** `run` with the settings as flags where a host says nothing else. */
  readonly serviceWords?: CommandContext['serviceWords']
  readonly now?: () => Date
}

/**
 * The command `mailtide`. `argv` begins with the verb. Gives the exit code: 0 done, 1 failed, 2 wrong usage, 3 no service
 * answers; `check` has those of a Nagios plugin.
 */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  const json = argv.includes('--json')
  let exitCode: number = exitCodes.ok
  let complaint = ''
  const program = buildProgram({
    version: deps.version,
    writeOut: (text) => deps.stdout.write(text),
    writeErr: (text) => {
      complaint += text
    },
    perform: async (verb, given) => {
      exitCode = (await verb.run(createContext(deps, json), given)) ?? exitCodes.ok
    },
  })
  const isCheck = argv.find((word) => !word.startsWith('-')) === 'check'
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return exitCodes.ok
      return refuseUsage(complaint, { json, isCheck }, deps)
    }
    const code = tell(error, json, deps, isCheck)
    return isCheck ? CHECK_UNKNOWN : code
  }
}

/** For Nagios the code 1 is a warning: a check that fails itself knows nothing. */
const CHECK_UNKNOWN = 3

/** Wrong usage: to people on stderr as commander says it, to scripts as a problem document, to Nagios as UNKNOWN. */
function refuseUsage(
  complaint: string,
  { json, isCheck }: { readonly json: boolean; readonly isCheck: boolean },
  { stdout, stderr }: CliDeps,
): number {
  const [first = '', second = ''] = complaint.replace(/^error: /, '').split('\n')
  const what = first === '' || first.startsWith('Usage: ') ? 'No command was given' : first
  const suggestion = /^\((Did you mean .*\?)\)$/.exec(second)?.[1]
  if (json) {
    const remedy = suggestion === undefined ? 'See: mailtide help' : `${suggestion} See: mailtide help`
    stdout.write(`${JSON.stringify(toProblem(new AppError('bad_input', what, { remedy })), null, 2)}\n`)
  } else {
    if (isCheck) stdout.write(`MAILTIDE UNKNOWN - ${what}\n`)
    stderr.write(complaint.replace(/^error: /, 'mailtide: '))
  }
  return isCheck ? CHECK_UNKNOWN : exitCodes.usage
}

function createContext(deps: CliDeps, json: boolean): CommandContext {
  const { env, stdout, stderr, offline, readStdin, ask, askSecret, version, self } = deps
  const paths = () => dataPaths(dataFolder({ env, platform: process.platform, home: userHome() }))
  const connection = async (patienceMs?: number) => connectTo(paths(), patienceMs)
  const isTerminal = stdout.isTTY === true
  return {
    env,
    // Help needs no folder, and is there also for a user who has none.
    get paths() {
      return paths()
    },
    offline,
    version,
    json,
    readStdin,
    ask,
    askSecret,
    self,
    serviceWords: deps.serviceWords ?? ((flags) => ({ words: ['run', ...flagWords(flags)], env: {} })),
    now: deps.now ?? (() => new Date()),
    paint: paintFor(json ? { NO_COLOR: '1' } : env, isTerminal),
    isTerminal,
    screenRows: () => (isTerminal && env['TERM'] !== 'dumb' ? (stdout.rows ?? 24) : null),
    progress: createProgress(stderr, stderr.isTTY === true && !json && env['TERM'] !== 'dumb'),
    connectTo: connection,
    connect: async () => (await connection()).client,
    print: (text, value) => {
      stdout.write(json ? `${toJson(value)}\n` : forTerminal(text))
    },
    write: (text) => {
      stdout.write(json ? jsonForTerminal(text) : forTerminal(text))
    },
    draw: (text, isFirst) => {
      stdout.write(`${isFirst ? CLEAR : ''}${onScreen(forTerminal(text))}`)
    },
    note: (text) => {
      stderr.write(`${forTerminal(text)}\n`)
    },
  }
}

const toJson = (value: unknown): string => jsonForTerminal(JSON.stringify(value, null, 2))

/** From the corner, each line wiped behind its end and everything below the last: nothing flickers, and nothing above is lost. */
const onScreen = (text: string): string => `\u001b[H${text.replaceAll('\n', '\u001b[K\n')}\u001b[J`
const CLEAR = '\u001b[2J'

/** Says what went wrong and what to do about it: to people on stderr, to scripts as a problem document on stdout. */
function tell(error: unknown, json: boolean, { stdout, stderr }: CliDeps, isCheck: boolean): number {
  const isGone = error instanceof ServiceGone
  const code = isGone ? exitCodes.notRunning : error instanceof UsageError ? exitCodes.usage : exitCodes.failure
  if (json) {
    const log = error instanceof FailedStart ? { log: error.lines } : {}
    stdout.write(`${toJson({ ...(isGone ? { running: false } : {}), ...toProblem(error), ...log })}\n`)
    return code
  }
  if (isAbort(error)) {
    stderr.write(forTerminal(`${error instanceof AppError ? error.message : 'Stopped'}.\n`))
    return code
  }
  if (isCheck) stdout.write(`MAILTIDE UNKNOWN - ${oneLine(asAppError(error).message)}\n`)
  stderr.write(forTerminal(complaintOf(error)))
  return code
}
