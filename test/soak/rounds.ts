import { addTallies, NOTHING, type Tally } from './tally.ts'

/** How many, and the seed of the first: a long count that was broken off goes on where it stopped. */
export interface Count {
  readonly from: number
  readonly count: number
}

export interface Rounds {
  /** What is counted, for people. */
  readonly what: string
  /** The most of one round, which has a seed and an installation of its own. */
  readonly most: number
  run(some: number, seed: number): Promise<Tally>
}

/** Runs as many rounds as make up the count. */
export async function inRounds(
  { what, most, run }: Rounds,
  { from, count }: Count,
  say: (text: string) => void,
): Promise<Tally> {
  let total = NOTHING
  for (let done = 0, seed = from; done < count; seed++) {
    const some = Math.min(most, count - done)
    total = addTallies(total, await run(some, seed))
    done += some
    say(`${what}: ${done} of ${count}, seed ${seed} ${JSON.stringify(total)}`)
  }
  return total
}
