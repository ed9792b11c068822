import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exactByteSize, parseByteSize } from '../../shared/byte-size.ts'

const told = (bytes: number): string => {
  const { amount, decimals, unit } = exactByteSize(bytes)
  return `${amount.toFixed(decimals)} ${unit}`
}

describe('a size in bytes', () => {
  it('is read as people write it', () => {
    for (const [text, bytes] of [
      ['2 GB', 2_000_000_000],
      ['2GB', 2_000_000_000],
      ['2g', 2_000_000_000],
      ['1.5 gb', 1_500_000_000],
      ['1.1 GB', 1_100_000_000],
      ['64 MiB', 67_108_864],
      ['10 kB', 10_000],
      ['0', 0],
      ['10000', 10_000],
      ['10000 bytes', 10_000],
      ['1 byte', 1],
      ['7 B', 7],
      ['1.5 KiB', 1_536],
      ['1 PB', 1e15],
    ] as const) {
      expect([text, parseByteSize(text)]).toEqual([text, bytes])
    }
  })

  it('is nothing that is no whole number of bytes, and nothing else', () => {
    const wrong = [
      '',
      ' ',
      'GB',
      '1.5',
      '1.2345 kB',
      '-1 GB',
      '1,5 GB',
      '1e3',
      '2 XB',
      '2 GBB',
      '2 G B',
      '99999999 PB',
      '0x10',
    ]
    for (const text of wrong) expect([text, parseByteSize(text)]).toEqual([text, undefined])
  })

  it('is told exactly, in as few characters as that takes', () => {
    expect([0, 999, 1_000, 10_000, 1_500_000_000, 64_000_000, 1_250_000, 1_234_567, 1e15].map(told)).toEqual([
      '0 bytes',
      '999 bytes',
      '1 kB',
      '10 kB',
      '1.5 GB',
      '64 MB',
      '1.25 MB',
      '1234567 bytes',
      '1 PB',
    ])
  })

  it('is read back as it was told', () => {
    const any = fc.oneof(
      fc.nat(),
      fc.tuple(fc.integer({ min: 0, max: 99_999 }), fc.constantFrom(1e1, 1e4, 1e7, 1e10)).map(([n, size]) => n * size),
    )
    fc.assert(
      fc.property(any, (bytes) => {
        expect(parseByteSize(told(bytes))).toBe(bytes)
      }),
    )
  })
})
