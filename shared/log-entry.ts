import { z } from 'zod'

/** From the most talkative to the most urgent. */
export const logLevels = ['debug', 'info', 'warning', 'error'] as const
export const LogLevel = z.enum(logLevels)
export type LogLevel = z.infer<typeof LogLevel>

/** One line of the log, as the log page and `GET /api/v1/logs` receive it: redacted, on one line. */
export const LogEntry = z.object({
  at: z.iso.datetime(),
  level: LogLevel,
  name: z.string(),
  message: z.string(),
  fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
  /** How many further times this happened since it was last written. */
  repeated: z.int().positive().optional(),
})
export type LogEntry = z.infer<typeof LogEntry>

/** Whether an entry of this level belongs in a log that shows `threshold` and above. */
export const reaches = (level: LogLevel, threshold: LogLevel): boolean =>
  logLevels.indexOf(level) >= logLevels.indexOf(threshold)

/** About how many characters an entry takes in memory. */
export function logWeight({ message, fields }: LogEntry): number {
  let characters = message.length + 100
  for (const [name, value] of Object.entries(fields ?? {})) {
    characters += name.length + (typeof value === 'string' ? value.length : 8)
  }
  return characters
}
