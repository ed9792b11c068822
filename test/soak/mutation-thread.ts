import { parentPort, workerData } from 'node:worker_threads'
import { type MutationRun, runMutations } from '../support/mutations.ts'

const run = workerData as MutationRun
// Bytes come through the thread's door as plain arrays of bytes; the mutations want what the parser is given.
parentPort?.postMessage(runMutations({ ...run, corpus: run.corpus.map((mail) => Buffer.from(mail)) }))
