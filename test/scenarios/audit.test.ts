import { afterEach, describe, expect, it } from 'vitest'
import type { AccountAudit, Finding, FindingKind, Verification } from '../../shared/audit.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { copyOf, labelledMessages, type Planted, planted, plantedApart } from '../support/planted-differences.ts'
import { scaledClock } from '../support/scaled-clock.ts'

/** Looks that wait (five seconds, a minute) pass at once, and nothing happens by itself. */
const quiet = () => ({ clock: scaledClock(60), settings: { intervalMinutes: 1440, auditDays: 0 } })

async function verify(
  harness: Harness,
  asked: { repair?: boolean; deep?: number; local?: boolean } = {},
): Promise<Verification> {
  const { service } = harness.built()
  await service.verify({ repair: false, local: false, seed: 's', ...asked })
  await service.verified()
  const verification = service.verification()
  if (verification === null) throw new Error('Nothing was verified')
  return verification
}

const only = ({ accounts }: Verification): AccountAudit => {
  const [first] = accounts
  if (first === undefined || accounts.length > 1) throw new Error('Not one account')
  return first
}

const findings = (audit: AccountAudit): Finding[] => [
  ...(audit.local?.findings ?? []),
  ...(audit.gmail?.findings ?? []),
  ...(audit.deep?.findings ?? []),
]

const found = (audit: AccountAudit, kind: FindingKind): Finding | undefined =>
  findings(audit).find((finding) => finding.kind === kind)

let harness: Harness
afterEach(() => harness.close())

/** Makes each difference on a message of its own, and gives what must be told of it. */
async function plantAll(differences: readonly Planted[]): Promise<[FindingKind, readonly string[]][]> {
  const copy = copyOf(harness)
  const messages = labelledMessages(harness)
  const expected: [FindingKind, readonly string[]][] = []
  for (const [n, { kind, plant }] of differences.entries()) {
    const id = messages[n]
    if (id === undefined) throw new Error('The mailbox is too small')
    expected.push([kind, (await plant(copy, id)) ?? [id]])
  }
  return expected
}

describe('differences behind our back', () => {
  it.each([
    ['all kinds that show side by side', planted],
    ['those that the others would hide', plantedApart],
  ])('are each found and called by their name, and put right by one repair: %s', async (_, differences) => {
    harness = await startHarness({ messages: 60, ...quiet() })
    await harness.sync()
    const expected = await plantAll(differences)

    const looked = only(await verify(harness))
    for (const [kind, ids] of expected) {
      expect(found(looked, kind)?.examples, kind).toEqual(expect.arrayContaining([...ids]))
    }
    expect(looked.verdict).toBe('differs')

    const repaired = await verify(harness, { repair: true })
    expect(repaired.unseen).toEqual([])
    for (const finding of findings(only(repaired))) expect(finding).toMatchObject({ repaired: finding.count, lost: 0 })

    const again = only(await verify(harness))
    expect(findings(again)).toEqual([])
    const { size } = harness.mailbox
    expect(again).toMatchObject({ verdict: 'complete', gmail: { figures: { gmail: size, stored: size, waiting: 0 } } })
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })
})
