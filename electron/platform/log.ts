import { channel } from 'node:diagnostics_channel'
import { type LogEntry, type LogLevel, reaches } from '../../shared/log-entry.ts'
import { formatText } from '../../shared/log-text.ts'
import type { Clock, Log, LogFields } from '../ports.ts'
import { type FoldState, fold, foldPassed, foldRest, nextCount, nothingFolded } from './log-fold.ts'
import { formatJson, oneLine } from './log-format.ts'
import { createLogMemory, recall } from './log-memory.ts'
import { createLogFile, type Rotation } from './log-writer.ts'
import { redact } from './redact.ts'

const LONGEST_MESSAGE = 4_000

/** Every line that any log of this process writes, as text, for whoever watches the process by `node:diagnostics_channel`. */
const written = channel('mailtide.log')

export interface LoggingOptions extends Rotation {
  readonly level: LogLevel
  readonly format: 'text' | 'json'
  /** `logs/background_sync.log`; null writes no file. */
  readonly file: string | null
  /** Writes one line, without its end, to wherever the host shows it; null shows nothing. */
  readonly console: ((line: string) => void) | null
  readonly clock: Pick<Clock, 'now' | 'monotonic' | 'sleep'>
}

export interface Logging {
  readonly log: Log
  /** Never writes this text: for secrets without a telling shape, such as the API token. */
  hide(secret: string): void
  /**
   * The last entries of this level and above, oldest first: at most some thousands, those before the last restart
   * included as far as the log file has them.
   */
  tail(lines: number, level: LogLevel): readonly LogEntry[]
  /**
   * Calls the listener with each entry from now on, at once and in order; returns the way to stop. What it throws is
   * ignored, what it logs reaches no listener, and what it cannot take at once is its own to keep or drop.
   */
  subscribe(listener: (entry: LogEntry) => void): () => void
  /** From now on. */
  setLevel(level: LogLevel): void
  /** From the next line on; the present file then holds both kinds. */
  setFormat(format: LoggingOptions['format']): void
  /** From the next line on. */
  setRotation(rotation: Rotation): void
  /** Writes what is still counted. Safe to call twice; what is logged later is written as it comes. */
  close(): void
}

/**
 * The log of one host: formatted, redacted, folded, rotated, and its end kept in memory. It never throws and never stops
 * the program, whatever becomes of its file, its console or its listeners.
 */
export function createLogging(options: LoggingOptions): Logging {
  const { clock } = options
  let { level: threshold } = options
  let format = formatOf(options.format)
  const memory = createLogMemory()
  const listeners = new Set<(entry: LogEntry) => void>()
  const secrets: string[] = []
  let folded: FoldState = nothingFolded
  let isDelivering = false
  let isClosed = false
  let flush: { readonly at: number; readonly stop: AbortController } | null = null

  const show = (entry: LogEntry, line: string) => {
    memory.add(entry)
    written.publish(line)
    attempt(() => options.console?.(line))
    if (isDelivering) return
    isDelivering = true
    for (const listener of listeners) attempt(() => listener(entry))
    isDelivering = false
  }
  /** About the log itself. */
  const own = (message: string): LogEntry => ({
    at: clock.now().toISOString(),
    level: 'warning',
    name: 'log',
    message,
  })
  const { file: path } = options
  if (path !== null) for (const entry of recall(path)) memory.add(entry)
  const file =
    path === null
      ? null
      : createLogFile(path, options, {
          began: (reason) => {
            const entry = own(`The log file ${path} cannot be written: ${oneLine(reason)}. Lines are shown here only`)
            show(entry, format(entry))
          },
          ended: (lost) => format(own(`The log file could not be written for a while: ${lost} lines are missing here`)),
        })
  const write = (entry: LogEntry) => {
    const line = format(entry)
    file?.write(line)
    show(entry, line)
  }

  const writePassed = () => {
    const passed = foldPassed(folded, clock.monotonic())
    folded = passed.state
    for (const due of passed.write) write(due)
  }
  /** Counts are told when their window has passed, though nothing else is logged by then. */
  const flushInTime = () => {
    const at = nextCount(folded)
    if (at === null || isClosed || (flush !== null && flush.at <= at)) return
    flush?.stop.abort()
    const stop = new AbortController()
    flush = { at, stop }
    clock.sleep(at - clock.monotonic(), stop.signal).then(
      () => {
        flush = null
        writePassed()
        flushInTime()
      },
      () => undefined,
    )
  }

  const take = (level: LogLevel, name: string, message: string, fields: LogFields | undefined) => {
    if (!reaches(level, threshold)) return
    // Half a character, as a cut or a text from outside leaves it, makes a line that strict readers of JSON refuse.
    const clean = (text: string) =>
      oneLine(redact(text.slice(0, 4 * LONGEST_MESSAGE), secrets).slice(0, LONGEST_MESSAGE)).toWellFormed()
    const shown = cleanFields(fields, clean)
    const at = clock.now().toISOString()
    const entry: LogEntry = { at, level, name, message: clean(message), ...(shown === null ? {} : { fields: shown }) }
    if (isClosed) {
      write(entry)
      return
    }
    const next = fold(folded, entry, clock.monotonic())
    folded = next.state
    for (const due of next.write) write(due)
    flushInTime()
  }

  const named = (name: string): Log => ({
    debug: (message, fields) => take('debug', name, message, fields),
    info: (message, fields) => take('info', name, message, fields),
    warning: (message, fields) => take('warning', name, message, fields),
    error: (message, fields) => take('error', name, message, fields),
    named,
  })

  return {
    log: named('mailtide'),
    hide: (secret) => {
      // As it stands in a URL, too.
      secrets.push(secret, encodeURIComponent(secret))
    },
    tail: (lines, level) => {
      writePassed()
      const shown = memory.entries().filter((entry) => reaches(entry.level, level))
      return lines > 0 ? shown.slice(-lines) : []
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    setLevel: (level) => {
      threshold = level
    },
    setFormat: (changed) => {
      format = formatOf(changed)
    },
    setRotation: (rotation) => file?.setRotation(rotation),
    close: () => {
      isClosed = true
      flush?.stop.abort()
      flush = null
      const rest = foldRest(folded)
      folded = nothingFolded
      for (const each of rest) write(each)
    },
  }
}

const formatOf = (format: LoggingOptions['format']) => (format === 'json' ? formatJson : formatText)

/** A console that broke (a closed terminal) and a listener that throws are no reason to lose the entry elsewhere. */
function attempt(action: () => void): void {
  try {
    action()
  } catch {
    // Logging it would meet the same again.
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
