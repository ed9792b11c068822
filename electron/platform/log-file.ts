import { type FileHandle, open } from 'node:fs/promises'
import { type LogEntry, type LogLevel, reaches } from '../../shared/log-entry.ts'
import { parseLogLine } from './log-parse.ts'

const CHUNK_BYTES = 64 * 1024
/** Ours are far shorter; what is longer belongs to no log of ours and is passed over. */
const LONGEST_LINE_BYTES = 1024 * 1024
/** So much is looked through at most, however few entries were found: the answer is for a person who waits. */
const MOST_BYTES = 512 * 1024 * 1024
/** Rotated files looked for: as many as the setting `logFiles` allows. */
const MOST_FILES = 1000

export interface LogTailOptions {
  /** Entries wanted. */
  readonly lines: number
  /** This level and above. */
  readonly level: LogLevel
}

/**
 * The last entries of a log file and of those put aside from it (`x.log.1`, `x.log.2`, …), oldest first. A missing file
 * is an empty one. Throws the file system's error when a file is there and cannot be read.
 */
export async function readLogFile(path: string, { lines, level }: LogTailOptions): Promise<LogEntry[]> {
  const rotated = Array.from({ length: MOST_FILES - 1 }, (_, n) => `${path}.${n + 1}`)
  return readLogTail([path, ...rotated], lines, level)
}

/**
 * The last entries of a log's files, given from the newest file to the oldest; the entries come oldest first. Reads
 * backwards and no more than is needed; lines that are no entries (torn by a crash, another program's) are passed over.
 * Stops at the first missing file after the newest.
 */
export async function readLogTail(paths: readonly string[], lines: number, level: LogLevel): Promise<LogEntry[]> {
  const found: LogEntry[] = []
  const seen = new Set<string>()
  let budget = MOST_BYTES
  for (const [index, path] of paths.entries()) {
    if (found.length >= lines || budget <= 0) break
    const file = await openThere(path)
    if (file === null && index > 0) break
    if (file === null) continue
    try {
      const { dev, ino, size } = await file.stat({ bigint: true })
      // Put aside while we read: the file is met a second time under its next name.
      if (seen.has(`${dev}:${ino}`)) continue
      seen.add(`${dev}:${ino}`)
      for await (const line of linesBackwards(file, Number(size), budget)) {
        const entry = parseLogLine(line)
        if (entry !== null && reaches(entry.level, level)) found.push(entry)
        if (found.length >= lines) break
      }
      budget -= Number(size)
    } finally {
      await file.close()
    }
  }
  return found.reverse()
}

async function openThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** The lines of a file from the last to the first. An unfinished last line counts as one. */
async function* linesBackwards(file: FileHandle, size: number, most: number): AsyncGenerator<string> {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  const first = Math.max(0, size - most)
  // The beginning of a line whose end has been read, latest piece first.
  let pieces: Buffer[] = []
  let held = 0
  let end = size
  while (end > first) {
    const start = Math.max(first, end - CHUNK_BYTES)
    const { bytesRead } = await file.read(chunk, 0, end - start, start)
    // It was emptied under us.
    if (bytesRead < end - start) return
    const read = chunk.subarray(0, bytesRead)
    let stop = bytesRead
    for (let at = read.lastIndexOf(10); at >= 0; at = at === 0 ? -1 : read.lastIndexOf(10, at - 1)) {
      const line = joined(read.subarray(at + 1, stop), pieces, held)
      if (line !== '') yield line
      pieces = []
      held = 0
      stop = at
    }
    held += stop
    // Bytes are copied, because the chunk is read into again; those of an endless line are not kept.
    if (held <= LONGEST_LINE_BYTES) pieces.push(Buffer.from(read.subarray(0, stop)))
    else pieces = []
    end = start
  }
  const line = first === 0 ? joined(Buffer.alloc(0), pieces, held) : ''
  if (line !== '') yield line
}

function joined(head: Buffer, pieces: readonly Buffer[], held: number): string {
  if (head.length + held > LONGEST_LINE_BYTES) return ''
  return Buffer.concat([head, ...pieces.toReversed()]).toString('utf8')
}
