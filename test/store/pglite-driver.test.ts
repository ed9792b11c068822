import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openTestFolder } from '../support/database.ts'
import { describeDriver } from '../support/driver-contract.ts'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mailtide-contract-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

let folders = 0
describeDriver('PGlite', ({ limitMs }) => openTestFolder(join(home, `db-${folders++}`), { watchdogMs: limitMs }))

it('grants every claim: the folder lock keeps others out', async () => {
  const db = await openTestFolder(join(home, 'claims'))
  const release = await db.claim('ada')
  expect(release).not.toBeNull()
  await release?.()
  await db.close()
})

it('says when it is busy with its own upkeep, and not when it is busy for others', async () => {
  const db = await openTestFolder(join(home, 'upkeep'))
  const long = 'select count(*) from generate_series(1, 2000000)'
  expect(db.isInUpkeep()).toBe(false)
  const upkeep = db.as('maintenance').query(long)
  await expect.poll(() => db.isInUpkeep(), { interval: 1 }).toBe(true)
  await upkeep
  const work = db.query(long)
  await new Promise((resolve) => setImmediate(resolve))
  expect(db.isInUpkeep()).toBe(false)
  await work
  await db.close()
})

it('parses a statement once, until the tables may have changed', async () => {
  const db = await openTestFolder(join(home, 'statements'))
  const known = async () => {
    const { rows } = await db.query<{ known: number }>(
      `select count(*) as known from pg_prepared_statements where statement = 'select * from thing'`,
    )
    return rows[0]?.known
  }
  await db.script('create table thing (a int); insert into thing values (1)')
  expect((await db.query('select * from thing')).rows).toEqual([{ a: 1 }])
  expect((await db.query('select * from thing')).rows).toEqual([{ a: 1 }])
  expect(await known()).toBe(1)
  await db.script(`alter table thing add b text default 'x'`)
  expect((await db.query('select * from thing')).rows).toEqual([{ a: 1, b: 'x' }])
  expect(await known()).toBe(1)
  await db.close()
})
