import type { Snapshot } from '../../../shared/status.ts'
import { systemClock } from '../../platform/clock.ts'
import { followEvents } from '../../remote/events.ts'
import { type CommandContext, interruptible } from '../command.ts'
import { statusText } from '../status-text.ts'

/** Progress comes several times a second, and "in 4 minutes" grows old without any. */
const REDRAW_MS = 1_000

/**
 * `mailtide status --watch`: the status, drawn anew as it changes, until Ctrl-C. In a pipe each change is a line of JSON with `--json`,
 * else a status of its own.
 */
export async function statusWatch(context: CommandContext): Promise<void> {
  const { connectTo, json, screenRows, paint, now, write, note } = context
  await connectTo()
  let latest: Snapshot | null = null
  const isDrawn = !json && screenRows() !== null
  /** What was true is not shown any longer than it is. */
  const draw = (isFirst = false) => {
    const text = latest === null ? `${stopped}\n` : statusText(latest, now(), paint)
    context.draw(fitted(`${text}\nPress Ctrl-C to exit.\n`, screenRows() ?? 24), isFirst)
  }
  const show = (snapshot: Snapshot) => {
    latest = snapshot
    if (json) write(`${JSON.stringify({ sync_status: snapshot })}\n`)
    else if (!isDrawn) write(`${statusText(snapshot, now(), paint)}\n`)
  }
  await interruptible(async (signal) => {
    let redraw: NodeJS.Timeout | undefined
    try {
      const events = followEvents({
        locate: () => connectTo(),
        kinds: ['status'],
        signal,
        clock: systemClock,
        patienceMs: Number.POSITIVE_INFINITY,
        onConnection: (state) => {
          if (state !== 'lost' || signal.aborted) return
          latest = null
          if (isDrawn) draw()
          else note(stopped)
        },
      })
      for await (const event of events) {
        if (event.name !== 'status') continue
        const isNew = latest === null
        show(event.data)
        if (!isDrawn) continue
        if (redraw === undefined) {
          draw(true)
          redraw = setInterval(draw, REDRAW_MS)
        } else if (isNew) draw()
      }
    } finally {
      clearInterval(redraw)
    }
  })
}

const stopped = 'Mailtide has stopped. Waiting until it runs again.'

/** A text that fits on the screen: one that is taller would push itself out of it at each redraw. */
function fitted(text: string, rows: number): string {
  const lines = text.trimEnd().split('\n')
  if (lines.length < rows) return text
  const kept = Math.max(1, rows - 2)
  return `${lines.slice(0, kept).join('\n')}\n… ${lines.length - kept} more lines: mailtide status\n`
}
