import { describe, expect, it } from 'vitest'
import { canMount, fillOneDisk } from '../soak/full-disks.ts'
import { NOTHING } from '../soak/tally.ts'

const missing = canMount() ? '' : ' (skipped: nobody but root may mount a disk here)'

/** The long count is `npm run soak -- --full-disks 100`. */
describe.skipIf(missing !== '')(
  `a disk that fills in the first download, and while a setting is changed${missing}`,
  () => {
    it('loses nothing, and syncing goes on by itself when there is room', async () => {
      const said: string[] = []
      const tally = await fillOneDisk({ fills: 2, mails: 60, seed: 1 }, (text) => said.push(text))
      expect(said.filter((text) => text.startsWith('fill '))).toEqual([])
      expect(tally).toEqual(NOTHING)
    }, 300_000)
  },
)
