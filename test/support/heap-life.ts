/**
 * A program's life in short, for `test/lean-heap.test.ts`: busy, quiet, and busy again; then a worker thread's. Prints the megabytes of
 * the young generation's both halves after each. In a process of its own, since the flags hold for all threads and for good; run with
 * `--expose-gc`.
 */
import { once } from 'node:events'
import process from 'node:process'
import { setImmediate as turn } from 'node:timers/promises'
import { getHeapSpaceStatistics } from 'node:v8'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { keepHeapsSmall } from '../../electron/lean-heap.ts'

const youngMb = (): number =>
  (getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0) / 1024 ** 2

/** Much is thrown away soon and a little is kept for a while, as when mail passes through. */
async function work(): Promise<number> {
  const kept: unknown[] = []
  for (let step = 0; step < 400; step++) {
    kept[step % 100] = Array.from({ length: 2_000 }, (_, index) => ({ index, step }))
    await turn()
  }
  return youngMb()
}

if (isMainThread) {
  const { gc } = globalThis as unknown as { gc(options: { flavor: 'last-resort' }): void }
  keepHeapsSmall()
  const busy = await work()
  gc({ flavor: 'last-resort' })
  const quiet = youngMb()
  const busyAgain = await work()
  const [worker] = (await once(new Worker(new URL(import.meta.url)), 'message')) as [number]
  process.stdout.write(JSON.stringify({ busy, quiet, busyAgain, worker }))
} else parentPort?.postMessage(await work())
