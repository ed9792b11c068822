import type { LogEntry } from '../../shared/log-entry.ts'

/**
 * The lines by which the log tells later how a run went: both hosts write them by these functions, into the part `service` of the log, and
 * whoever reads the log knows them by `runMark` alone.
 */
export const runLines = {
  /** `how` ends the sentence. */
  running: (how: string): string => `Mailtide is running${how}`,
  /** In order; `why` where somebody or something asked for it. */
  stopping: (why?: string): string => (why === undefined ? 'Stopping...' : `Stopping (${why})...`),
  crashing: (error: string): string => `Stopping after an unforeseen error: ${error}`,
} as const

export type RunMark = keyof typeof runLines

/** Which of these lines an entry is; null for any other. */
export function runMark({ name, message }: LogEntry): RunMark | null {
  if (name !== 'service') return null
  if (message.startsWith(runLines.running(''))) return 'running'
  if (message.startsWith(runLines.crashing(''))) return 'crashing'
  return /^Stopping(?: \(.*\))?\.\.\.$/.test(message) ? 'stopping' : null
}
