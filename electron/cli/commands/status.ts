import { moment } from '../../../shared/describe.ts'
import { toProblem } from '../../../shared/errors.ts'
import type { LogEntry } from '../../../shared/log-entry.ts'
import { formatText } from '../../../shared/log-text.ts'
import type { Snapshot } from '../../../shared/status.ts'
import { type Connection, ServiceGone } from '../../remote/client.ts'
import { type CommandContext, complaintOf, exitCodes } from '../command.ts'
import { lastRun } from '../last-run.ts'
import { wrap } from '../lines.ts'
import { recentLog } from '../recent-log.ts'
import { statusText } from '../status-text.ts'

const LOG_LINES = 5

/**
 * `mailtide status`: what the service does now, and its last log lines. Exit code 0 when it answers, 3 when none does, 4 when that
 * cannot be seen, as init scripts have it (https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/iniscrptact.html).
 */
export async function status(context: CommandContext): Promise<number> {
  let connection: Connection
  try {
    connection = await context.connectTo()
  } catch (error) {
    if (error instanceof ServiceGone) return tellGone(context, error)
    return tellUnknown(context, error)
  }
  let sync_status: Snapshot
  try {
    ;({ sync_status } = await connection.client.status({}))
  } catch (error) {
    if (error instanceof ServiceGone) throw error
    return tellUnknown(context, error)
  }
  const log = await recentLog(context, connection.client, { lines: LOG_LINES, level: 'info' }).catch((error) => {
    // That it runs is what was asked.
    if (!context.json) context.note(complaintOf(error).trimEnd())
    return []
  })
  context.print(statusText(sync_status, context.now(), context.paint) + logText(log, context), { sync_status, log })
  return exitCodes.ok
}

/** It cannot be seen whether it runs, or how it is: 1 would say that it died, to whoever knows init scripts. */
function tellUnknown({ json, print, note }: CommandContext, error: unknown): number {
  if (json) print('', toProblem(error))
  else note(complaintOf(error).trimEnd())
  return exitCodes.unknown
}

/** No service answers: says so, and what is left to see of the last one. */
async function tellGone(context: CommandContext, gone: ServiceGone): Promise<number> {
  const { json, print, note, paths, now } = context
  const last = await lastRun(paths, LOG_LINES)
  if (json) {
    const run = last === null || gone.owner !== null ? null : { ended_at: last.ended_at, clean: last.clean }
    print('', { running: false, ...toProblem(gone), last_run: run, log: last?.log ?? [] })
    return exitCodes.notRunning
  }
  note(complaintOf(gone).trimEnd())
  if (last === null) return exitCodes.notRunning
  const end = last.clean ? 'and stopped cleanly' : 'and did not stop cleanly: it was killed, or the power failed'
  const ran = `It last ran ${moment(last.ended_at, now())} ${end}.`
  print(`${gone.owner === null ? `${wrap(ran).join('\n')}\n` : ''}${logText(last.log, context)}`, null)
  return exitCodes.notRunning
}

function logText(log: readonly LogEntry[], { paint }: Pick<CommandContext, 'paint'>): string {
  if (log.length === 0) return ''
  const lines = log.flatMap((entry) => {
    const isBad = entry.level === 'warning' || entry.level === 'error'
    return wrap(formatText(entry), '  ', isBad ? paint.bad : paint.dim)
  })
  return `\nLast log lines:\n${lines.join('\n')}\n`
}
