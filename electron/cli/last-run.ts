import { existsSync } from 'node:fs'
import type { LogEntry } from '../../shared/log-entry.ts'
import type { DataPaths } from '../platform/data-folder.ts'
import { readLogFile } from '../platform/log-file.ts'
import { runMark } from '../platform/run-lines.ts'

/** What is left to see of a service that runs no more. */
export interface LastRun {
  /** Its last sign of life in the log. */
  readonly ended_at: string
  /** It gave the folder back. False: it was killed, it crashed or the power went. */
  readonly clean: boolean
  readonly log: readonly LogEntry[]
}

/** So far back one looks for how the run ended: commands on the folder write to the same log. */
const LOOKED_AT = 1_000
/** After this a service that was told to stop has ended. */
const STOPPED_MS = 15_000

/** The last run on a data folder that no living process owns; null when it never ran, or left nothing that can be read. */
export async function lastRun(paths: DataPaths, lines: number): Promise<LastRun | null> {
  const log = await readLogFile(paths.logFile, { lines: LOOKED_AT, level: 'debug' }).catch(() => [])
  const run = log.slice(
    Math.max(
      0,
      log.findLastIndex((entry) => runMark(entry) === 'running'),
    ),
  )
  const marks = run.map(runMark)
  const stop = run[marks.lastIndexOf('stopping')]
  const isInOrder = marks.every((mark) => mark === null) || (stop !== undefined && !marks.includes('crashing'))
  const stoppedAt = stop === undefined ? null : Date.parse(stop.at)
  const last = stoppedAt === null ? log.at(-1) : log.findLast(({ at }) => Date.parse(at) <= stoppedAt + STOPPED_MS)
  if (last === undefined) return null
  // A command that found what a dead service left has cleared it away; that it never stopped is still in the log.
  const clean = !existsSync(paths.lock) && !existsSync(paths.service) && isInOrder
  return { ended_at: last.at, clean, log: log.slice(-lines) }
}
