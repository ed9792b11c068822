import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  countsToExplain,
  createFindings,
  days,
  explanations,
  firstLook,
  isLookDue,
  judgeLabels,
  originalFault,
} from '../../electron/sync/audit-plan.ts'
import { completenessOf, findingKinds, verdictOf } from '../../shared/audit.ts'
import { describeCompleteness, describeFinding } from '../../shared/audit-words.ts'
import { labelId, messageId } from '../../shared/ids.ts'

const labels = fc.uniqueArray(fc.constantFrom('INBOX', 'SENT', 'TRASH', 'Label_1').map(labelId))
const at = '2026-01-01T00:00:00.000Z'

describe('labels of a message beside Gmail’s word', () => {
  it('differ by exactly what repairs them, and never when the store knows more', () => {
    fc.assert(
      fc.property(labels, labels, fc.bigInt(0n, 9n), fc.bigInt(0n, 9n), (here, there, stored, said) => {
        const verdict = judgeLabels(
          { isDeleted: false, historyId: stored, labelIds: here },
          { labelIds: there, historyId: said },
        )
        const isSame = [...here].sort().join() === [...there].sort().join()
        if (isSame || stored > said) {
          expect(verdict).toBe(isSame ? null : 'moving')
          return
        }
        if (verdict === null || verdict === 'moving') throw new Error('A difference was not told')
        const repaired = here.filter((label) => !verdict.surplus.includes(label)).concat(verdict.missing)
        expect(repaired.sort()).toEqual([...there].sort())
      }),
    )
  })

  it('are nothing to compare for a message that is not stored, or deleted', () => {
    expect(judgeLabels(undefined, { labelIds: [labelId('INBOX')], historyId: 1n })).toBeNull()
    const deleted = { isDeleted: true, historyId: 1n, labelIds: [] }
    expect(judgeLabels(deleted, { labelIds: [labelId('INBOX')], historyId: 1n })).toBeNull()
  })
})

describe('Gmail’s counts', () => {
  const counts = fc
    .dictionary(fc.constantFrom('', 'INBOX', 'SENT', 'SPAM'), fc.nat(50))
    .map((each) => new Map(Object.entries(each)))

  it('are explained right after everything was compared, whatever Gmail counts', () => {
    fc.assert(
      fc.property(counts, counts, (gmail, stored) => {
        expect(countsToExplain({ gmail, stored, explained: explanations(gmail, stored) })).toEqual([])
      }),
    )
  })

  it('must be explained again exactly where one side has moved without the other', () => {
    fc.assert(
      fc.property(counts, counts, fc.nat(5), fc.nat(5), (gmail, stored, more, moreHere) => {
        const explained = explanations(gmail, stored)
        const moved = new Map([...gmail, ['INBOX', (gmail.get('INBOX') ?? 0) + more]])
        const movedHere = new Map([...stored, ['INBOX', (stored.get('INBOX') ?? 0) + moreHere]])
        const known = explained.has('INBOX')
        const differs = known ? more !== moreHere : more + moreHere > 0
        expect(countsToExplain({ gmail: moved, stored: movedHere, explained })).toEqual(differs ? ['INBOX'] : [])
      }),
    )
  })
})

describe('the next look', () => {
  const now = Date.parse(at)

  it.each([
    ['never was one', null, true],
    ['just now', now, false],
    ['a day ago', now - days(1), false],
    ['a week ago', now - days(7), true],
    ['in a future that a clock told which was set back since', now + days(30), true],
    ['a few seconds ahead of a clock that was corrected', now + 10_000, false],
  ])('when the last one was %s', (_, last, due) => {
    expect(isLookDue(last, now, days(7))).toBe(due)
    expect(isLookDue(last, now, 0)).toBe(false)
  })

  it('is the first one an hour after the first download began', () => {
    const hour = 3_600_000
    expect(isLookDue(firstLook(now - hour + 1, days(7), hour), now, days(7))).toBe(false)
    expect(isLookDue(firstLook(now - hour, days(7), hour), now, days(7))).toBe(true)
  })
})

describe('an original', () => {
  const row = {
    id: messageId('a1'),
    threadId: 't',
    internalDate: new Date(5),
    sizeBytes: 3,
    sha256: 'ab',
    isDeleted: false,
  }
  const own = { id: messageId('a1'), threadId: 't', internalDate: new Date(5), sizeBytes: 3, sha256: 'ab' }

  it.each([
    [{}, null],
    [{ sha256: 'cd' }, 'original_wrong'],
    [{ sizeBytes: 4 }, 'original_wrong'],
    [{ threadId: 'u' }, 'facts_wrong'],
    [{ internalDate: new Date(6) }, 'facts_wrong'],
    [{ id: messageId('a2') }, 'facts_wrong'],
  ])('that says %o of itself is %s', (change, fault) => {
    expect(originalFault(row, { ...own, ...change })).toBe(fault)
  })
})

describe('what was found', () => {
  const kinds = fc.constantFrom(...findingKinds)
  const figures = { gmail: 10, stored: 10, waiting: 0, gone: 1 }
  const gmail = { at, by: 'ids' as const, compared_at: at, figures, waiting: [], labels: [], findings: [] }

  it('is never called complete as long as anything of it is not repaired', () => {
    fc.assert(
      fc.property(
        kinds,
        fc.uniqueArray(fc.nat(30).map(String), { minLength: 1 }),
        fc.nat(30),
        fc.boolean(),
        (kind, ids, some, lost) => {
          const found = createFindings()
          found.add(kind, ids)
          found.add(kind, ids)
          found.repaired(kind, ids.slice(0, some))
          if (lost) found.lost(kind, ids.slice(some))
          const findings = found.list()
          expect(findings).toMatchObject([{ kind, count: ids.length }])
          const local = { at, read: 10, originals: 10, findings }
          const isRepaired = some >= ids.length
          expect(verdictOf({ gmail, local, deep: null })).toBe(isRepaired ? 'complete' : 'differs')
          const short = completenessOf({ gmail, local, deep: null }, null)
          expect(short.differences).toBe(Math.max(0, ids.length - some))
          expect(
            describeCompleteness(short, new Date(at)).startsWith(isRepaired ? 'Complete: ' : 'Not complete: '),
          ).toBe(true)
          for (const finding of findings) expect(describeFinding(finding)).toMatch(/^\d+ \S/)
        },
      ),
    )
  })

  it('is not complete while messages wait, and unknown before Gmail was asked', () => {
    const waits = { ...gmail, figures: { ...figures, gmail: 12, waiting: 2 } }
    expect(verdictOf({ gmail: waits, local: null, deep: null })).toBe('waiting')
    expect(verdictOf({ gmail: { ...gmail, figures: { ...figures, gmail: 11 } }, local: null, deep: null })).toBe(
      'differs',
    )
    expect(verdictOf({ gmail: null, local: { at, read: 1, originals: 1, findings: [] }, deep: null })).toBe('unknown')
  })
})
