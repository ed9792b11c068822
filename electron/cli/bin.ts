import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { keepHeapsSmall } from '../lean-heap.ts'
import { runCli } from './main.ts'
import { withoutProxy } from './no-proxy.ts'
import type { OfflineCommands } from './offline.ts'

/** The service with its database and Gmail client takes a while to load: only the verbs that need it wait for it. */
async function load(): Promise<OfflineCommands> {
  keepHeapsSmall()
  const { createOfflineCommands, headlessSealing } = await import('../headless-offline.ts')
  return createOfflineCommands(headlessSealing)
}

const offline: OfflineCommands = {
  run: async (options) => (await load()).run(options),
  accountsList: async (options) => (await load()).accountsList(options),
  importToken: async (options) => (await load()).importToken(options),
  removeAccount: async (options) => (await load()).removeAccount(options),
  reparse: async (options) => (await load()).reparse(options),
  rebuild: async (options) => (await load()).rebuild(options),
}

/** The same place from the sources and from the built `dist/main/cli.js`. */
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const noProxy = withoutProxy(process.env)
if (noProxy !== null) process.env['no_proxy'] = noProxy

// A reader that has seen enough (`mailtide status | head`) is no failure.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if ('code' in error && error.code === 'EPIPE') process.exit(0)
    // A full disk behind a redirection: said where it still can be, and no success.
    if (stream === process.stdout) process.stderr.write(`mailtide: What it says cannot be written: ${error.message}\n`)
    process.exit(1)
  })
}

process.exitCode = await runCli(process.argv.slice(2), {
  offline,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  version,
  self: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
  readStdin: () => text(process.stdin),
  ask: async (prompt, signal) => (await import('./ask.ts')).createAsk(process.stdin, process.stderr)(prompt, signal),
})
