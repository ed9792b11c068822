import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { safeDate, safeText } from '../../electron/store/safe-text.ts'
import type { TestDatabase } from '../support/database.ts'
import { openTestDatabase } from '../support/database.ts'

const anyText = fc.string({
  unit: fc.oneof(
    fc.constantFrom('\0', '\ud800', '\udc00', '😀', 'é', 'a', '\\', '"', '中'),
    fc.string({ unit: 'binary' }),
  ),
  maxLength: 60,
})

describe('text for Postgres', () => {
  it.each([
    ['a\0b\0', 'ab'],
    ['a\ud800b', 'a\ufffdb'],
    ['\udc00', '\ufffd'],
    ['😀', '😀'],
    ['plain', 'plain'],
  ])('of %j is %j', (from, to) => {
    expect(safeText(from, 100)).toBe(to)
  })

  it('is cut between characters, never inside one', () => {
    expect(safeText('ab😀', 3)).toBe('ab')
    expect(safeText('ab😀', 4)).toBe('ab😀')
    expect(safeText('ééé', 10, 5)).toBe('éé')
    expect(safeText('a😀', 10, 4)).toBe('a')
    expect(safeText('\ud83d\0\ude00x', 2)).toBe('😀')
  })

  it('holds its caps, is well formed, and is the same when made safe again', () => {
    fc.assert(
      fc.property(anyText, fc.nat(40), fc.nat(60), (text, chars, bytes) => {
        const safe = safeText(text, chars, bytes)
        expect(safe.length).toBeLessThanOrEqual(chars)
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(bytes)
        expect(safe.isWellFormed()).toBe(true)
        expect(safe).not.toContain('\0')
        expect(safeText(safe, chars, bytes)).toBe(safe)
      }),
    )
  })

  let database: TestDatabase
  beforeAll(async () => {
    database = await openTestDatabase()
  })
  afterAll(() => database.close())

  it('is taken by Postgres as text, in a list and in JSON, and comes back the same', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const safe = safeText(text, 1000)
        const { rows } = await database.db.query('select $1::text as t, $2::text[] as ts, $3::jsonb as j', [
          safe,
          [safe],
          JSON.stringify({ safe }),
        ])
        expect(rows[0]).toEqual({ t: safe, ts: [safe], j: { safe } })
      }),
      { numRuns: 60 },
    )
  })
})

describe('a date for Postgres', () => {
  it.each([
    [new Date('1904-01-01T00:00:00Z'), '1904-01-01T00:00:00.000Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
    [32_503_680_000_000, '3000-01-01T00:00:00.000Z'],
    [-8.64e15, '0001-01-01T00:00:00.000Z'],
    [8.64e15, '9999-12-31T23:59:59.999Z'],
    [Number.POSITIVE_INFINITY, '9999-12-31T23:59:59.999Z'],
    [1_700_000_000_000.9, '2023-11-14T22:13:20.000Z'],
  ])('of %s is %s', (from, to) => {
    expect(safeDate(from)?.toISOString()).toBe(to)
  })

  it('is null when it is none', () => {
    expect(safeDate(new Date('no date'))).toBeNull()
    expect(safeDate(Number.NaN)).toBeNull()
  })
})
