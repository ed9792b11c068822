import { createLogging, type LoggingOptions } from '../../electron/platform/log.ts'
import { createFakeClock } from '../support/fake-clock.ts'

/** A log on a clock in the test's hand, with what its console showed. */
export function startLog(options: Partial<LoggingOptions> = {}) {
  const lines: string[] = []
  const clock = createFakeClock({ start: new Date(2025, 7, 13, 8, 15, 0) })
  const logging = createLogging({
    level: 'info',
    format: 'text',
    file: null,
    console: (line) => lines.push(line),
    maxBytes: 10_000_000,
    files: 5,
    clock,
    ...options,
  })
  return { ...logging, lines, clock, engine: logging.log.named('sync.engine') }
}
