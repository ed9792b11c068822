/**
 * Loaded into the product by `node --import`: watches the main thread's event loop. Asked by any message of the parent process, it
 * answers with what it saw since the last time.
 */
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import process from 'node:process'
import { isMainThread } from 'node:worker_threads'

export interface LoopDelay {
  /** How late the event loop came to a timer, in milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly max: number
  /** Share of the time that the loop was busy. */
  readonly utilisation: number
}

const RESOLUTION_MS = 10

// Worker threads inherit --import; their loops are allowed to be late.
if (isMainThread && process.send !== undefined) {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
  histogram.enable()
  let before = performance.eventLoopUtilization()
  process.on('message', () => {
    // The histogram holds whole spans between two ticks of its own timer: what exceeds the timer's period is delay.
    const late = (nanoseconds: number): number => Math.max(0, nanoseconds / 1e6 - RESOLUTION_MS)
    const delay: LoopDelay = {
      p50: late(histogram.percentile(50)),
      p99: late(histogram.percentile(99)),
      max: late(histogram.max),
      utilisation: performance.eventLoopUtilization(before).utilization,
    }
    before = performance.eventLoopUtilization()
    histogram.reset()
    process.send?.(delay)
  })
  // The channel must not keep the product from ending.
  process.channel?.unref()
}
