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
