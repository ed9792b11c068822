import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { toStoreError } from '../../electron/store/faults.ts'
import type { PgliteDb } from '../../electron/store/pglite/client.ts'
import type { Fault } from '../../electron/store/pglite/supervisor.ts'
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
  ['A disk that says only when it is synced that it is full', 'full at sync', 'a table', growing],
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
          message: 'The disk is full, or your quota on it is used up: the database cannot grow',
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

it.each(['ENOSPC', 'EDQUOT'])('a copy of the database for which there is no room (%s) is told as that', (code) => {
  expect(toStoreError({ message: `${code}: copyfile`, code })).toMatchObject({
    code: 'disk',
    message: 'The disk is full, or your quota on it is used up: the database cannot be copied',
  })
})
