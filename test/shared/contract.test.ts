import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { operationNames, operations, pathsOf, requestOf, wholeNumber } from '../../shared/contract.ts'

it('every operation has an address of its own, method and path together', () => {
  const all = operationNames.flatMap((name) =>
    pathsOf(operations[name]).map((path) => `${operations[name].method} ${path}`),
  )
  expect(new Set(all).size).toBe(all.length)
})

it('what reads mail, accounts, logs or settings needs the token', () => {
  const open = operationNames.filter((name) => operations[name].auth === 'open')
  expect(open).toEqual(['health', 'status', 'start', 'stop', 'syncNow'])
  // The one-time code of a link is its own proof; whoever asks the service to prove itself has shown nothing yet.
  expect(operationNames.filter((name) => operations[name].auth === 'proof')).toEqual(['tokenProve', 'tokenRedeem'])
})

it('every background-sync address also answers where existing scripts look', () => {
  expect(pathsOf(operations.start)).toEqual(['/api/v1/background-sync/start', '/api/v1/test/background-sync/start'])
  expect(pathsOf(operations.health)).toEqual(['/health'])
})

it('a request is made of an input by one row: path, query or body', () => {
  const row = { path: '/api/v1/accounts/{id}/labels/{label}', from: 'query' } as const
  expect(requestOf(row, { id: 'a/b', label: 'ä&', q: 'x y', n: 5, gone: undefined })).toEqual({
    url: '/api/v1/accounts/a%2Fb/labels/%C3%A4%26?q=x%20y&n=5',
    body: null,
  })
  expect(requestOf({ ...row, from: 'body' }, { id: 'a', label: 'b', q: { x: 1 } })).toEqual({
    url: '/api/v1/accounts/a/labels/b',
    body: '{"q":{"x":1}}',
  })
  expect(requestOf({ path: '/health', from: 'query' }, {})).toEqual({ url: '/health', body: null })
})

describe('a whole number', () => {
  const schema = wholeNumber(1, 1440)
  it('is read alike from text and number', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 3_000 }), (n) => {
        const allowed = n >= 1 && n <= 1440
        expect(schema.safeParse(n).success).toBe(allowed)
        expect(schema.safeParse(String(n)).success).toBe(allowed)
        if (allowed) expect(schema.parse(String(n))).toBe(n)
      }),
    )
  })

  it('is nothing but decimal digits as text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(schema.safeParse(text).success).toBe(
          /^[0-9]{1,15}$/.test(text) && Number(text) >= 1 && Number(text) <= 1440,
        )
      }),
    )
  })

  it('says what it must be', () => {
    for (const bad of ['x', 0, 1.5, Number.NaN, null, [], '1441']) {
      expect(schema.safeParse(bad).error?.issues[0]?.message).toBe('must be a whole number from 1 to 1440')
    }
  })
})
