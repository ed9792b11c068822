import { performance } from 'node:perf_hooks'
import { parentPort } from 'node:worker_threads'
import { parseMessage } from '../../electron/mail/parse.ts'
import { corpusMails } from './corpus.ts'
import { runMutations } from './mutations.ts'
import { robustnessCases } from './robustness.ts'

/** What the worker is asked to do. */
export type ParseJob =
  | { readonly kind: 'robustness'; readonly name: string }
  | { readonly kind: 'mutations'; readonly count: number; readonly seed: number }

/** What came out of a hostile mail. */
export interface RobustnessResult {
  readonly ms: number
  readonly subject: number
  readonly to: number
  readonly headers: number
  readonly text: number
  readonly html: number
  readonly attachments: number
  readonly attachedBytes: number
  readonly faults: readonly string[]
}

function parseCase(name: string): RobustnessResult {
  const mail = robustnessCases()
    .find((candidate) => candidate.name === name)!
    .make()
  const start = performance.now()
  const message = parseMessage(mail)
  return {
    ms: performance.now() - start,
    subject: message.subject.length,
    to: message.to.length,
    headers: message.headers.length,
    text: message.text.length,
    html: message.html?.length ?? 0,
    attachments: message.attachments.length,
    attachedBytes: message.attachments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    faults: [...new Set(message.faults.map(({ code }) => code))],
  }
}

function run(job: ParseJob): unknown {
  if (job.kind === 'robustness') return parseCase(job.name)
  const corpus = (corpusMails() ?? []).map(({ bytes }) => bytes)
  return runMutations({ count: job.count, seed: job.seed, corpus })
}

parentPort?.on('message', (job: ParseJob) => parentPort?.postMessage(run(job)))
