import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { RawFacts } from '../../electron/store/raw.ts'
import { packRaw } from '../../electron/store/raw-files.ts'
import { createRawPostgres, readPacked, storePacked } from '../../electron/store/raw-postgres.ts'
import { accountId, messageId } from '../../shared/ids.ts'
import { collect } from '../support/collect.ts'
import type { TestDatabase } from '../support/database.ts'
import { openTestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())
beforeEach(() => database.reset())

const ada = accountId('ada')
const factsOf = (id: string): RawFacts => ({
  id: messageId(id),
  thread_id: id,
  history_id: '5',
  internal_date: 1,
  label_ids: [],
  snippet: '',
})
const packed = (id: string, bytes: Uint8Array) => ({ id: messageId(id), packed: packRaw(factsOf(id), bytes) })

it('keeps originals and accounts in the database', async () => {
  const { db } = database
  const raw = createRawPostgres(db)
  await raw.putAccount({ id: ada, email: 'ada@example.com', created_at: '2026-01-01T00:00:00.000Z' })
  await raw.putAccount({ id: ada, email: 'ada@new.example', created_at: '2027-01-01T00:00:00.000Z' })
  expect(await raw.accounts()).toEqual([{ id: ada, email: 'ada@new.example', created_at: '2026-01-01T00:00:00.000Z' }])
  const originals = ['1', '2', '3'].map((id) => packed(id, Buffer.from(`mail ${id}\0\xff`, 'latin1')))
  await db.transaction((sql) => storePacked(sql, ada, originals))
  await db.transaction((sql) => storePacked(sql, ada, originals)) // again, after a restart
  expect(await collect(raw.list(ada))).toEqual(['1', '2', '3'])
  expect(await raw.get(ada, messageId('2'))).toEqual({
    facts: factsOf('2'),
    bytes: Buffer.from('mail 2\0\xff', 'latin1'),
  })
  expect(await raw.get(ada, messageId('9'))).toBeNull()
  expect(await raw.has(ada, messageId('3'))).toBe(true)
  const [aside] = await raw.setAside(ada, [messageId('1')])
  expect(aside).toMatch(/^mailtide\.raw, message_id 1\.damaged-/)
  expect(await collect(raw.list(ada))).toEqual(['2', '3'])
  await raw.remove(ada, [messageId('3'), messageId('9')])
  expect(await raw.has(ada, messageId('3'))).toBe(false)
  expect(await raw.sizeBytes()).toBeGreaterThan(0)
  await raw.removeAccount(ada)
  expect(await collect(raw.list(ada))).toEqual([])
  expect(await raw.accounts()).toEqual([])
})

it('writes more than one statement carries, and a message that comes twice', async () => {
  const { db } = database
  const big = Array.from({ length: 3 }, (_, i) => ({
    id: messageId(`b${i}`),
    packed: new Uint8Array(3 * 1024 ** 2).fill(i),
  }))
  await db.transaction((sql) => storePacked(sql, ada, [...big, { id: messageId('b0'), packed: new Uint8Array([7]) }]))
  expect(await readPacked(db, ada, messageId('b0'))).toEqual(new Uint8Array([7]))
  expect(await readPacked(db, ada, messageId('b2'))).toEqual(new Uint8Array(3 * 1024 ** 2).fill(2))
  expect(await readPacked(db, ada, messageId('none'))).toBeNull()
})

it('names a message whose original is damaged', async () => {
  const { db } = database
  const { packed: bytes } = packed('d', Buffer.from('mail'))
  await db.transaction((sql) =>
    storePacked(sql, ada, [{ id: messageId('d'), packed: bytes.subarray(0, bytes.length - 3) }]),
  )
  await expect(createRawPostgres(db).get(ada, messageId('d'))).rejects.toMatchObject({
    code: 'store',
    message: expect.stringContaining('message d'),
  })
})

it('lists more originals than fit one page', async () => {
  const { db } = database
  const many = Array.from({ length: 2_050 }, (_, i) => ({
    id: messageId(i.toString(16).padStart(4, '0')),
    packed: new Uint8Array([1]),
  }))
  for (let at = 0; at < many.length; at += 500)
    await db.transaction((sql) => storePacked(sql, ada, many.slice(at, at + 500)))
  expect(await collect(createRawPostgres(db).list(ada))).toEqual(many.map(({ id }) => id))
})
