import { setTimeout as delay } from 'node:timers/promises'
import { AppError } from '../../shared/errors.ts'
import type { DataPaths } from '../platform/data-folder.ts'
import { errnoOf } from '../platform/durable-file.ts'
import type { LockOwner } from '../platform/lock.ts'
import { identifySelf, judge } from '../platform/process-identity.ts'
import { findOwner } from '../remote/client.ts'

const LOOK_EVERY_MS = 50

/** Whether this very process still runs: not another one that has its number by now. */
export async function isAlive({ identity }: LockOwner): Promise<boolean> {
  return (await judge(identity, await identifySelf())) === 'alive'
}

/** Sends a signal to the owner of a data folder. A process that is gone already is no failure. */
export async function signalOwner(owner: LockOwner, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (owner.where !== 'here') {
    const place = owner.where === 'other_machine' ? 'on the computer' : 'in the container'
    throw new AppError('forbidden', `Mailtide (pid ${owner.pid}) runs ${place} ${owner.machine}`, {
      remedy: 'Run this command there',
    })
  }
  if (!(await isAlive(owner))) return
  try {
    process.kill(owner.pid, signal)
  } catch (error) {
    if (errnoOf(error) === 'ESRCH') return
    throw new AppError('forbidden', `You may not stop Mailtide (pid ${owner.pid})`, {
      remedy: 'Run this as the user who started it',
      cause: error,
    })
  }
}

/** Waits until the process is gone and the folder is not its any more; false when `seconds` did not suffice. */
export async function waitUntilGone(paths: DataPaths, owner: LockOwner, seconds: number): Promise<boolean> {
  const end = performance.now() + seconds * 1_000
  while (await isAlive(owner)) {
    if (performance.now() >= end) return false
    await delay(LOOK_EVERY_MS)
  }
  const next = await findOwner(paths)
  return next === null || next.identity.process_started !== owner.identity.process_started || next.pid !== owner.pid
}
