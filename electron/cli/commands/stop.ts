import { counted, duration } from '../../../shared/describe.ts'
import { AppError } from '../../../shared/errors.ts'
import { commandAtWork, type LockOwner } from '../../platform/lock.ts'
import { findOwner, notRunning } from '../../remote/client.ts'
import type { CommandContext } from '../command.ts'
import { signalOwner, waitUntilGone } from '../service-process.ts'

/** After SIGKILL a process is gone as soon as the system has a moment. */
const KILL_PATIENCE = 10

export interface StopOptions {
  /** How long to wait until it is gone, in seconds. */
  readonly patience: number
  /** Ends it the hard way when it is not gone by then. */
  readonly force: boolean
}

/** `mailtide stop`: tells the service to end, and waits until it has. */
export async function stop(context: CommandContext, options: StopOptions): Promise<void> {
  const owner = await findOwner(context.paths)
  if (owner === null) throw notRunning()
  // A rebuild takes an hour, and whoever stops the service need not know of it.
  if (owner.host === 'command') throw commandAtWork(owner)
  const { seconds, forced } = await end(context, owner, options)
  const who = owner.host === 'desktop' ? 'The Mailtide desktop app' : 'Mailtide'
  const how = forced ? 'was killed because it did not stop in time. Nothing that was stored is lost' : 'has stopped'
  context.print(`${who} (pid ${owner.pid}) ${how}. It took ${duration(seconds)}.\n`, {
    running: false,
    pid: owner.pid,
    host: owner.host,
    forced,
    took_seconds: seconds,
  })
}

/** Ends the owner of the folder; how long that took, in seconds. Throws when it does not end in time. */
export async function end(
  { paths, progress }: CommandContext,
  owner: LockOwner,
  { patience, force }: StopOptions,
): Promise<{ readonly seconds: number; readonly forced: boolean }> {
  const began = performance.now()
  const passed = () => Math.round(performance.now() - began) / 1_000
  return progress(`Stopping Mailtide (pid ${owner.pid})`, async () => {
    await signalOwner(owner, 'SIGTERM')
    if (await waitUntilGone(paths, owner, patience)) return { seconds: passed(), forced: false }
    if (!force) {
      throw new AppError(
        'conflict',
        `Mailtide (pid ${owner.pid}) has not stopped within ${counted(patience, 'second')}`,
        {
          remedy: 'Wait a little longer, or kill it, which loses nothing that was stored: mailtide stop --force',
        },
      )
    }
    await signalOwner(owner, 'SIGKILL')
    if (await waitUntilGone(paths, owner, KILL_PATIENCE)) return { seconds: passed(), forced: true }
    throw new AppError(
      'conflict',
      `Mailtide (pid ${owner.pid}) cannot be killed: it is blocked in the operating system`,
      {
        remedy: 'Check whether its disk responds',
      },
    )
  })
}
