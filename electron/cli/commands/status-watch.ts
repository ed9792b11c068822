import type { Snapshot } from '../../../shared/status.ts'
import { systemClock } from '../../platform/clock.ts'
import { followEvents } from '../../remote/events.ts'
import { type CommandContext, interruptible } from '../command.ts'
import { statusText } from '../status-text.ts'

/** Progress comes several times a second, and "in 4 minutes" grows old without any. */
const REDRAW_MS = 1_000
/** From the corner, each line wiped behind its end and everything below the last: nothing flickers, and nothing above is lost. */
const onScreen = (text: string): string => `\u001b[H${text.replaceAll('\n', '\u001b[K\n')}\u001b[J`
const clearScreen = '\u001b[2J'

/**
 * `mailtide status --watch`: the status, drawn anew as it changes, until Ctrl-C. In a pipe each change is a line of JSON with `--json`,
 * else a status of its own.
 */
export async function statusWatch(context: CommandContext): Promise<void> {
  const { connectTo, json, isTerminal, paint, now, write, note } = context
  await connectTo()
  let latest: Snapshot | null = null
  const draw = () => {
    if (latest === null) return
    if (json) return write(`${JSON.stringify({ sync_status: latest })}\n`)
    const text = statusText(latest, now(), paint)
    write(isTerminal ? onScreen(`${text}\nCtrl-C ends this.\n`) : `${text}\n`)
  }
  await interruptible(async (signal) => {
    const redraw = isTerminal && !json ? setInterval(draw, REDRAW_MS) : undefined
    try {
      const events = followEvents({
        locate: () => connectTo(),
        kinds: ['status'],
        signal,
        clock: systemClock,
        patienceMs: Number.POSITIVE_INFINITY,
        onConnection: (state) => {
          if (state === 'lost' && !signal.aborted) note('Mailtide has stopped. Waiting until it runs again.')
        },
      })
      for await (const event of events) {
        if (event.name !== 'status') continue
        const isFirst = latest === null
        if (isFirst && redraw !== undefined) write(clearScreen)
        latest = event.data
        if (redraw === undefined || isFirst) draw()
      }
    } finally {
      clearInterval(redraw)
    }
  })
}
