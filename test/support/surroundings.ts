import type { SurroundingFacts, Surroundings } from '../../electron/ports.ts'

/** A system that tells nothing of power and network. */
export const nowhere: Surroundings = {
  look: async () => ({ battery: null, metered: null }),
  onChange: () => () => undefined,
}

/** Surroundings in the test's hand. */
export interface FakeSurroundings extends Surroundings {
  /** What is so now. `tell`: the system says so by itself, as a desktop does. */
  now: SurroundingFacts
  tell(): void
  /** What was looked at so far. */
  readonly looks: { readonly battery: boolean; readonly metered: boolean }[]
}

export function fakeSurroundings(facts: Partial<SurroundingFacts> = {}): FakeSurroundings {
  const listeners = new Set<() => void>()
  const looks: FakeSurroundings['looks'] = []
  return {
    now: { battery: false, metered: false, ...facts },
    looks,
    async look(wanted) {
      looks.push(wanted)
      return {
        battery: wanted.battery ? this.now.battery : null,
        metered: wanted.metered ? this.now.metered : null,
      }
    },
    onChange: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell: () => {
      for (const listener of listeners) listener()
    },
  }
}
