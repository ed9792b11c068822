import { existsSync } from 'node:fs'
import type { LogEntry } from '../../shared/log-entry.ts'
import type { DataPaths } from '../platform/data-folder.ts'
import { readLogFile } from '../platform/log-file.ts'

/** What is left to see of a service that runs no more. */
export interface LastRun {
  /** Its last sign of life in the log. */
  readonly ended_at: string
  /** It gave the folder back. False: it was killed, it crashed or the power went. */
  readonly clean: boolean
  readonly log: readonly LogEntry[]
}

/** The last run on a data folder that no living process owns; null when it never ran, or left nothing that can be read. */
export async function lastRun(paths: DataPaths, lines: number): Promise<LastRun | null> {
  const log = await readLogFile(paths.logFile, { lines, level: 'debug' }).catch(() => [])
  const last = log.at(-1)
  if (last === undefined) return null
  return { ended_at: last.at, clean: !existsSync(paths.lock) && !existsSync(paths.service), log }
}
