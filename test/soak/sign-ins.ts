import { type LifeFigures, liveThrough } from '../support/sign-ins/live.ts'
import { addTallies, NOTHING, type Tally } from './tally.ts'

/** Sign-ins that die at random, at Google with a published client, with one in testing mode, and at a server that changes refresh tokens. */
export async function soakSignIns(
  { hours, seeds }: { readonly hours: number; readonly seeds: number },
  say: (text: string) => void,
): Promise<Tally> {
  let total = NOTHING
  for (let seed = 1; seed <= seeds; seed++) {
    total = addTallies(total, tallyOf(await liveThrough({ hours, seed, say }), seed, say))
    say(`sign-ins: ${seed} of ${seeds} seeds ${JSON.stringify(total)}`)
  }
  return total
}

function tallyOf({ lost, faults, ...figures }: LifeFigures, seed: number, say: (text: string) => void): Tally {
  say(`sign-ins: seed ${seed}: ${JSON.stringify(figures)}`)
  for (const fault of faults) say(`sign-ins: seed ${seed}: ${fault}`)
  return { ...NOTHING, lost, misled: faults.length }
}
