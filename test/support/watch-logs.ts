import { afterAll } from 'vitest'
import { leaks, watchLogs } from './log-watch.ts'

// Runs before each test file: no log that its tests cause may hold a secret, mail, or the address of anybody but an account.
watchLogs()

afterAll(() => {
  const found = leaks()
  if (found.length === 0) return
  const shown = found.slice(0, 20).map(({ what, line }) => `${what}: ${line.slice(0, 400)}`)
  throw new Error(`${found.length} times a log held what no log may hold:\n${shown.join('\n')}`)
})
