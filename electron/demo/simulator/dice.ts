import { hashOf } from '../random.ts'
import type { Dice } from './context.ts'

/**
 * Chance per call: it depends on the seed, on what is asked and on how often that was asked before, not on the order in
 * which parallel calls arrive. So a run with the same seed meets the same faults.
 */
export interface DiceBox {
  for(what: string): Dice
}

const REMEMBERED = 200_000

export function createDiceBox(seed: number, faults: () => Record<string, number>): DiceBox {
  const asked = new Map<string, number>()
  return {
    for(what) {
      const attempt = asked.get(what) ?? 0
      if (asked.size > REMEMBERED) asked.clear()
      asked.set(what, attempt + 1)
      const detail = (name: string): number => hashOf(seed, what, attempt, name) / 4294967296
      return {
        detail,
        roll(dial, probability) {
          if (probability <= 0 || detail(dial) >= probability) return false
          const counts = faults()
          counts[dial] = (counts[dial] ?? 0) + 1
          return true
        },
      }
    },
  }
}
