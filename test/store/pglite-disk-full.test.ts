import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { PgliteDb } from '../../electron/store/pglite/client.ts'
import type { Fault } from '../../electron/store/pglite/supervisor.ts'
import { createRawFiles } from '../../electron/store/raw-files.ts'
import { accountId, messageId } from '../../shared/ids.ts'
import { openTestFolder } from '../support/database.ts'

/** A small disk of our own: only root can mount one. */
function smallDisk(megabytes: number): string | null {
  const dir = mkdtempSync(join(tmpdir(), 'mailtide-small-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=700`, 'tmpfs', dir], { stdio: 'ignore' })
    return dir
  } catch {
    rmSync(dir, { recursive: true })
    return null
  }
}

const disk = process.platform === 'linux' ? smallDisk(220) : null
afterAll(() => {
  if (disk === null) return
  execFileSync('umount', ['-l', disk])
  rmSync(disk, { recursive: true, force: true })
})

const freeMb = (dir: string) => {
  const { bavail, bsize } = statfsSync(dir)
  return (bavail * bsize) / 1024 ** 2
}

describe.skipIf(disk === null)(
  `a full disk${disk === null ? ' (skipped: a small disk can be mounted by root only)' : ''}`,
  () => {
    const dir = disk ?? ''
    const filler = join(dir, 'filler')
    const fillUpTo = (leaveMb: number) =>
      writeFileSync(filler, Buffer.alloc(Math.max(0, freeMb(dir) - leaveMb) * 1024 ** 2))

    type Write = (db: PgliteDb) => Promise<unknown>
    const fillTable: Write = (db) =>
      db.query(`insert into kept select 2, repeat(md5(i::text), 60) from generate_series(1, 500) i`)
    const checkpoint: Write = async (db) => {
      await db.query(`insert into kept values (2)`)
      await db.query('checkpoint')
    }

    const copy: Write = async (db) => {
      await db.query(`insert into kept values (2)`)
      await db.copyTo(join(dir, 'copied')).finally(() => rmSync(join(dir, 'copied'), { recursive: true, force: true }))
    }

    it.each([
      ['a table', 2, fillTable],
      ['a checkpoint', 0, checkpoint],
      ['a copy', 0, copy],
    ])(
      'met by %s is told as such; nothing acknowledged is lost, and writing goes on by itself once there is space',
      async (name, leaveMb, write) => {
        const folder = join(dir, name.replace(' ', '-'))
        const faults: Fault[] = []
        const db = await openTestFolder(folder, { onFault: (fault) => faults.push(fault) })
        await db.script('create table kept (id int, text text); insert into kept values (1)')
        fillUpTo(leaveMb)
        let error: unknown
        for (let tries = 0; tries < 60 && error === undefined; tries++) {
          error = await write(db).then(
            () => undefined,
            (caught: unknown) => caught,
          )
        }
        expect(error).toMatchObject({ code: 'disk', remedy: expect.stringContaining('space') })
        // While it is still full: the same words each time, and none of it counts as a fault of the worker
        for (let tries = 0; tries < 5; tries++)
          await expect(db.query('select 1')).rejects.toMatchObject({ code: 'disk' })
        rmSync(filler)
        expect((await db.query('select count(*) as n from kept where id = 1')).rows).toEqual([{ n: 1 }])
        await db.query('insert into kept values (3)')
        expect(faults.filter(({ final }) => final)).toEqual([])
        await db.close()
        rmSync(folder, { recursive: true })
      },
      60_000,
    )

    it('met by an original is told as such, and leaves no half file', async () => {
      const raw = createRawFiles(join(dir, 'raw'))
      const account = accountId('ada')
      mkdirSync(join(dir, 'raw'), { recursive: true })
      fillUpTo(1)
      const facts = {
        id: messageId('0a'),
        thread_id: '0a',
        history_id: '1',
        internal_date: 1,
        label_ids: [],
        snippet: '',
      }
      const bytes = randomBytes(4 * 1024 ** 2)
      await expect(raw.putMany(account, [{ facts, bytes }])).rejects.toMatchObject({ code: 'disk' })
      expect(await raw.has(account, facts.id)).toBe(false)
      rmSync(filler)
      await raw.putMany(account, [{ facts, bytes }])
      expect(await raw.has(account, facts.id)).toBe(true)
    })
  },
)
