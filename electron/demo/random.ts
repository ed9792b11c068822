/** Chance that is the same for the same seed: everything here is a pure function of its inputs. */
export interface Random {
  /** In [0, 1). */
  next(): number
  /** A whole number in [0, below). */
  int(below: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly T[]): T
}

/** A 32-bit hash of any mix of numbers and texts (FNV-1a with a final avalanche). */
export function hashOf(...parts: readonly (number | string)[]): number {
  let h = 0x811c9dc5
  const mix = (code: number): void => {
    h = Math.imul(h ^ code, 0x01000193)
  }
  for (const part of parts) {
    if (typeof part === 'number') {
      mix(part & 0xffff)
      mix((part >>> 16) & 0xffff)
      mix(Math.floor(part / 0x100000000) & 0xffff)
    } else {
      for (let i = 0; i < part.length; i++) mix(part.charCodeAt(i))
    }
    mix(0x1f)
  }
  h ^= h >>> 16
  h = Math.imul(h, 0x85ebca6b)
  h ^= h >>> 13
  h = Math.imul(h, 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** A generator of its own for a seed (the 32-bit "sfc" of PractRand, http://pracrand.sourceforge.net). */
export function createRandom(...seed: readonly (number | string)[]): Random {
  let a = hashOf('a', ...seed)
  let b = hashOf('b', ...seed)
  let c = hashOf('c', ...seed)
  let counter = 1
  const next = (): number => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (((c << 21) | (c >>> 11)) + t) | 0
    return (t >>> 0) / 4294967296
  }
  for (let i = 0; i < 8; i++) next()
  const int = (below: number): number => Math.floor(next() * below)
  return {
    next,
    int,
    chance: (probability) => probability > 0 && next() < probability,
    pick: <T>(items: readonly T[]): T => items[int(items.length)] as T,
  }
}
