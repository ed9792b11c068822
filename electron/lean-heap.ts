import { PerformanceObserver } from 'node:perf_hooks'
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8'

/** Of each half of a young generation, in megabytes. */
const WORKERS_MB = 4
const MAIN_MB = 8

/**
 * Keeps the heaps of a program that runs for weeks small. Mail passes through as short-lived garbage, for which V8 would grow the young
 * generation of each of the three threads to its full size and keep it, and would let old garbage pile up to three times what is alive.
 *
 * Worker threads take their size when they start. They get no less either: with the megabyte that V8 begins with, the young generation is
 * collected every six mails, each time with a rendezvous of threads for which there are no processors left.
 */
export function keepHeapsSmall(): void {
  setFlagsFromString(`--max-semi-space-size=${WORKERS_MB}`)
  setFlagsFromString(`--min-semi-space-size=${WORKERS_MB}`)
  // Old garbage is collected when it is half of what is alive.
  setFlagsFromString('--heap-growing-percent=50')
  boundYoungGeneration(MAIN_MB)
  compileLate()
}

/**
 * The main thread's heap exists already, so its young generation can only be let grow or not. It must be let grow for ever: V8 shrinks it
 * to a megabyte in quiet times, and in so little everything counts as old after a moment.
 */
function boundYoungGeneration(mostMb: number): void {
  const steer = (): void => {
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')
    const isSmaller = young !== undefined && young.space_size < 2 * mostMb * 1024 ** 2
    setFlagsFromString(`--semi-space-growth-factor=${isSmaller ? 2 : 1}`)
  }
  // Not while modules are loaded in one go, which would grow it to its full size at once.
  setFlagsFromString('--semi-space-growth-factor=1')
  new PerformanceObserver(steer).observe({ entryTypes: ['gc'] })
}

/**
 * V8 optimizes a WebAssembly function once it ran through some 13 MB of code. For PGlite's thousands that is a tenth of all that a first
 * download computes, and half of it for functions that are hardly used again. What is worth it reaches this budget within a tenth of a
 * second of its own running.
 */
function compileLate(): void {
  setFlagsFromString('--wasm-tiering-budget=100000000')
}
