import fs, { type StatsFs } from 'node:fs'
import promises from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import threads from 'node:worker_threads'
import { DISK_STATES, type DiskState, SHARED_STATE } from './disk-state.ts'

/** The disk below the product's threads (database and originals), in the test's hand. */
export interface Disk {
  set(state: DiskState): void
  close(): void
}

interface Calls {
  statfs: (path: string) => Promise<StatsFs>
  stat: (...args: Parameters<typeof fs.statSync>) => Promise<unknown>
}

const preload = new URL('./disk-thread.ts', import.meta.url).href

/**
 * Threads started from now on write through a disk that can be full, slow, broken or read-only. Node's own functions fail, as the system's
 * would: nothing of the product knows. One disk at a time in a process.
 */
export function takeDisk(): Disk {
  const state = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  const table = threads as unknown as { Worker: typeof threads.Worker }
  const calls = promises as unknown as Calls
  const { Worker } = table
  const { statfs, stat } = calls
  class ThreadOnDisk extends Worker {
    constructor(file: string | URL, options: threads.WorkerOptions = {}) {
      super(file, { ...options, execArgv: ['--import', preload] })
    }
  }
  threads.setEnvironmentData(SHARED_STATE, state)
  table.Worker = ThreadOnDisk
  calls.statfs = async (path) => {
    const figures = await statfs(path)
    return DISK_STATES[state[0] ?? 0] === 'full' ? { ...figures, bavail: 0 } : figures
  }
  // A thousand files are measured after each cycle: to have a thread ask for each one costs ten times what the answer does.
  calls.stat = async (...args) => fs.statSync(...args)
  syncBuiltinESMExports()
  return {
    set: (next) => {
      Atomics.store(state, 0, DISK_STATES.indexOf(next))
    },
    close: () => {
      threads.setEnvironmentData(SHARED_STATE, undefined)
      table.Worker = Worker
      Object.assign(calls, { statfs, stat })
      syncBuiltinESMExports()
    },
  }
}
