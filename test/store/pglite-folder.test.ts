import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPglite } from '../../electron/store/pglite/open.ts'
import { createFolder } from '../../electron/store/pglite/template.ts'
import { emptyTemplate, openTestFolder, silentLog } from '../support/database.ts'
import { createFakeClock } from '../support/fake-clock.ts'

let home: string
let template: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mailtide-folder-'))
  template = await emptyTemplate()
})
afterAll(() => rm(home, { recursive: true, force: true }))

const clock = createFakeClock()
const assertOwned = () => undefined
const openWith = (dir: string, options: Partial<Parameters<typeof openPglite>[0]> = {}) =>
  openPglite({ dir, clock, log: silentLog, assertOwned, templateDir: template, ...options })

/** What the gate looks at, without the 39 MB around it. */
function likeDatabase(dir: string): void {
  mkdirSync(join(dir, 'global'), { recursive: true })
  mkdirSync(join(dir, 'base'))
  cpSync(join(template, 'PG_VERSION'), join(dir, 'PG_VERSION'))
  cpSync(join(template, 'global/pg_control'), join(dir, 'global/pg_control'))
}

/** Every file below a folder with its content, to see that nothing was touched. */
const contents = (dir: string) =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [path, readFileSync(path, 'base64')])

describe('the gate', () => {
  const folders: [string, (dir: string) => void, string, string][] = [
    ['a file where the folder should be', (dir) => writeFileSync(dir, 'x'), 'store', 'is a file'],
    [
      "a person's own files",
      (dir) => {
        mkdirSync(dir)
        writeFileSync(join(dir, 'thesis.txt'), 'mine')
      },
      'store',
      'holds other files',
    ],
    [
      'a database without PG_VERSION, which PGlite would overwrite',
      (dir) => {
        likeDatabase(dir)
        rmSync(join(dir, 'PG_VERSION'))
      },
      'store',
      'version mark',
    ],
    [
      'a database of PostgreSQL 17',
      (dir) => {
        likeDatabase(dir)
        writeFileSync(join(dir, 'PG_VERSION'), '17\n')
      },
      'store',
      'older Mailtide',
    ],
    [
      'a database of PostgreSQL 19',
      (dir) => {
        likeDatabase(dir)
        writeFileSync(join(dir, 'PG_VERSION'), '19\n')
      },
      'store_newer',
      'newer Mailtide',
    ],
    [
      'an empty PG_VERSION',
      (dir) => {
        likeDatabase(dir)
        writeFileSync(join(dir, 'PG_VERSION'), '')
      },
      'store',
      'unreadable version mark',
    ],
    [
      'a missing pg_control',
      (dir) => {
        likeDatabase(dir)
        rmSync(join(dir, 'global/pg_control'))
      },
      'store',
      'pg_control',
    ],
    [
      'an empty pg_control',
      (dir) => {
        likeDatabase(dir)
        truncateSync(join(dir, 'global/pg_control'))
      },
      'store',
      'pg_control',
    ],
  ]
  it.each(folders)('refuses %s, in words, and touches nothing', async (name, make, code, words) => {
    const dir = join(home, name.replaceAll(/\W+/g, '-'))
    make(dir)
    const before = statSync(dir).isDirectory() ? contents(dir) : null
    await expect(openWith(dir)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(words),
      remedy: expect.stringMatching(/./),
    })
    if (before !== null) expect(contents(dir)).toEqual(before)
  })

  it('tells damage that shows only inside: a garbled pg_control', async () => {
    const dir = join(home, 'garbled')
    cpSync(template, dir, { recursive: true })
    writeFileSync(join(dir, 'global/pg_control'), Buffer.alloc(8192, 7))
    await expect(openWith(dir)).rejects.toMatchObject({ code: 'store', remedy: expect.stringContaining('rebuild') })
  })
})

describe('a folder', () => {
  it('is opened by one owner at a time in this process, and by the next after its close', async () => {
    const dir = join(home, 'one')
    const db = await openTestFolder(dir)
    await expect(openTestFolder(join(home, '.', 'one'))).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining('already open'),
    })
    await db.close()
    await (await openTestFolder(dir)).close()
  })

  it('is not even looked at without the lock', async () => {
    const dir = join(home, 'not-ours')
    const refuse = () => {
      throw new Error('another process holds the lock')
    }
    await expect(openWith(dir, { assertOwned: refuse })).rejects.toThrow('another process')
    expect(existsSync(dir)).toBe(false)
  })

  it('is made from the shipped template, readable by its owner alone, with its commits on the disk', async () => {
    const dir = join(home, 'parent', 'db')
    const db = await openWith(dir)
    expect(db.stats().durable).toBe(true)
    await db.script('create table t (id int)')
    await db.close()
    const open = readdirSync(join(home, 'parent'), { recursive: true, withFileTypes: true })
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => (statSync(path).mode & 0o077) !== 0)
    expect(open).toEqual([])
  })

  it('is not called durable when commits bypass our fsync', async () => {
    const db = await openWith(join(home, 'volatile'), { fsync: false })
    expect(db.stats().durable).toBe(false)
    await db.close()
  })

  it('is made where an empty folder stands', async () => {
    const dir = join(home, 'empty')
    mkdirSync(dir)
    const db = await openWith(dir)
    expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await db.close()
  })

  it('is whole though the template came through an npm package, which holds no empty folders', async () => {
    const packed = join(home, 'packed')
    const folders = (dir: string) =>
      readdirSync(dir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
        .sort()
    cpSync(template, packed, { recursive: true })
    for (const name of folders(packed).reverse()) {
      if (readdirSync(join(packed, name)).length === 0) rmdirSync(join(packed, name))
    }
    expect(folders(packed).length).toBeLessThan(folders(template).length)
    const dir = join(home, 'from-package')
    await createFolder(dir, { templateDir: packed })
    expect(folders(dir)).toEqual(folders(template))
    const db = await openTestFolder(dir)
    expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }])
    await db.close()
  })

  it('is made by a child process when no template was shipped', async () => {
    const dir = join(home, 'made')
    await createFolder(dir, { templateDir: join(home, 'no-such-template') })
    const db = await openTestFolder(dir)
    expect((await db.query(`select current_setting('server_version_num')::int / 10000 as major`)).rows).toEqual([
      { major: 18 },
    ])
    await db.close()
  })

  it.each(['', 'not a number'])(
    'is opened although a power cut left “%s” of the lock file of Postgres',
    async (left) => {
      const dir = join(home, `lock-file-${left.length}`)
      cpSync(template, dir, { recursive: true })
      writeFileSync(join(dir, 'postmaster.pid'), left)
      const db = await openTestFolder(dir)
      expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }])
      await db.close()
    },
  )

  it('loses the half-made copies of an interrupted creation', async () => {
    const parent = join(home, 'interrupted')
    mkdirSync(join(parent, 'db.unfinished-1-1'), { recursive: true })
    writeFileSync(join(parent, 'db.unfinished-1-1', 'PG_VERSION'), '18')
    const db = await openWith(join(parent, 'db'))
    await db.close()
    expect(readdirSync(parent)).toEqual(['db'])
  })
})
