import { createRandom } from '../random.ts'

/**
 * Page tokens as Gmail's look: 20 decimal digits that say nothing. What they stand for is kept here; only the newest
 * 20,000 are remembered.
 */
export interface PageTokens<T> {
  give(state: T): string
  /** undefined for a token that was never given or is forgotten. */
  read(token: string): T | undefined
}

const REMEMBERED = 20_000

export function createPageTokens<T>(seed: number): PageTokens<T> {
  const random = createRandom(seed, 'page tokens')
  const states = new Map<string, T>()
  const digits = (): string => String(random.int(1e10)).padStart(10, '0')
  return {
    give(state) {
      const token = digits() + digits()
      states.set(token, state)
      if (states.size > REMEMBERED) states.delete(states.keys().next().value as string)
      return token
    },
    read: (token) => states.get(token),
  }
}
