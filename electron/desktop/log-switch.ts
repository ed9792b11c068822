import type { Log, LogFields } from '../ports.ts'

/** A log that goes to another one from some moment on. */
export interface LogSwitch {
  readonly log: Log
  turnTo(next: Log): void
}

/** The app speaks before the data folder and its log file are its own, and when they never are. */
export function createLogSwitch(first: Log): LogSwitch {
  let present = first
  const through = (of: () => Log): Log => ({
    debug: (message: string, fields?: LogFields) => of().debug(message, fields),
    info: (message: string, fields?: LogFields) => of().info(message, fields),
    warning: (message: string, fields?: LogFields) => of().warning(message, fields),
    error: (message: string, fields?: LogFields) => of().error(message, fields),
    named: (name) => through(() => of().named(name)),
  })
  return {
    log: through(() => present),
    turnTo: (next) => {
      present = next
    },
  }
}
