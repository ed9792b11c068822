import type { LogLevel } from '../../../shared/log-entry.ts'
import { systemClock } from '../../platform/clock.ts'
import { followEvents } from '../../remote/events.ts'
import { type CommandContext, interruptible } from '../command.ts'
import { logLine } from './logs.ts'

/**
 * `mailtide logs-follow`: the last log lines and then each as it comes, until Ctrl-C. When the service ends it waits for the next one, as
 * `tail -F` does, and goes on where it was.
 */
export async function logsFollow(
  context: CommandContext,
  { lines, level }: { readonly lines: number; readonly level: LogLevel },
): Promise<void> {
  const { connectTo, json, paint, write, note } = context
  // Without a service there is nothing to follow, and that is told at once.
  await connectTo()
  await interruptible(async (signal) => {
    let wasLost = false
    const events = followEvents({
      locate: () => connectTo(),
      kinds: ['log'],
      level,
      lines,
      signal,
      clock: systemClock,
      patienceMs: Number.POSITIVE_INFINITY,
      onConnection: (state) => {
        if (state === 'lost' && !signal.aborted)
          note('Mailtide has stopped. Waiting until it runs again; press Ctrl-C to exit.')
        if (state === 'connected' && wasLost) note('Mailtide is running again.')
        wasLost = state === 'lost'
      },
    })
    for await (const event of events) {
      if (event.name === 'log') write(json ? `${JSON.stringify(event.data)}\n` : `${logLine(event.data, paint)}\n`)
      else if (event.name === 'lost') note(lostText(event.data.count))
    }
  })
}

const lostText = (count: number | null): string =>
  `${count ?? 'Some'} log lines are not shown here; the log file has them: mailtide logs`
