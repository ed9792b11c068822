/** The candidate that a mistyped word most likely meant; null when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const scored = candidates.map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
  const best = scored.toSorted((a, b) => a.distance - b.distance)[0]
  if (best === undefined) return null
  return best.distance <= Math.max(2, Math.floor(best.candidate.length / 3)) ? best.candidate : null
}

/** How many letters must be put in, taken out or changed. */
export function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++) {
      const change = (row[j] ?? 0) + (letter === to[j] ? 0 : 1)
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
