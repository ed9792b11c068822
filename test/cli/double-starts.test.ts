import { expect, it } from 'vitest'
import { soakDoubleStarts } from '../soak/double-starts.ts'
import { NOTHING } from '../soak/tally.ts'

/** The long count is `npm run soak -- --double-starts 100`. */
it('of two services that are started at the same moment one serves, and the other says so and ends', async () => {
  const said: string[] = []
  const tally = await soakDoubleStarts({ from: 1, count: 1 }, (text) => said.push(text))
  expect(said.filter((text) => text.startsWith('start '))).toEqual([])
  expect(tally).toEqual(NOTHING)
}, 300_000)
