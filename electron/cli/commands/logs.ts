import type { Client } from '../../../shared/contract.ts'
import type { LogEntry, LogLevel } from '../../../shared/log-entry.ts'
import { formatText } from '../../../shared/log-text.ts'
import { ServiceGone } from '../../remote/client.ts'
import { type CommandContext, complaintOf, exitCodes } from '../command.ts'
import type { Paint } from '../paint.ts'
import { recentLog } from '../recent-log.ts'

/** As many as the service remembers. */
export const MOST_LINES = 5_000
const USUAL_LINES = 200

export interface LogsOptions {
  readonly lines: number | undefined
  readonly level: LogLevel
  readonly since: Date | null
}

/**
 * `mailtide logs`: the last log lines, of the service or of the file it left. Without a service the exit code is 3 all the same.
 */
export async function logs(context: CommandContext, options: LogsOptions): Promise<number> {
  const { since, level } = options
  const found = await clientOrGone(context)
  const client = found instanceof ServiceGone ? null : found
  const lines = options.lines ?? (since === null ? USUAL_LINES : MOST_LINES)
  const recent = await recentLog(context, client, { lines, level })
  const entries = since === null ? recent : recent.filter(({ at }) => Date.parse(at) >= since.getTime())
  const text = entries.map((entry) => `${logLine(entry, context.paint)}\n`).join('')
  if (!(found instanceof ServiceGone)) {
    context.print(text, { entries })
    return exitCodes.ok
  }
  context.print(text, { running: false, entries })
  if (!context.json) context.note(complaintOf(found).trimEnd())
  return exitCodes.notRunning
}

async function clientOrGone(context: CommandContext): Promise<Client | ServiceGone> {
  try {
    return await context.connect()
  } catch (error) {
    if (error instanceof ServiceGone) return error
    throw error
  }
}

/** A log line as it stands in the file; what is wrong stands out on a terminal. */
export function logLine(entry: LogEntry, paint: Paint): string {
  const text = formatText(entry)
  return entry.level === 'error' || entry.level === 'warning' ? paint.bad(text) : text
}
