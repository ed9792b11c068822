import type { Client } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { LogEntry, LogLevel } from '../../shared/log-entry.ts'
import { errnoOf } from '../platform/durable-file.ts'
import { readLogFile } from '../platform/log-file.ts'
import type { CommandContext } from './command.ts'

/** The last entries of the log: of the running service, or of the file when there is none or it does not hand them out. */
export async function recentLog(
  { paths }: Pick<CommandContext, 'paths'>,
  client: Client | null,
  wanted: { readonly lines: number; readonly level: LogLevel },
): Promise<readonly LogEntry[]> {
  if (wanted.lines === 0) return []
  if (client === null) return fromFile(paths.logFile, wanted)
  try {
    return (await client.logs(wanted)).entries
  } catch (error) {
    // The file says the same and needs no token; only whoever may not read it either is told.
    if (error instanceof AppError && error.code === 'forbidden') return fromFile(paths.logFile, wanted)
    throw error
  }
}

async function fromFile(
  path: string,
  wanted: { readonly lines: number; readonly level: LogLevel },
): Promise<readonly LogEntry[]> {
  try {
    return await readLogFile(path, wanted)
  } catch (error) {
    const code = errnoOf(error)
    if (code === 'ENOTDIR') return []
    throw new AppError('forbidden', `The log ${path} cannot be read`, {
      remedy: 'Run this as the user who runs Mailtide',
      cause: error,
    })
  }
}
