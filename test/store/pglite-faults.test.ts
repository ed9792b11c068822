import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PgliteDb } from '../../electron/store/pglite/client.ts'
import type { OpenPgliteOptions } from '../../electron/store/pglite/open.ts'
import type { Fault } from '../../electron/store/pglite/supervisor.ts'
import { openTestFolder } from '../support/database.ts'
import { createFakeClock } from '../support/fake-clock.ts'

let home: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mailtide-faults-'))
})
afterAll(() => rm(home, { recursive: true, force: true }))

let folders = 0
const open: PgliteDb[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((db) => db.close()))
})
async function openFresh(options: Partial<OpenPgliteOptions> = {}) {
  const db = await openTestFolder(join(home, `db-${folders++}`), options)
  open.push(db)
  return db
}

/** A statement whose code page conversion traps inside WebAssembly: PGlite reports success, and its next query never ends. */
const trap = (encoding: string) => `select convert_from('\\x41'::bytea, '${encoding}')`
const endless = 'with recursive r as (select 1 as n union all select n from r) select count(*) from r'

describe('a trap that PGlite swallows', () => {
  const clock = createFakeClock()
  const faults: Fault[] = []
  let db: PgliteDb
  beforeAll(async () => {
    db = await openTestFolder(join(home, 'traps'), { clock, onFault: (fault) => faults.push(fault) })
    await db.script('create table kept (id int); insert into kept values (1)')
  })
  afterAll(() => db.close())
  afterEach(() => clock.advance(10 * 60_000)) // so that the faults do not add up

  it.each(['WIN1252', 'WIN1251', 'LATIN2', 'LATIN9', 'KOI8R', 'SJIS'])(
    'is seen at once (%s): the request fails, the worker is replaced, and what was committed is there',
    async (encoding) => {
      const { restarts } = db.stats()
      await expect(db.query(trap(encoding))).rejects.toMatchObject({ code: 'store' })
      expect((await db.query('select id from kept')).rows).toEqual([{ id: 1 }])
      expect(db.stats().restarts).toBe(restarts + 1)
      expect(faults.at(-1)).toMatchObject({ final: false, error: { code: 'store' } })
    },
  )

  it('fails the whole transaction it happens in, even when its error is ignored', async () => {
    const work = db.transaction(async (sql) => {
      await sql.query('insert into kept values (2)')
      await sql.query(trap('WIN1252')).catch(() => undefined)
      await sql.query('insert into kept values (3)').catch(() => undefined)
    })
    await expect(work).rejects.toMatchObject({ code: 'store' })
    expect((await db.query('select id from kept')).rows).toEqual([{ id: 1 }])
  })

  it('is seen in the middle of a script, of which nothing stays', async () => {
    const script = `create table t (id int); ${trap('WIN1252')}; create table u (id int)`
    await expect(db.script(script)).rejects.toMatchObject({ code: 'store' })
    expect((await db.query(`select to_regclass('t') as t, to_regclass('u') as u`)).rows).toEqual([{ t: null, u: null }])
  })
})

