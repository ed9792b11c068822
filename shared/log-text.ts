import type { LogEntry } from './log-entry.ts'

/**
 * One line as Python's logging writes it, which existing collectors read:
 * `2025-08-13 08:15:00 - sync.engine - INFO - Starting sync cycle...`. The time is local, as on the clock of whoever
 * reads it; JSON lines and the API carry UTC.
 */
export function formatText(entry: LogEntry): string {
  return `${localTime(new Date(entry.at))} - ${entry.name} - ${entry.level.toUpperCase()} - ${saidOf(entry)}`
}

/** What an entry says, with its fields and how often. */
function saidOf({ message, fields, repeated }: LogEntry): string {
  const times = repeated === undefined ? '' : ` (repeated ${repeated} ${repeated === 1 ? 'time' : 'times'})`
  const shown = Object.entries(fields ?? {}).map(([name, value]) => `${name}=${value}`)
  return shown.length === 0 ? `${message}${times}` : `${message} [${shown.join(' ')}]${times}`
}

function localTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  return `${date} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`
}
