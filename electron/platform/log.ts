import { renameSync, rmSync } from 'node:fs'
import electronLog from 'electron-log/node'
import { type LogEntry, type LogLevel, reaches } from '../../shared/log-entry.ts'
import type { Clock, Log, LogFields } from '../ports.ts'
import { PRIVATE_FILE } from './durable-file.ts'
import { type FoldState, fold, foldPassed, foldRest, nothingFolded } from './log-fold.ts'
import { formatJson, formatText, oneLine } from './log-format.ts'
import { redact } from './redact.ts'

/** How much is remembered for the log page: entries, and characters of each message. */
const REMEMBERED = 5_000
const LONGEST_MESSAGE = 4_000

export interface LoggingOptions {
  readonly level: LogLevel
  readonly format: 'text' | 'json'
  /** `logs/background_sync.log`; null writes no file. */
  readonly file: string | null
  /** Writes one line, without its end, to wherever the host shows it; null shows nothing. */
  readonly console: ((line: string) => void) | null
  readonly maxBytes: number
  /** Files kept, the present one included. */
  readonly files: number
  readonly clock: Pick<Clock, 'now' | 'monotonic'>
}

export interface Logging {
  readonly log: Log
  /** Never writes this text: for secrets without a telling shape, such as the API token. */
  hide(secret: string): void
  /** The last entries of this level and above, oldest first. */
  tail(lines: number, level: LogLevel): readonly LogEntry[]
  /** Calls the listener with each entry from now on; returns the way to stop. */
  subscribe(listener: (entry: LogEntry) => void): () => void
  /** Writes what is still counted. Safe to call twice. */
  close(): void
}

/** The log of one host: formatted, redacted, folded, rotated, and its end kept in memory. */
export function createLogging(options: LoggingOptions): Logging {
  const format = options.format === 'json' ? formatJson : formatText
  const toFile = options.file === null ? null : fileWriter(options.file, options)
  const recent: LogEntry[] = []
  const listeners = new Set<(entry: LogEntry) => void>()
  const secrets: string[] = []
  let folded: FoldState = nothingFolded

  const write = (entry: LogEntry) => {
    recent.push(entry)
    if (recent.length >= 2 * REMEMBERED) recent.splice(0, recent.length - REMEMBERED)
    const line = format(entry)
    toFile?.(line)
    options.console?.(line)
    for (const listener of listeners) listener(entry)
  }

  const take = (level: LogLevel, name: string, message: string, fields: LogFields | undefined) => {
    if (!reaches(level, options.level)) return
    const clean = (text: string) =>
      oneLine(redact(text.slice(0, 4 * LONGEST_MESSAGE), secrets).slice(0, LONGEST_MESSAGE))
    const shown = cleanFields(fields, clean)
    const at = options.clock.now().toISOString()
    const entry: LogEntry = { at, level, name, message: clean(message), ...(shown === null ? {} : { fields: shown }) }
    const next = fold(folded, entry, options.clock.monotonic())
    folded = next.state
    for (const due of next.write) write(due)
  }

  const named = (name: string): Log => ({
    debug: (message, fields) => take('debug', name, message, fields),
    info: (message, fields) => take('info', name, message, fields),
    warning: (message, fields) => take('warning', name, message, fields),
    error: (message, fields) => take('error', name, message, fields),
    named,
  })

  const writePassed = () => {
    const passed = foldPassed(folded, options.clock.monotonic())
    folded = passed.state
    for (const due of passed.write) write(due)
  }

  return {
    log: named('mailtide'),
    hide: (secret) => {
      secrets.push(secret)
    },
    tail: (lines, level) => {
      writePassed()
      const shown = recent.slice(-REMEMBERED).filter((entry) => reaches(entry.level, level))
      return lines > 0 ? shown.slice(-lines) : []
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => {
      for (const rest of foldRest(folded)) write(rest)
      folded = nothingFolded
    },
  }
}

function cleanFields(fields: LogFields | undefined, clean: (text: string) => string): LogEntry['fields'] | null {
  if (fields === undefined) return null
  const kept: Record<string, string | number | boolean | null> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue
    // The name is redacted with its value, because it is what gives some secrets away.
    kept[name] = typeof value === 'string' ? clean(`${name}=${value}`).slice(name.length + 1) : value
  }
  return Object.keys(kept).length === 0 ? null : kept
}

/** electron-log's file transport, given whole lines: it opens, counts and asks for rotation; the rest is ours. */
function fileWriter(path: string, options: LoggingOptions): (line: string) => void {
  // Its own complaints about files would go to the console line by line; ours is said once per outage, below.
  electronLog.transports.console.writeFn = () => undefined
  const logger = electronLog.create({ logId: path })
  logger.transports.console.level = false
  const transport = logger.transports.file
  // Else it looks for a package.json above the working folder, and throws where there is none.
  transport.setAppName('mailtide')
  transport.level = 'silly'
  transport.resolvePathFn = () => path
  transport.writeOptions = { flag: 'a', mode: PRIVATE_FILE, encoding: 'utf8' }
  transport.maxSize = options.maxBytes
  transport.transforms = [({ data }) => data[0]]
  transport.archiveLogFn = (file) => rotate(file.path, options.files, () => file.clear())

  let failing = false
  let failed = false
  transport.getFile().on('error', (error) => {
    failed = true
    if (!failing) options.console?.(`The log file ${path} cannot be written: ${error.message}`)
    failing = true
  })
  return (line) => {
    failed = false
    logger.info(line)
    if (!failed) failing = false
  }
}

/** `x.log` becomes `x.log.1`, that becomes `x.log.2`, and so on; the oldest goes. What cannot be renamed is emptied. */
function rotate(path: string, files: number, empty: () => void): void {
  try {
    rmSync(`${path}.${files - 1}`, { force: true })
    for (let n = files - 2; n >= 1; n--) moveIfThere(`${path}.${n}`, `${path}.${n + 1}`)
    if (files > 1) renameSync(path, `${path}.1`)
    else empty()
  } catch {
    // Another program holds it open (Windows): a log that grows without end would fill the disk.
    empty()
  }
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch {
    // It is not there yet, or held open: the next rotation moves it.
  }
}
