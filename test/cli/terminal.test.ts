import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { wrap } from '../../electron/cli/lines.ts'
import { editDistance, nearest } from '../../electron/cli/nearest.ts'
import { bar, coloured, paintFor, plain } from '../../electron/cli/paint.ts'
import { createProgress } from '../../electron/cli/progress.ts'
import { statusText } from '../../electron/cli/status-text.ts'
import { cutTo, displayWidth } from '../../electron/cli/width.ts'
import { adaAccount, idle } from '../api/fake-service.ts'

describe('the width of a text', () => {
  it.each([
    ['ada@example.com', 15],
    ['用户@例子.公司', 14],
    ['한국어', 6],
    ['ｆｕｌｌ', 8],
    ['é', 1],
    ['e\u0301', 1],
    ['👩‍👩‍👧', 2],
    ['🇩🇪', 2],
    ['❤️', 2],
    ['a\u200bb', 2],
    ['', 0],
  ])('%j fills %i cells', (text, cells) => {
    expect(displayWidth(text)).toBe(cells)
  })

  it('is never more than it was cut to, and what fits is not cut', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 40 }), (text, cells) => {
        const cut = cutTo(text, cells)
        expect(displayWidth(cut)).toBeLessThanOrEqual(cells)
        if (displayWidth(text) <= cells) expect(cut).toBe(text)
      }),
    )
  })

  it('keeps lines with wide addresses within 80 cells', () => {
    const words = Array.from({ length: 30 }, () => '例子邮件@例子.公司').join(' ')
    for (const line of wrap(words)) expect(displayWidth(line)).toBeLessThanOrEqual(80)
    const text = statusText({ ...idle, accounts: [{ ...adaAccount, email: '长'.repeat(20) }] }, new Date(), plain)
    for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(80)
  })
})

describe('what a terminal is shown', () => {
  const isColoured = (env: Record<string, string>, isTerminal: boolean) =>
    paintFor(env, isTerminal).bad('x') === coloured.bad('x')

  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: '' }, true, true],
    [{ NO_COLOR: '1' }, true, false],
    [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
    [{ TERM: 'dumb' }, true, false],
    [{ FORCE_COLOR: '1' }, false, true],
    [{ FORCE_COLOR: '0' }, false, false],
    [{ FORCE_COLOR: '3', TERM: 'dumb' }, false, true],
  ] as const)('with %j on a terminal (%s): colours %s', (env, isTerminal, expected) => {
    expect(isColoured(env, isTerminal)).toBe(expected)
  })

  it('draws bars with blocks where the terminal has them, and with letters elsewhere', () => {
    expect(paintFor({ LANG: 'en_US.UTF-8' }, true).bar).toEqual(['█', '░'])
    expect(paintFor({ LANG: 'en_US.UTF-8' }, false).bar).toEqual(['#', '.'])
    expect(paintFor({ LANG: 'C', LC_ALL: '' }, true).bar).toEqual(['#', '.'])
    expect(paintFor({ LANG: 'en_US.UTF-8', TERM: 'dumb' }, true).bar).toEqual(['#', '.'])
  })

  it('a bar is as long as it should be, and full or empty only when the work is', () => {
    fc.assert(
      fc.property(fc.double({ min: -1, max: 2, noNaN: true }), fc.integer({ min: 2, max: 60 }), (share, cells) => {
        const drawn = bar(share, cells, plain)
        expect(drawn).toMatch(/^#*\.*$/)
        expect(drawn).toHaveLength(cells)
        expect(drawn === '#'.repeat(cells)).toBe(share >= 1)
        expect(drawn === '.'.repeat(cells)).toBe(share <= 0)
      }),
    )
  })
})

describe('progress', () => {
  it('is drawn on one line while one waits, and wiped', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'] })
    try {
      let drawn = ''
      const stream = {
        write: (text: string) => {
          drawn += text
        },
      }
      const { promise, resolve } = Promise.withResolvers<number>()
      const waiting = createProgress(stream, true)('Starting', () => promise)
      vi.advanceTimersByTime(3_300)
      expect(drawn).toContain('\r\u001b[KStarting (3 s)')
      resolve(7)
      expect(await waiting).toBe(7)
      expect(drawn.endsWith('\r\u001b[K')).toBe(true)
      drawn = ''
      expect(await createProgress(stream, true)('Quick', async () => 1)).toBe(1)
      await createProgress(stream, false)('In a pipe', async () => vi.advanceTimersByTime(5_000))
      expect(drawn).toBe('')
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('a mistyped word', () => {
  it('is at most as far as its letters', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{0,8}$/), fc.stringMatching(/^[a-z]{0,8}$/), (a, b) => {
        expect(editDistance(a, a)).toBe(0)
        expect(editDistance(a, b)).toBe(editDistance(b, a))
        expect(editDistance(a, b)).toBeLessThanOrEqual(Math.max(a.length, b.length))
        expect(editDistance(a, b)).toBeGreaterThanOrEqual(Math.abs(a.length - b.length))
      }),
    )
  })

  it('means the nearest one, or none', () => {
    expect(nearest('sotp', ['start', 'stop', 'status'])).toBe('stop')
    expect(nearest('xyzzy', ['start', 'stop'])).toBeNull()
    expect(nearest('x', [])).toBeNull()
  })
})
