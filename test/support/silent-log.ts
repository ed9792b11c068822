import type { Log } from '../../electron/ports.ts'

const ignore = () => undefined

/** A log that nobody reads. */
export const silentLog: Log = { debug: ignore, info: ignore, warning: ignore, error: ignore, named: () => silentLog }
