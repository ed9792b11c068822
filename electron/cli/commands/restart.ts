import { AppError } from '../../../shared/errors.ts'
import { prepareDataFolder } from '../../platform/data-folder.ts'
import { commandAtWork } from '../../platform/lock.ts'
import { findOwner } from '../../remote/client.ts'
import type { CommandContext } from '../command.ts'
import { settingsOfNextRun } from '../settings-room.ts'
import { type StartOptions, startDetached } from './start.ts'
import { end, type StopOptions } from './stop.ts'

/** `mailtide restart`: stops the service if it runs, and starts it. */
export async function restart(
  context: CommandContext,
  options: { readonly start: StartOptions; readonly stop: StopOptions },
): Promise<void> {
  const owner = await findOwner(context.paths)
  if (owner?.host === 'command') throw commandAtWork(owner)
  if (owner?.host === 'desktop' || owner?.host === 'demo') {
    const who = owner.host === 'desktop' ? 'the desktop app' : 'the demo'
    throw new AppError(
      'conflict',
      `The service belongs to ${who} (pid ${owner.pid}), which this command cannot restart`,
      {
        remedy: `Quit ${who} and start it again, or run the service without it: mailtide stop, then mailtide start`,
      },
    )
  }
  // What the new run would refuse must not have ended the old one.
  await prepareDataFolder(context.paths.home)
  await settingsOfNextRun(context, options.start.flags)
  if (owner !== null) await end(context, owner, options.stop)
  await startDetached(context, options.start)
}
