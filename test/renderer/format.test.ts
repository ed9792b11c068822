import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createFormats } from '../../renderer/format.ts'
import { timeWords } from '../../renderer/words/times.ts'
import { formats, now, words } from './words.ts'

const { times } = words

describe('numbers', () => {
  it('are grouped, and never shortened', () => {
    expect([0, 999, 48_212, 1_234_567].map(formats.number)).toEqual(['0', '999', '48,212', '1,234,567'])
  })
  it('are written as the person writes them', () => {
    const german = createFormats({ locale: 'de-DE', timeZone: 'UTC' })
    expect([german.number(48_212), german.decimal(4.8), german.percent(62.9)]).toEqual(['48.212', '4,8', '62\u00a0%'])
  })
  it.each([
    [0, '0%'],
    [62.9, '62%'],
    [99.99, '99%'],
    [100, '100%'],
  ])('%d of a hundred are %s: rounded down', (value, text) => {
    expect(formats.percent(value)).toBe(text)
  })
  it.each([
    [0, '0 bytes'],
    [999, '999 bytes'],
    [14_200, '14 kB'],
    [812_400_000, '812 MB'],
    [61_400_000_000, '61.4 GB'],
    [2_000_000_000, '2.0 GB'],
    [1_500_000_000_000, '1.5 TB'],
  ])('%d bytes are %s', (value, text) => {
    expect(formats.bytes(value)).toBe(text.replace(' ', '\u00A0'))
  })
})

describe('a moment', () => {
  it.each([
    ['2026-11-25T14:22:00Z', '14:22'],
    ['2026-11-25T00:00:00Z', '00:00'],
    ['2026-11-24T18:04:00Z', 'yesterday, 18:04'],
    ['2026-11-26T09:00:00Z', 'tomorrow, 09:00'],
    ['2026-11-03T09:12:00Z', '3 November, 09:12'],
    ['2025-11-03T09:12:00Z', '3 November 2025, 09:12'],
  ])('%s is told as %s', (at, text) => {
    expect(times.when(new Date(at), now)).toBe(text)
  })
  it('belongs to the day of the person, not of Greenwich', () => {
    const auckland = timeWords(createFormats({ locale: 'en-GB', timeZone: 'Pacific/Auckland' }))
    expect(auckland.when(new Date('2026-11-25T10:00:00Z'), now)).toBe('yesterday, 23:00')
  })
})

describe('a span', () => {
  it.each([
    [0, '0:00'],
    [0.2, '0:01'],
    [222, '3:42'],
    [3_599, '59:59'],
    [3_822, '1:03:42'],
    [-5, '0:00'],
  ])('of %d seconds counts down from %s', (seconds, text) => {
    expect(times.countdown(seconds)).toBe(text)
  })
  it.each([
    [30, 'less than a minute left'],
    [61, 'about 1 min left'],
    [3_590, 'about 1 h left'],
    [3_700, 'about 1 h left'],
    [9_000, 'about 2 h 30 min left'],
    [17_008, 'about 4 h 45 min left'],
    [86_300, 'about 1 day left'],
    [200_000, 'about 2 days left'],
  ])('of %d seconds is left as %s', (seconds, text) => {
    expect(times.left(seconds)).toBe(text)
  })
  it('that is left is never told as longer when it is shorter', () => {
    const told = (text: string): number => {
      const part = (unit: string): number => Number(new RegExp(`(\\d+) ${unit}`).exec(text)?.[1] ?? 0)
      return part('day') * 1_440 + part('h') * 60 + part('min')
    }
    fc.assert(
      fc.property(fc.nat(400_000), fc.nat(400_000), (a, b) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)]
        expect(told(times.left(less))).toBeLessThanOrEqual(told(times.left(more)))
      }),
    )
  })
  it.each([
    [0.3, 'less than 1 s'],
    [6.2, '6 s'],
    [250, '4 min 10 s'],
    [7_500, '2 h 5 min'],
  ])('of %d seconds took %s', (seconds, text) => {
    expect(times.took(seconds)).toBe(text)
  })
})
