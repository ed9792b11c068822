import { afterAll, beforeAll, expect, it } from 'vitest'
import type { TestDatabase } from '../support/database.ts'
import { openTestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database.close())

it('opens migrated', async () => {
  const { rows } = await database.db.query('select count(*) as n from mailtide.migration')
  expect(rows).toEqual([{ n: 1 }])
  await database.reset()
})
