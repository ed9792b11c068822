import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { toStoreError } from '../../electron/store/faults.ts'
import type { PgliteDb } from '../../electron/store/pglite/client.ts'
import type { Fault } from '../../electron/store/pglite/supervisor.ts'
import { isNoRoom } from '../../shared/no-room.ts'
import { openTestFolder } from '../support/database.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { takeDisk } from '../support/scenario/disk.ts'
import type { DiskState } from '../support/scenario/disk-state.ts'

const disk = takeDisk()
afterAll(() => disk.close())

type Write = (db: PgliteDb) => Promise<unknown>
const growing: Write = (db) =>
  db.query(`insert into kept select 2, repeat(md5(i::text), 60) from generate_series(1, 500) i`)
const checkpoint: Write = (db) => db.query('checkpoint')

it.each<[string, DiskState, string, Write]>([
  ['A quota that is used up', 'over quota', 'a table', growing],
  ['A quota that is used up', 'over quota', 'a checkpoint', checkpoint],
  ['A quota that shows when the disk is synced', 'over quota at sync', 'a table', growing],
])(
  '%s (%s), met by %s, is told as a full disk however often, and writing goes on by itself after it',
  async (_trouble, state, _what, write) => {
    const folder = await mkdtemp(join(tmpdir(), 'mailtide-quota-'))
    const clock = createFakeClock()
    const faults: Fault[] = []
    const db = await openTestFolder(join(folder, 'db'), { clock, fsync: true, onFault: (fault) => faults.push(fault) })
    try {
      await db.script('create table kept (id int, text text); insert into kept values (1)')
      disk.set(state)
      // The system tells of free space: the database is opened each time, and none counts as one that failed.
      for (let tries = 0; tries < 4; tries++) {
        await expect(write(db)).rejects.toMatchObject({
          code: 'disk',
          message: 'The disk is full, or your quota on it is used up: the database cannot be written',
          remedy: 'Free some space; syncing then resumes automatically',
        })
        await clock.advance(10_000)
      }
      disk.set('well')
      await db.query('insert into kept values (3)')
      const { rows } = await db.query<{ id: number }>('select distinct id from kept where id <> 2 order by id')
      expect(rows).toEqual([{ id: 1 }, { id: 3 }])
      expect(faults.filter(({ final, error }) => final || error.code !== 'disk')).toEqual([])
    } finally {
      disk.set('well')
      await db.close()
      await rm(folder, { recursive: true })
    }
  },
  60_000,
)

it('A drive that no longer knows the file is told as a database that failed, and writing goes on after it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-stale-'))
  const faults: Fault[] = []
  const db = await openTestFolder(join(folder, 'db'), { fsync: true, onFault: (fault) => faults.push(fault) })
  try {
    await db.script('create table kept (id int, text text); insert into kept values (1)')
    disk.set('stale')
    await expect(growing(db)).rejects.toMatchObject({ code: 'store' })
    disk.set('well')
    await db.query('insert into kept values (3)')
    const { rows } = await db.query<{ id: number }>('select distinct id from kept where id <> 2 order by id')
    expect(rows).toEqual([{ id: 1 }, { id: 3 }])
    expect(faults.filter(({ final }) => final)).toEqual([])
  } finally {
    disk.set('well')
    await db.close()
    await rm(folder, { recursive: true })
  }
}, 60_000)

it.each([
  ['a full disk', { code: 'ENOSPC', errno: -28 }, true],
  ['a quota on Linux, met by a write', { code: 'UNKNOWN', errno: -122 }, true],
  ['a quota on Linux, met by anything else', { code: 'Unknown system error -122', errno: -122 }, true],
  ['a quota on Linux, met by a copy of a folder', { code: 'EDQUOT', errno: 122 }, true],
  ['a quota on macOS', { code: 'Unknown system error -69', errno: -69 }, true],
  ['a broken disk', { code: 'EIO', errno: -5 }, false],
  ['an error of Windows that Node does not know', { code: 'UNKNOWN', errno: -4094 }, false],
])('%s: whether there is no room', (_what, facts, is) => {
  expect(isNoRoom(Object.assign(new Error('It failed'), facts))).toBe(is)
})

it('a copy of the database for which there is no room is told as that', () => {
  expect(toStoreError({ message: 'copyfile', code: 'ENOSPC' })).toMatchObject({
    code: 'disk',
    message: 'The disk is full, or your quota on it is used up: the database cannot be copied',
    remedy: 'Free some space, then try again',
  })
})
