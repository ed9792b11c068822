import { keepHeapsSmall } from '../lean-heap.ts'
import { version } from '../version.ts'
import { loadedLate, runInProcess } from './in-process.ts'
import type { OfflineCommands } from './offline.ts'

/** The service with its database and Gmail client takes a while to load: only the verbs that need it wait for it. */
async function load(): Promise<OfflineCommands> {
  keepHeapsSmall()
  const { createOfflineCommands, headlessSealing } = await import('../headless-offline.ts')
  return createOfflineCommands(headlessSealing)
}

process.exitCode = await runInProcess(process.argv.slice(2), {
  offline: loadedLate(load),
  version,
  self: [process.execPath, ...process.execArgv, process.argv[1] ?? ''],
})
