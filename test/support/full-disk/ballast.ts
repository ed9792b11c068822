import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { join } from 'node:path'

/** What somebody else puts on the disk. */
export interface Ballast {
  /** Takes all but so many bytes; what is freed later stays free. */
  fill(leave: number): void
  free(): void
}

/** Halved until the last byte is taken. */
const CHUNK = 4 * 1024 * 1024

export function createBallast(disk: string): Ballast {
  const path = join(disk, 'somebody-elses')
  const zeros = Buffer.alloc(CHUNK)
  const left = (): number => {
    const { bavail, bsize } = statfsSync(disk)
    return bavail * bsize
  }
  const append = (file: number, bytes: number): boolean => {
    try {
      return writeSync(file, zeros, 0, bytes) === bytes
    } catch {
      return false
    }
  }
  return {
    fill: (leave) => {
      const file = openSync(path, 'a')
      for (let size = CHUNK; size >= 1; ) {
        if (left() - size < leave || !append(file, size)) size = Math.floor(size / 2)
      }
      closeSync(file)
    },
    free: () => rmSync(path, { force: true }),
  }
}
