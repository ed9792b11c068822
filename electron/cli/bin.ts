import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { offlineCommands } from '../headless.ts'
import { runCli } from './main.ts'

/** The same place from the sources and from the built `dist/main/cli.js`. */
const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}

// A reader that has seen enough (`mailtide status | head`) is no failure.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
})

process.exitCode = await runCli(process.argv.slice(2), {
  offline: offlineCommands,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  version,
  readStdin: () => text(process.stdin),
})