describe('the worker', () => {
  it('is replaced when it computes without end, and the requests behind it are served', async () => {
    const db = await openFresh({ watchdogMs: { interactive: 700 } })
    const hung = db.as('interactive').query(endless)
    const behind = db.query('select 1 as one')
    await expect(hung).rejects.toMatchObject({ code: 'store' })
    expect((await behind).rows).toEqual([{ one: 1 }])
    expect(db.stats().restarts).toBe(1)
  })

  it('is replaced three times in ten minutes; then the database is failed for good, with a reason', async () => {
    const clock = createFakeClock()
    const faults: Fault[] = []
    const db = await openFresh({ clock, onFault: (fault) => faults.push(fault) })
    const failAndRecover = async () => {
      await expect(db.query(trap('WIN1252'))).rejects.toMatchObject({ code: 'store' })
      await db.query('select 1')
    }
    await failAndRecover()
    await clock.advance(10 * 60_000) // that one is forgotten
    for (let time = 0; time < 3; time++) await failAndRecover()
    expect(db.stats().restarts).toBe(4)
    const queued = [db.query(trap('WIN1252')), db.query('select 1')]
    for (const request of queued) await expect(request).rejects.toMatchObject({ code: 'store' })
    await expect(db.query('select 1')).rejects.toMatchObject({
      code: 'store',
      remedy: expect.stringContaining('again'),
    })
    await expect(db.transaction(async () => undefined)).rejects.toMatchObject({ code: 'store' })
    expect(faults.map(({ final }) => final)).toEqual([false, false, false, false, false, true])
  })

  it('is opened again only while this process holds the folder', async () => {
    let owned = true
    let asked = 0
    const db = await openFresh({
      assertOwned: () => {
        asked++
        if (!owned) throw new Error('The lock is not ours')
      },
    })
    expect(asked).toBeGreaterThanOrEqual(2) // at the start, and before the worker opened it
    owned = false
    await expect(db.query(trap('WIN1252'))).rejects.toMatchObject({ code: 'store' })
    await expect(db.query('select 1')).rejects.toMatchObject({ code: 'store' })
  })

  it('is opened anew when idle with too much memory, without anybody noticing', async () => {
    const faults: Fault[] = []
    const db = await openFresh({ heapLimitBytes: 1, onFault: (fault) => faults.push(fault) })
    await db.script('create table kept (id int)')
    for (let id = 0; id < 3; id++) await db.query('insert into kept values ($1)', [id])
    expect((await db.query('select count(*) as n from kept')).rows).toEqual([{ n: 3 }])
    expect(faults).toEqual([])
    expect(db.stats()).toMatchObject({ restarts: 0 })
  })
})

describe('the queue', () => {
  it('lets a click go before the batches that wait, and batches before maintenance', async () => {
    const db = await openFresh()
    const order: string[] = []
    const note = (name: string) => () => {
      order.push(name)
    }
    await Promise.all([
      db.query('select pg_sleep(0.2)').then(note('running')),
      db.as('maintenance').query('select 1').then(note('maintenance')),
      db.query('select 1').then(note('batch 1')),
      db.query('select 1').then(note('batch 2')),
      db.as('interactive').query('select 1').then(note('click')),
    ])
    expect(order).toEqual(['running', 'click', 'batch 1', 'batch 2', 'maintenance'])
  })

  it('keeps clicks out of a running transaction', async () => {
    const db = await openFresh()
    await db.script('create table t (id int)')
    let tell: () => void = () => undefined
    const begun = new Promise<void>((resolve) => {
      tell = resolve
    })
    const work = db.transaction(async (sql) => {
      await sql.query('insert into t values (1)')
      tell()
      await new Promise((resolve) => setImmediate(resolve))
      await sql.query('insert into t values (2)')
    })
    await begun
    const click = db.as('interactive').query('select count(*) as n from t')
    await work
    expect((await click).rows).toEqual([{ n: 2 }])
  })
})

describe('closing', () => {
  it('waits for the request that runs and refuses those that wait', async () => {
    const db = await openFresh()
    const running = db.query('select pg_sleep(0.2)')
    const waiting = db.query('select 1')
    const refused = expect(waiting).rejects.toMatchObject({ code: 'store' })
    await db.close()
    await refused
    expect((await running).rows).toHaveLength(1)
  })

  it('does not wait for a request that never ends', async () => {
    const db = await openFresh({ closeLimitMs: 300 })
    const hung = expect(db.query(endless)).rejects.toMatchObject({ code: 'store' })
    await db.close()
    await hung
    // The watchdog would end it after a minute.
  }, 40_000)

  it('keeps what was committed, for the next opening', async () => {
    const dir = join(home, 'reopened')
    const first = await openTestFolder(dir)
    await first.script('create table kept (id int); insert into kept values (1)')
    await first.close()
    const second = await openTestFolder(dir)
    expect((await second.query('select id from kept')).rows).toEqual([{ id: 1 }])
    await second.close()
  })
})

describe('a copy', () => {
  it('opens with everything that was committed before it was taken', async () => {
    const db = await openFresh()
    await db.script('create table kept (id int); insert into kept select generate_series(1, 1000)')
    const target = join(home, 'copy')
    const [, copied] = await Promise.all([
      db.query('insert into kept values (0)'),
      db.copyTo(target).then(() => target),
    ])
    await db.query('insert into kept values (-1)')
    const copy = await openTestFolder(copied)
    open.push(copy)
    expect((await copy.query('select count(*) as n, min(id) as least from kept')).rows).toEqual([{ n: 1001, least: 0 }])
  })
})
