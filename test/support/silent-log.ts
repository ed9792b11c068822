import { channel } from 'node:diagnostics_channel'
import { systemClock } from '../../electron/platform/clock.ts'
import { createLogging } from '../../electron/platform/log.ts'
import type { Log, LogFields } from '../../electron/ports.ts'

const lines = channel('mailtide.log')

const { log: real } = createLogging({
  level: 'debug',
  format: 'text',
  file: null,
  console: null,
  maxBytes: 1,
  files: 1,
  clock: {
    now: systemClock.now,
    monotonic: systemClock.monotonic,
    // Nobody waits for counts, and no timer keeps a test alive.
    sleep: () => new Promise<never>(() => undefined),
  },
})

/** A log that nobody reads but the watch for what no log may hold (`log-watch.ts`); where that is off, it costs nothing. */
export const silentLog: Log = unlessUnheard(real)

function unlessUnheard(log: Log): Log {
  const say = (level: 'debug' | 'info' | 'warning' | 'error') => (message: string, fields?: LogFields) => {
    if (lines.hasSubscribers) log[level](message, fields)
  }
  return {
    debug: say('debug'),
    info: say('info'),
    warning: say('warning'),
    error: say('error'),
    named: (name) => unlessUnheard(log.named(name)),
  }
}
