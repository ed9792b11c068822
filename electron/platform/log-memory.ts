import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs'
import { type LogEntry, logWeight } from '../../shared/log-entry.ts'
import { parseLogLine } from './log-parse.ts'

/** How much is remembered: entries, and characters of them all together. */
const MOST_ENTRIES = 5_000
const MOST_CHARACTERS = 4_000_000
/** How much of each of the last two files is read to know what was said before a restart. */
const RECALLED_BYTES = 512 * 1024

export interface LogMemory {
  add(entry: LogEntry): void
  /** What is remembered, oldest first. */
  entries(): readonly LogEntry[]
}

/** The end of the log in memory, bounded however much is logged and however long the lines are. */
export function createLogMemory(): LogMemory {
  let kept: (LogEntry | undefined)[] = []
  let first = 0
  let characters = 0
  return {
    add: (entry) => {
      kept.push(entry)
      characters += logWeight(entry)
      while (kept.length - first > MOST_ENTRIES || characters > MOST_CHARACTERS) {
        const oldest = kept[first]
        if (oldest === undefined) break
        characters -= logWeight(oldest)
        kept[first] = undefined
        first++
      }
      // Now and then, since moving thousands of entries for each new one would cost more than the entry.
      if (first >= MOST_ENTRIES) {
        kept = kept.slice(first)
        first = 0
      }
    },
    entries: () => kept.slice(first).filter((entry) => entry !== undefined),
  }
}

/** What the log's last two files end with, oldest first; nothing where they cannot be read. */
export function recall(path: string): readonly LogEntry[] {
  return [`${path}.1`, path].flatMap((file) =>
    endOf(file)
      .split('\n')
      .flatMap((line) => parseLogLine(line) ?? []),
  )
}

function endOf(path: string): string {
  try {
    // A pipe would keep us waiting.
    if (!statSync(path).isFile()) return ''
    const file = openSync(path, 'r')
    try {
      const { size } = fstatSync(file)
      const bytes = Buffer.alloc(Math.min(size, RECALLED_BYTES))
      const read = readSync(file, bytes, 0, bytes.length, size - bytes.length)
      return bytes.toString('utf8', 0, read)
    } finally {
      closeSync(file)
    }
  } catch {
    // The log of a first start is not there yet; one that cannot be read must not keep the service from starting.
    return ''
  }
}
