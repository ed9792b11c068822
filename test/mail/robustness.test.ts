import { afterAll, describe, expect, test } from 'vitest'
import { corpusMails } from '../support/corpus.ts'
import { NO_PAPERS } from '../support/papers.ts'
import { startGuardedParser } from '../support/parse-guarded.ts'
import type { RobustnessResult } from '../support/parse-worker.ts'
import { robustnessCases } from '../support/robustness.ts'

/** A hang guard. That each takes less than a second is for the bench to say. */
const LIMIT_MS = 20_000

/** What must come out, where a figure says that nothing was lost. */
const EXPECTED: Readonly<Record<string, Partial<RobustnessResult>>> = {
  '30 MB with a base64 attachment': { attachments: 1, attachedBytes: 22_200_000, text: 5, faults: [] },
  '30 MB of plain text': { text: 30_099_999, faults: [] },
  '30 MB of one line': { text: 30_000_000 },
  '10 MB of empty lines': { text: 0 },
  '30 MB of quoted-printable HTML': { html: 26_400_000, faults: ['html_cut'] },
  '30 MB of uuencode in a text': { attachments: 1, attachedBytes: 21_150_000, text: 0 },
  '10,000 nested multiparts': { attachments: 1 },
  '10,000 sibling parts': { attachments: 10_000 },
  '1,000,000 delimiters of one boundary': { attachments: 1 },
  '10,000 nested message/rfc822': { attachments: 101, faults: ['too_deep'] },
  '30 MB under 99 nested message/rfc822': { faults: ['nested_too_large'] },
  '100 open boundaries and a million different delimiter lines': { text: 9_888_889 },
  '50,000 Content-Types': { text: 2, headers: 50_002 },
  '100,000 recipients': { to: 100_001, text: 2 },
  'a subject of 5 MB': { subject: 5_000_000, text: 2 },
  '95,000 header lines': { headers: 95_002, text: 2 },
  '4,000,000 header lines': { headers: 100_000, text: 2, faults: ['too_many_fields'] },
  '1 MB of encoded words': { subject: 135_000 },
  'HTML: 200,000 open <div>': { text: 1 },
  'HTML: 200,000 open <b>': { text: 1 },
  '500,000 uuencoded files in a text': { attachments: 1000, faults: ['too_many_parts'] },
  '30 MB of text with a NUL in every other place': { text: 15_000_000 },
  nothing: { text: 0, headers: 0, faults: [] },
}

const parser = startGuardedParser(LIMIT_MS)

afterAll(() => parser.close())

describe('a hostile or huge mail is read in full, and neither throws nor hangs', () => {
  test.each(robustnessCases().map(({ name }) => name))(
    '%s',
    async (name) => {
      expect(await parser.robustness(name)).toMatchObject(EXPECTED[name] ?? {})
    },
    LIMIT_MS + 5_000,
  )
})

test('20,000 damaged copies of real mails neither throw nor hang, make rows that Postgres takes, and keep their bytes', async (context) => {
  if (corpusMails() === null) return context.skip(NO_PAPERS)
  let crashed = 0
  let hung = 0
  let changed = 0
  for (let seed = 1; seed <= 4; seed++) {
    const result = await parser.mutations(5_000, seed)
    crashed += result.crashed
    hung += result.hung
    changed += result.changed
  }
  expect({ crashed, hung, changed }).toEqual({ crashed: 0, hung: 0, changed: 0 })
}, 90_000)
