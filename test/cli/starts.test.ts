import { expect, it } from 'vitest'
import { soakStarts } from '../soak/starts.ts'

/** The long count is `npm run soak -- --starts 50`. */
const A_HANG = 300_000

it(
  'three starts in a row, the second ended by kill -9, always end in the state they say',
  async () => {
    const faults: string[] = []
    const tally = await soakStarts(3, (text) => faults.push(text))
    expect({ faults, crashed: tally.crashed }).toEqual({ faults: [], crashed: 0 })
  },
  A_HANG,
)
