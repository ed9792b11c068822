import { Worker } from 'node:worker_threads'
import type { MutationResult } from './mutations.ts'
import type { ParseJob, RobustnessResult } from './parse-worker.ts'

/** Runs jobs of the parser in a thread that can be ended when a job hangs: a loop without end would hang the tests too. */
export interface GuardedParser {
  robustness(name: string): Promise<RobustnessResult>
  mutations(count: number, seed: number): Promise<MutationResult>
  close(): Promise<void>
}

export function startGuardedParser(limitMs: number): GuardedParser {
  let worker = startWorker()

  const run = <T>(job: ParseJob): Promise<T> =>
    new Promise((resolve, reject) => {
      const current = worker
      const end = (settle: () => void): void => {
        clearTimeout(timer)
        current.off('message', onMessage)
        current.off('error', onError)
        settle()
      }
      const onMessage = (result: T): void => end(() => resolve(result))
      const onError = (error: unknown): void => end(() => reject(error))
      const timer = setTimeout(() => {
        worker = startWorker()
        void current.terminate()
        end(() => reject(new Error(`the parser hung for ${limitMs} ms`)))
      }, limitMs)
      current.on('message', onMessage)
      current.on('error', onError)
      current.postMessage(job)
    })

  return {
    robustness: (name) => run({ kind: 'robustness', name }),
    mutations: (count, seed) => run({ kind: 'mutations', count, seed }),
    async close() {
      await worker.terminate()
    },
  }
}

function startWorker(): Worker {
  return new Worker(new URL('./parse-worker.ts', import.meta.url))
}
