import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What this process holds on to. */
export interface Figures {
  readonly heap_mb: number
  readonly rss_mb: number
  /** Sockets, servers, files, threads and timers. */
  readonly handles: number
}

let collect: (() => void) | null = null

/** Reads them after everything that nobody refers to was let go. */
export function readFigures(): Figures {
  if (collect === null) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as () => void
  }
  collect()
  const { heapUsed, rss } = process.memoryUsage()
  return {
    heap_mb: Math.round(heapUsed / 1e6),
    rss_mb: Math.round(rss / 1e6),
    handles: process.getActiveResourcesInfo().length,
  }
}
