import { closeSync, copyFileSync, fstatSync, mkdirSync, openSync, readSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import electronLog from 'electron-log/node'
import { PRIVATE_FILE, PRIVATE_FOLDER } from './durable-file.ts'

export interface Rotation {
  /** The file is put aside and begun anew at this size. */
  readonly maxBytes: number
  /** Files kept, the present one included. */
  readonly files: number
}

export interface LogFile {
  /** Writes one line, given without its end. Never throws. */
  write(line: string): void
  setRotation(rotation: Rotation): void
}

export interface Outages {
  /** Called once when lines begin to be lost. */
  readonly began: (reason: string) => void
  /** Gives the line that is written first when lines can be written again, so that the file tells of its gap. */
  readonly ended: (lost: number) => string
}

/** After so many lines the size is asked of the disk again: others may have emptied, replaced or filled the file. */
const LINES_BETWEEN_LOOKS = 256
const LINE_FEED = 10

/**
 * A log file through electron-log's file transport, which is given whole lines and opens the file by name for each: one
 * that was deleted or replaced is simply there again. Size and rotation are ours. When it cannot be written (full disk,
 * closed folder), each further line is another try.
 */
export function createLogFile(path: string, rotation: Rotation, outages: Outages): LogFile {
  let limits = rotation
  let transport: Transport | null = null
  /** Null when the file is to be looked at before the next line. */
  let size: number | null = null
  let failure: string | null = null
  let lost = 0
  let sinceLook = 0

  /** Made only when the file can be written: the transport would remember a failure for ever. */
  const opened = (): Transport => {
    if (transport !== null) return transport
    const made = openTransport(path)
    made.file().on('error', (error) => {
      failure = error.message
    })
    transport = made
    return made
  }

  /** Null when it was written, else why not. */
  const attempt = (line: string): string | null => {
    failure = null
    try {
      const found = size === null ? prepare(path) : null
      const before = found?.size ?? size ?? 0
      const { write, file } = opened()
      const isFull = before > limits.maxBytes
      if (isFull) rotate(path, limits.files, () => file().clear())
      const text = found?.isTorn && !isFull ? `\n${line}` : line
      write(text)
      size = (isFull ? 0 : before) + Buffer.byteLength(text) + 1
      if (++sinceLook % LINES_BETWEEN_LOOKS === 0) size = null
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error)
    }
    if (failure !== null) size = null
    return failure
  }

  return {
    write: (line) => {
      const text = lost === 0 ? line : `${outages.ended(lost)}\n${line}`
      // Twice at first: its folder may have been deleted, and is made again.
      const problem = attempt(text) === null ? null : lost === 0 ? attempt(text) : failure
      if (problem === null) {
        lost = 0
        return
      }
      lost++
      if (lost === 1) outages.began(problem)
    },
    setRotation: (changed) => {
      limits = changed
    },
  }
}

interface Transport {
  readonly write: (text: string) => void
  readonly file: () => ReturnType<ReturnType<typeof electronLog.create>['transports']['file']['getFile']>
}

function openTransport(path: string): Transport {
  // Its own complaints about files would go to the console line by line; ours is said once per outage.
  electronLog.transports.console.writeFn = () => undefined
  const logger = electronLog.create({ logId: path })
  logger.transports.console.level = false
  const transport = logger.transports.file
  // Else it looks for a package.json above the working folder, and throws where there is none.
  transport.setAppName('mailtide')
  transport.level = 'silly'
  transport.resolvePathFn = () => path
  transport.writeOptions = { flag: 'a', mode: PRIVATE_FILE, encoding: 'utf8' }
  transport.transforms = [({ data }) => data[0]]
  // It trusts its own count of bytes, whatever happens to the file.
  transport.maxSize = 0
  return { write: (text) => logger.info(text), file: () => transport.getFile() }
}

/** Makes folder and file, and looks: it is torn when it ends within a line, as a crash or a full disk leaves it. Throws. */
function prepare(path: string): { readonly size: number; readonly isTorn: boolean } {
  mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER })
  const file = openSync(path, 'a+', PRIVATE_FILE)
  try {
    const { size } = fstatSync(file)
    const last = Buffer.alloc(1)
    const isTorn = size > 0 && readSync(file, last, 0, 1, size - 1) === 1 && last[0] !== LINE_FEED
    return { size, isTorn }
  } finally {
    closeSync(file)
  }
}

/** `x.log` becomes `x.log.1`, that becomes `x.log.2`, and so on; the oldest goes, with those a larger number once kept. */
function rotate(path: string, files: number, empty: () => void): void {
  try {
    let surplus = Math.max(1, files - 1)
    while (succeeds(() => rmSync(`${path}.${surplus}`))) surplus++
    for (let n = files - 2; n >= 1; n--) {
      // It is not there yet, or held open: the next rotation moves it.
      succeeds(() => renameSync(`${path}.${n}`, `${path}.${n + 1}`))
    }
    if (files > 1) putAside(path, `${path}.1`, empty)
    else empty()
  } catch {
    // Neither moved nor copied: a log that grows without end would fill the disk.
    empty()
  }
}

function putAside(path: string, aside: string, empty: () => void): void {
  try {
    renameSync(path, aside)
  } catch {
    // Another program holds it open (Windows), or the folder is closed to us.
    copyFileSync(path, aside)
    empty()
  }
}

function succeeds(action: () => void): boolean {
  try {
    action()
    return true
  } catch {
    return false
  }
}
