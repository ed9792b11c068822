import { homedir } from 'node:os'
import { Command, CommanderError } from 'commander'
import { AppError, asAppError, isAbort, toProblem } from '../../shared/errors.ts'
import { dataFolder, dataPaths, type Env } from '../platform/data-folder.ts'
import { connectTo } from '../remote/client.ts'
import { type CommandContext, exitCodes, NotRunning, type Stream } from './command.ts'
import { importToken } from './commands/accounts-import-token.ts'
import { accountsList } from './commands/accounts-list.ts'
import { rebuild } from './commands/rebuild.ts'
import { reparse } from './commands/reparse.ts'
import { addSettingFlags, settingFlags } from './commands/run.ts'
import { status } from './commands/status.ts'
import { sync } from './commands/sync.ts'
import type { OfflineCommands } from './offline.ts'
import { coloured, plain } from './output.ts'

export interface CliDeps {
  readonly offline: OfflineCommands
  readonly stdout: Stream
  readonly stderr: Stream
  readonly env: Env
  readonly version: string
  readonly readStdin: () => Promise<string>
  readonly now?: () => Date
}

/**
 * The command `mailtide`. `argv` begins with the verb. Gives the exit code: 0 done, 1 failed, 2 wrong usage, 3 no service
 * answers.
 */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  let exitCode: number = exitCodes.ok
  const program = buildProgram(deps, (code) => {
    exitCode = code
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return exitCode
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage
    return tell(error, argv.includes('--json'), deps)
  }
}

function buildProgram(deps: CliDeps, setExitCode: (code: number) => void): Command {
  const program = new Command('mailtide')
  program
    .description('A live, complete, searchable copy of your Gmail accounts in Postgres on your own machine.')
    .version(deps.version, '--version', 'show the version')
    .option('--json', 'print JSON for scripts')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => deps.stdout.write(text),
      writeErr: (text) => deps.stderr.write(text),
    })
    .showHelpAfterError('Use mailtide help to see what there is.')
    .addHelpText('after', environmentHelp)
  const command = (parent: Command, name: string, description: string): Command =>
    parent.command(name).description(description).option('--json', 'print JSON for scripts')
  const contextOf = (options: Readonly<Record<string, unknown>>) => createContext(deps, options['json'] === true)

  addSettingFlags(command(program, 'run', 'run the service in the foreground, for systemd and containers')).action(
    async (_, self: Command) => {
      setExitCode(await deps.offline.run({ env: deps.env, flags: settingFlags(self.optsWithGlobals()) }))
    },
  )
  command(program, 'status', 'show what the service does (exit code 3: it does not run)').action((_, self: Command) =>
    status(contextOf(self.optsWithGlobals())),
  )
  command(program, 'sync', 'sync now, and try failed messages again')
    .option('--account <address>', 'only this account')
    .action((options: { account?: string }, self: Command) => sync(contextOf(self.optsWithGlobals()), options.account))

  const accounts = program.command('accounts').description('the Gmail accounts')
  command(accounts, 'list', 'list them').action((_, self: Command) => accountsList(contextOf(self.optsWithGlobals())))
  command(accounts, 'import-token <file>', 'add one by Google’s authorized_user JSON (- reads standard input)')
    .option('--email <address>', 'refuse the token unless it belongs to this address')
    .action((file: string, options: { email?: string }, self: Command) =>
      importToken(contextOf(self.optsWithGlobals()), file, options.email),
    )

  command(program, 'reparse', 'derive everything anew from the original mails, where the parser has become newer')
    .option('--all', 'every message', false)
    .option('--account <address>', 'only this account')
    .action((options: { all: boolean; account?: string }, self: Command) =>
      reparse(contextOf(self.optsWithGlobals()), { all: options.all, account: options.account }),
    )
  command(program, 'rebuild', 'make the database anew from the original mails').action((_, self: Command) =>
    rebuild(contextOf(self.optsWithGlobals())),
  )
  return program
}

const environmentHelp = `
Environment:
  MAILTIDE_HOME             the data folder
  MAILTIDE_PORT             the port of the HTTP API
  MAILTIDE_<SETTING>        any setting, such as MAILTIDE_INTERVAL_MINUTES
  MAILTIDE_PASSPHRASE_FILE  a file with the passphrase that seals credentials
  DATABASE_URL              a PostgreSQL to keep everything in
  NO_COLOR                  no colours

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 Mailtide is not running`

function createContext(deps: CliDeps, json: boolean): CommandContext {
  const { env, stdout, offline, readStdin } = deps
  const paths = dataPaths(dataFolder({ env, platform: process.platform, home: homedir() }))
  return {
    env,
    paths,
    offline,
    json,
    readStdin,
    now: deps.now ?? (() => new Date()),
    // https://no-color.org: any value but the empty one.
    paint: stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb' && !json ? coloured : plain,
    connect: async () => {
      try {
        return (await connectTo(paths)).client
      } catch (error) {
        throw error instanceof AppError && error.code === 'not_running' ? new NotRunning(error) : error
      }
    },
    print: (text, value) => {
      stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : text)
    },
  }
}

/** Says what went wrong and what to do about it: to people on stderr, to scripts as a problem document on stdout. */
function tell(error: unknown, json: boolean, { stdout, stderr }: CliDeps): number {
  const reason = error instanceof NotRunning ? error.reason : error
  const code = error instanceof NotRunning ? exitCodes.notRunning : exitCodes.failure
  if (json) {
    const running = error instanceof NotRunning ? { running: false } : {}
    stdout.write(`${JSON.stringify({ ...running, ...toProblem(reason) }, null, 2)}\n`)
    return code
  }
  if (isAbort(reason)) {
    stderr.write('Stopped.\n')
    return code
  }
  const { message, remedy } = asAppError(reason)
  if (error instanceof NotRunning && remedy?.startsWith('Start it')) stderr.write(`${message}. ${remedy}\n`)
  else stderr.write(`mailtide: ${message}\n${remedy === undefined ? '' : `What to do: ${remedy}\n`}`)
  return code
}
