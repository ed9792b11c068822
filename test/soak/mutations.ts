import { performance } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { corpusMails } from '../support/corpus.ts'
import type { MutationResult, MutationRun } from '../support/mutations.ts'
import { NO_PAPERS } from '../support/papers.ts'
import { addTallies, NOTHING, type Tally } from './tally.ts'

/** Damaged copies in one go. Each may take a second; a go that takes this long holds one that never ends. */
const AT_ONCE = 500
const HANGS_MS = 60_000
/** What reading may hold at most, in megabytes: mails of the corpus have 60 kB at most. */
const MOST_HEAP_MB = 256

/** Reads damaged copies of the corpus's mails, in a thread that can be ended. */
export async function soakMutations(count: number, say: (text: string) => void): Promise<Tally> {
  if (count === 0) return NOTHING
  const corpus = corpusMails()?.map((mail) => mail.bytes)
  if (corpus === undefined) {
    say(NO_PAPERS)
    return NOTHING
  }
  let total = NOTHING
  let worstMs = 0
  const start = performance.now()
  for (let done = 0; done < count; done += AT_ONCE) {
    const run: MutationRun = { count: Math.min(AT_ONCE, count - done), seed: 1 + done / AT_ONCE, corpus }
    const result = await readInThread(run)
    if (result === null) say(`mutations of seed ${run.seed}: one never ends`)
    else if (result.bad.length > 0) say(`mutations of seed ${run.seed}: bad ones are ${result.bad.join(', ')}`)
    worstMs = Math.max(worstMs, result?.worstMs ?? HANGS_MS)
    total = addTallies(total, {
      ...NOTHING,
      lost: result?.changed ?? 0,
      crashed: result?.crashed ?? 0,
      hung: result?.hung ?? 1,
    })
  }
  const seconds = (performance.now() - start) / 1000
  say(`mutations: ${count} in ${seconds.toFixed(1)} s, the slowest ${worstMs.toFixed(0)} ms ${JSON.stringify(total)}`)
  return total
}

/** Null when it does not end. */
async function readInThread(run: MutationRun): Promise<MutationResult | null> {
  const worker = new Worker(new URL('./mutation-thread.ts', import.meta.url), {
    workerData: run,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  })
  let timer: NodeJS.Timeout | undefined
  try {
    return await new Promise<MutationResult | null>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      timer = setTimeout(() => resolve(null), HANGS_MS)
    })
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}
