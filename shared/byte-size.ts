/** Decimal units, as disks are sold and `format.bytes` has them; and the binary ones, for whoever writes them. */
const units: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  p: 1e15,
  ki: 2 ** 10,
  mi: 2 ** 20,
  gi: 2 ** 30,
  ti: 2 ** 40,
  pi: 2 ** 50,
}

/**
 * A size as people write it: `2 GB`, `1.5g`, `64 MiB`, `10000`, `10000 bytes`. Undefined for anything else, and for what is no whole number of
 * bytes. Pure.
 */
export function parseByteSize(text: string): number | undefined {
  const match = /^(\d{1,16})(?:\.(\d{1,15}))?\s*(?:([kmgtp]i?)?b?|bytes?)$/i.exec(text.trim())
  if (match === null) return undefined
  const [, whole = '', fraction = '', unit = ''] = match
  // In whole numbers: 1.1 GB is 1,100,000,000 bytes and not a fraction less.
  const scaled = BigInt(whole + fraction) * BigInt(units[unit.toLowerCase()] ?? 1)
  const divisor = 10n ** BigInt(fraction.length)
  if (scaled % divisor !== 0n) return undefined
  const bytes = Number(scaled / divisor)
  return Number.isSafeInteger(bytes) ? bytes : undefined
}

export interface ByteSize {
  readonly amount: number
  /** How many decimals it takes to say it exactly. */
  readonly decimals: 0 | 1 | 2
  readonly unit: 'bytes' | 'kB' | 'MB' | 'GB' | 'TB' | 'PB'
}

const shown = [
  ['PB', 1e15],
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
] as const

/** The shortest way to say so many bytes exactly: 2 GB, 1.25 MB, and in bytes what has more digits. Pure. */
export function exactByteSize(bytes: number): ByteSize {
  for (const [unit, size] of shown) {
    if (bytes < size || bytes % (size / 100) !== 0) continue
    const decimals = bytes % size === 0 ? 0 : bytes % (size / 10) === 0 ? 1 : 2
    return { amount: bytes / size, decimals, unit }
  }
  return { amount: bytes, decimals: 0, unit: 'bytes' }
}
