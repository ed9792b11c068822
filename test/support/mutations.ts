import { performance } from 'node:perf_hooks'
import { parseMessage } from '../../electron/mail/parse.ts'
import { createRng, mutate } from './mutate.ts'

export interface MutationRun {
  readonly count: number
  readonly seed: number
  readonly corpus: readonly Uint8Array[]
}

export interface MutationResult {
  /** Mutations on which the parser threw, or caught a mistake of its own. */
  readonly crashed: number
  /** Mutations that took longer than `HUNG_MS`. One that never ends is for the caller's own time limit. */
  readonly hung: number
  readonly worstMs: number
  /** Which ones, so that they can be made again from the seed. */
  readonly bad: readonly number[]
}

const HUNG_MS = 1_000
/** Larger mails are left out: they take long and differ little. */
const MAX_BYTES = 60_000

/** Faults by which the parser confesses an exception it caught. */
const CONFESSIONS = new Set(['field_failed', 'part_failed', 'message_failed'])

function isSound(mail: Buffer): boolean {
  try {
    return !parseMessage(mail).faults.some(({ code }) => CONFESSIONS.has(code))
  } catch {
    return false
  }
}

/** Parses `count` damaged copies of the corpus's mails. The same seed gives the same mutations. */
export function runMutations({ count, seed, corpus }: MutationRun): MutationResult {
  const mails = corpus.filter(({ byteLength }) => byteLength <= MAX_BYTES)
  const rng = createRng(seed)
  const bad: number[] = []
  let crashed = 0
  let hung = 0
  let worstMs = 0
  for (let i = 0; i < count; i++) {
    const mail = mutate(mails[Math.floor(rng() * mails.length)]!, rng)
    const start = performance.now()
    const sound = isSound(mail)
    const ms = performance.now() - start
    worstMs = Math.max(worstMs, ms)
    if (!sound) crashed++
    if (ms > HUNG_MS) hung++
    if (!sound || ms > HUNG_MS) bad.push(i)
  }
  return { crashed, hung, worstMs, bad }
}
