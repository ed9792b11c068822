import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLinkCodes } from '../../electron/api/link-codes.ts'

function build() {
  let now = Date.parse('2026-01-01T00:00:00.000Z')
  const misused: string[] = []
  const codes = createLinkCodes({ now: () => new Date(now) }, (what) => misused.push(what))
  return { codes, pass: (ms: number) => (now += ms), misused, now: () => now }
}
const counts = (codes: ReturnType<typeof createLinkCodes>, code: string): boolean => {
  try {
    codes.redeem(code)
    return true
  } catch {
    return false
  }
}

describe('the code of a link', () => {
  it('counts once, and tells when it comes again', () => {
    const { codes, misused } = build()
    const { code } = codes.make()
    expect(code).toMatch(/^[\w-]{43}$/)
    codes.redeem(code)
    expect(misused).toEqual([])
    expect(() => codes.redeem(code)).toThrow('This link was used already')
    expect(misused).toEqual(['used_again'])
  })

  it('counts for ten minutes', () => {
    const { codes, pass } = build()
    const early = codes.make()
    expect(early.expiresAt.toISOString()).toBe('2026-01-01T00:10:00.000Z')
    pass(5 * 60_000)
    const late = codes.make()
    pass(5 * 60_000)
    expect(() => codes.redeem(early.code)).toThrow('too old')
    expect(counts(codes, late.code)).toBe(true)
  })

  it('that was made for our own user alone does not count for another, and is told and left as it is', () => {
    const { codes, misused } = build()
    const { code } = codes.make(true)
    expect(() => codes.redeem(code, false)).toThrow('This link was made for another user of this computer')
    expect(misused).toEqual(['other_user'])
    codes.redeem(code, true)
    expect(() => codes.redeem(code, false)).toThrow('for another user')
    // Where nobody can tell, it counts as any other.
    codes.redeem(codes.make(true).code, null)
    codes.redeem(codes.make().code, false)
  })

  it('counts no more when the token was replaced', () => {
    const { codes } = build()
    const { code } = codes.make()
    codes.clear()
    expect(counts(codes, code)).toBe(false)
  })

  it('is never guessed, and never counts twice, whatever happens in between', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constant({ kind: 'make' as const }),
            fc.record({ kind: fc.constant('redeem' as const), at: fc.nat(40) }),
            fc.record({ kind: fc.constant('guess' as const), text: fc.string() }),
            fc.record({ kind: fc.constant('pass' as const), ms: fc.nat(700_000) }),
          ),
          { maxLength: 60 },
        ),
        (steps) => {
          const { codes, pass, now } = build()
          const made: { code: string; until: number; used: boolean }[] = []
          for (const step of steps) {
            if (step.kind === 'make') made.push({ code: codes.make().code, until: now() + 600_000, used: false })
            else if (step.kind === 'pass') pass(step.ms)
            else if (step.kind === 'guess') expect(counts(codes, step.text)).toBe(false)
            else {
              const one = made[step.at]
              if (one === undefined) continue
              const isAmongLatest = made.length - made.indexOf(one) <= 16
              const may = !one.used && now() < one.until
              const did = counts(codes, one.code)
              // The oldest of many may have given way; what may not count never does.
              expect(did).toBe(may && (isAmongLatest || did))
              if (did) one.used = true
            }
          }
        },
      ),
      { numRuns: 200 },
    )
  })
})
