import type { Ask } from './ask.ts'
import { type CliDeps, runCli } from './main.ts'
import { withoutProxy } from './no-proxy.ts'
import type { OfflineCommands } from './offline.ts'

/** Commands whose program is loaded when the first of them is given. */
export const loadedLate = (load: () => Promise<OfflineCommands>): OfflineCommands => ({
  run: async (options) => (await load()).run(options),
  accountsList: async (options) => (await load()).accountsList(options),
  importToken: async (options) => (await load()).importToken(options),
  exportCredentials: async (options) => (await load()).exportCredentials(options),
  importCredentials: async (options) => (await load()).importCredentials(options),
  removeAccount: async (options) => (await load()).removeAccount(options),
  reparse: async (options) => (await load()).reparse(options),
  verify: async (options) => (await load()).verify(options),
  rebuild: async (options) => (await load()).rebuild(options),
  snapshots: async (options) => (await load()).snapshots(options),
  takeSnapshot: async (options) => (await load()).takeSnapshot(options),
  writeBackup: async (options) => (await load()).writeBackup(options),
  readBackup: async (options) => (await load()).readBackup(options),
  restore: async (options) => (await load()).restore(options),
})

/** More than any file that a command takes; whatever goes on for ever is not read to its end. */
const MAX_INPUT = 1_000_000

async function readStdin(): Promise<string> {
  let text = ''
  for await (const part of process.stdin.setEncoding('utf8')) {
    text += part
    if (text.length > MAX_INPUT) break
  }
  return text
}

/** The command in this process: its streams, its environment, its standard input. Gives the exit code. */
export async function runInProcess(
  words: readonly string[],
  host: Pick<CliDeps, 'offline' | 'version' | 'self' | 'serviceWords'>,
): Promise<number> {
  // Node's own report of a crash, which some people switch on, would show the passphrase and the database's password.
  if (process.report) process.report.excludeEnv = true
  const noProxy = withoutProxy(process.env)
  if (noProxy !== null) process.env['no_proxy'] = noProxy

  // A reader that has seen enough (`mailtide status | head`) is no failure.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error) => {
      if ('code' in error && error.code === 'EPIPE') process.exit(0)
      // A full disk behind a redirection: said where it still can be, and no success.
      if (stream === process.stdout) process.stderr.write(`mailtide: The output cannot be written: ${error.message}\n`)
      process.exit(1)
    })
  }
  let ask: Ask | undefined
  return await runCli(words, {
    ...host,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    readStdin,
    ask: async (prompt, signal) => {
      ask ??= (await import('./ask.ts')).createAsk(process.stdin, process.stderr)
      return ask(prompt, signal)
    },
    askSecret: async (prompt, options) =>
      (await import('./ask-secret.ts')).createAskSecret(process.stdin, process.stderr)(prompt, options),
  })
}
