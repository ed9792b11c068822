export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/** A number for people: three significant digits, or whole when large. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (Number.isInteger(value) || Math.abs(value) >= 100) return String(Math.round(value))
  return value.toPrecision(3)
}

export interface Goal {
  readonly name: string
  readonly value: number
  /** What the value must be: at least or at most so much. */
  readonly limit: { readonly min: number } | { readonly max: number }
  readonly unit: string
}

export const isMet = ({ value, limit }: Goal): boolean => ('min' in limit ? value >= limit.min : value <= limit.max)

/** Lines of a table: columns as wide as their longest cell, numbers to the right. */
export function table(rows: readonly (readonly (string | number)[])[]): string {
  const cells = rows.map((row) => row.map((cell) => (typeof cell === 'number' ? shown(cell) : cell)))
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[], source: readonly (string | number)[]): string =>
    row
      .map((cell, column) =>
        typeof source[column] === 'number' ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd()
  return cells.map((row, at) => line(row, rows[at] ?? [])).join('\n')
}

export const goalRows = (goals: readonly Goal[]): (string | number)[][] =>
  goals.map((goal) => [
    isMet(goal) ? 'ok' : 'NOT MET',
    goal.name,
    goal.value,
    `${goal.unit} (goal: ${'min' in goal.limit ? `at least ${goal.limit.min}` : `at most ${goal.limit.max}`})`,
  ])
