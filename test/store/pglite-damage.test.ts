import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { saveAccount } from '../../electron/store/accounts.ts'
import type { Db } from '../../electron/store/db.ts'
import { storeMessages } from '../../electron/store/messages.ts'
import { crc32c, readControl } from '../../electron/store/pglite/control-file.ts'
import { findDamagedPage } from '../../electron/store/pglite/pages.ts'
import { probe } from '../../electron/store/probe.ts'
import { deleteMailbox, markRemoved } from '../../electron/store/removal.ts'
import { accountId } from '../../shared/ids.ts'
import { migratedTemplate, openTestFolder } from '../support/database.ts'
import { aMessage } from '../support/messages.ts'

let home: string
let template: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mailtide-damage-'))
  template = await migratedTemplate()
})
afterAll(() => rm(home, { recursive: true, force: true }))

const copyOf = (name: string): string => {
  const dir = join(home, name)
  cpSync(template, dir, { recursive: true })
  return dir
}
const flip = (path: string, at: number): void => {
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
  writeFileSync(path, bytes)
}
const ALL = Number.MAX_SAFE_INTEGER
const ada = {
  id: accountId('ada'),
  email: 'ada@example.org',
  email_key: 'ada@example.org',
  client_id: 'c',
  paused: false,
  created_at: new Date('2026-11-25T12:00:00Z'),
}

describe('the control file', () => {
  it('is summed as RFC 3720 has it', () => {
    expect(crc32c(Buffer.alloc(32)).toString(16)).toBe('8a9136aa')
    expect(crc32c(Buffer.from(Array.from({ length: 32 }, (_, index) => index))).toString(16)).toBe('46dd794e')
  })
  it('tells a database that was shut down from one that was not, and from a damaged one', async () => {
    expect(readControl(template)).toBe('clean')
    const dir = copyOf('control')
    const db = await openTestFolder(dir)
    expect(readControl(dir)).toBe('open')
    await db.close()
    expect(readControl(dir)).toBe('clean')
    flip(join(dir, 'global/pg_control'), 40)
    expect(readControl(dir)).toBeNull()
  })
})

describe('the pages of a database', () => {
  it('are all as Postgres wrote them, also in a copy made while it is open', async () => {
    expect(findDamagedPage(template, ALL)).toBeNull()
    const dir = copyOf('pages')
    const db = await openTestFolder(dir)
    await db.query(
      `insert into mailtide.label (account_id, id, name, type) select 'a', 'L' || n, md5(n::text), 'user' from generate_series(1, 5000) n`,
    )
    await db.copyTo(join(home, 'pages-copy'))
    await db.close()
    expect(findDamagedPage(join(home, 'pages-copy'), ALL)).toBeNull()
    expect(findDamagedPage(dir, ALL)).toBeNull()
  })

  describe('of one table', () => {
    let dir: string
    let path: string
    beforeAll(async () => {
      dir = copyOf('flipped')
      const db = await openTestFolder(dir)
      const { rows } = await db.query<{ path: string }>(`select pg_relation_filepath('pg_proc') as path`)
      await db.close()
      path = rows[0]?.path ?? ''
    })

    it('show a flipped bit wherever it is, and a page that belongs elsewhere', () => {
      for (const [at, page] of [
        [100, 0],
        [8192 * 3 + 8191, 3],
        [8192 * 70 + 9, 70],
      ] as const) {
        flip(join(dir, path), at)
        expect(findDamagedPage(dir, ALL)).toBe(`${path}, page ${page}`)
        flip(join(dir, path), at)
      }
      const bytes = readFileSync(join(dir, path))
      const moved = Buffer.from(bytes)
      moved.copy(moved, 0, 8192, 16_384)
      writeFileSync(join(dir, path), moved)
      expect(findDamagedPage(dir, ALL)).toBe(`${path}, page 0`)
      writeFileSync(join(dir, path), bytes)
      expect(findDamagedPage(dir, ALL)).toBeNull()
    })

    it('are looked at in part when there are too many, each in its turn', () => {
      flip(join(dir, path), 8192 * 70 + 4000)
      expect([0, 1, 2, 3].map((turn) => findDamagedPage(dir, 0, turn))).toEqual([
        null,
        `${path}, page 70`,
        null,
        `${path}, page 70`,
      ])
    })
  })
})

describe('a healthy database', () => {
  let db: Db
  beforeAll(async () => {
    db = await openTestFolder(copyOf('healthy'))
  })
  afterAll(() => db.close())

  it('passes the questions of a start', async () => {
    await expect(probe(db)).resolves.toBeUndefined()
  })
  it('is told from one whose totals speak of messages that are not there', async () => {
    await saveAccount(db, { ...ada, id: accountId('a') })
    await db.query(`insert into mailtide.counter (account_id, name, value) values ('a', 'messages', 3)`)
    await expect(probe(db)).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('totals') })
    await db.script(`delete from mailtide.counter; delete from mailtide.account`)
  })
  it('passes them wherever the deletion of a removed account was cut, and is not taken for damaged', async () => {
    await saveAccount(db, ada)
    await db.transaction((sql) => storeMessages(sql, ada.id, [aMessage('m1'), aMessage('m2')], ada.created_at))
    await markRemoved(db, ada.id, 'deleting')
    const live = new AbortController().signal
    const statement = db.query.bind(db)
    const asked: unknown[] = []
    const watched: Db = {
      ...db,
      query: async <Row extends Record<string, unknown>>(text: string, params?: Parameters<Db['query']>[1]) => {
        asked.push(await probe(db).then(() => 'healthy'))
        return await statement<Row>(text, params)
      },
    }
    const raw = { removeAccount: async () => void asked.push(await probe(db).then(() => 'healthy')) }
    await deleteMailbox({ db: watched, raw }, ada.id, { signal: live, onDeleted: () => undefined })
    expect(new Set(asked)).toEqual(new Set(['healthy']))
    expect(asked.length).toBeGreaterThan(8)
    await expect(probe(db)).resolves.toBeUndefined()
  })
})
