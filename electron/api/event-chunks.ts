import { type EventKind, type EventName, type EventsInput, type LostNotice, lostKinds } from '../../shared/documents.ts'
import { type LogEntry, type LogLevel, reaches } from '../../shared/log-entry.ts'
import type { CycleSummary } from '../../shared/status.ts'
import { formatPosition, type Position, parsePosition } from './event-position.ts'
import type { NumberedRing } from './numbered-ring.ts'

/** What there is to tell. */
export interface Told {
  /** Names this run of the service. */
  readonly run: string
  /** How many of the numbered log lines are of earlier runs. */
  readonly earlierLogs: number
  /** The latest snapshot: its revision, and the event made of it, once for all readers. Null before the first. */
  readonly status: { readonly revision: number; readonly text: () => Buffer } | null
  readonly cycles: NumberedRing<CycleSummary>
  readonly logs: NumberedRing<LogEntry>
}

/** How far one reader is, and what it wants. */
export interface ReaderState {
  readonly kinds: ReadonlySet<EventKind>
  readonly level: LogLevel
  position: Position
  /** Said before anything else, once. */
  notices: readonly LostNotice[]
}

/** A chunk is sent when it has this many bytes, or nothing more is there. */
const CHUNK_BYTES = 64 * 1024

/** Where a reader begins. An id of this run goes on after it; one of another run gets all of this run. */
export function startReading(
  told: Told,
  request: Pick<EventsInput, 'kinds' | 'level' | 'lines' | 'after'>,
): ReaderState {
  const kinds = new Set(request.kinds)
  const { run, cycles, logs } = told
  const state = { kinds, level: request.level, notices: [] }
  if (request.after === undefined) {
    const log = beforeLast(logs, request.lines, request.level)
    return { ...state, position: { run, revision: -1, cycle: cycles.last, log } }
  }
  const known = parsePosition(request.after)
  if (known?.run === run) {
    const cycle = Math.min(known.cycle, cycles.last)
    return { ...state, position: { run, revision: known.revision, cycle, log: Math.min(known.log, logs.last) } }
  }
  const lost = lostKinds.filter((kind) => kinds.has(kind))
  return {
    ...state,
    position: { run, revision: -1, cycle: 0, log: told.earlierLogs },
    // What the other run still said after this reader had left it, nobody here knows.
    notices: lost.map((kind) => ({ kind, count: null, reason: 'restarted' as const })),
  }
}

/**
 * What the reader has not been sent yet, as bytes; its position moves on. Null when there is nothing. Of snapshots only the
 * latest is sent, whatever came between.
 */
export function nextChunk(told: Told, reader: ReaderState): Buffer | null {
  const pieces: Buffer[] = []
  const add = (position: Position, text: Buffer): number => {
    reader.position = position
    return pieces.push(Buffer.from(`id: ${formatPosition(position)}\n`), text)
  }
  for (const notice of reader.notices) add(reader.position, eventText('lost', notice))
  reader.notices = []
  const { status } = told
  if (status !== null && reader.kinds.has('status') && status.revision !== reader.position.revision) {
    add({ ...reader.position, revision: status.revision }, status.text())
  }
  if (reader.kinds.has('cycle')) addRow(told.cycles, 'cycle', () => true, reader, add)
  if (reader.kinds.has('log')) addRow(told.logs, 'log', ({ level }) => reaches(level, reader.level), reader, add)
  return pieces.length === 0 ? null : Buffer.concat(pieces)
}

function addRow<Kind extends 'cycle' | 'log', Item>(
  row: NumberedRing<Item>,
  kind: Kind,
  isWanted: (item: Item) => boolean,
  reader: ReaderState,
  add: (position: Position, text: Buffer) => unknown,
): void {
  const dropped = row.first - 1 - reader.position[kind]
  if (dropped > 0) {
    const notice: LostNotice = { kind, count: dropped, reason: 'too_slow' }
    add({ ...reader.position, [kind]: row.first - 1 }, eventText('lost', notice))
  }
  let bytes = 0
  while (reader.position[kind] < row.last && bytes < CHUNK_BYTES) {
    const position = { ...reader.position, [kind]: reader.position[kind] + 1 }
    const item = row.at(position[kind])
    if (item === undefined || !isWanted(item)) reader.position = position
    else {
      const text = eventText(kind, item)
      bytes += text.length
      add(position, text)
    }
  }
}

/** An event without its id. JSON has no line ends of its own, so the data is one line. */
export const eventText = (name: EventName, data: unknown): Buffer =>
  Buffer.from(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`)

/** A comment keeps the connection alive; the id lets a reader for whom all was passed over go on from here. */
export const heartbeatText = ({ position }: Pick<ReaderState, 'position'>): Buffer =>
  Buffer.from(`: alive\nid: ${formatPosition(position)}\n\n`)

/** The number before the last `count` lines of the level. */
function beforeLast(logs: NumberedRing<LogEntry>, count: number, level: LogLevel): number {
  let number = logs.last
  for (let found = 0; found < count && number >= logs.first; number--) {
    const entry = logs.at(number)
    if (entry !== undefined && reaches(entry.level, level)) found++
  }
  return number
}
