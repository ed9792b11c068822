import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../electron/platform/clock.ts'
import { listAccounts, saveAccount } from '../../electron/store/accounts.ts'
import { readMigrations } from '../../electron/store/migrate.ts'
import { type OpenStore, openStore } from '../../electron/store/open-store.ts'
import { createRawFiles } from '../../electron/store/raw-files.ts'
import { findSnapshot, listSnapshots, putInPlace } from '../../electron/store/snapshots.ts'
import { accountId } from '../../shared/ids.ts'
import { migratedTemplate, silentLog } from '../support/database.ts'

let home: string
let template: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mailtide-snapshots-'))
  template = await migratedTemplate()
})
afterAll(() => rm(home, { recursive: true, force: true }))

const pathsOf = (name: string) => {
  const root = join(home, name)
  return { db: join(root, 'db'), raw: join(root, 'raw'), snapshots: join(root, 'snapshots') }
}
const open = (name: string): Promise<OpenStore> =>
  openStore({
    paths: pathsOf(name),
    rawStore: 'files',
    clock: systemClock,
    log: silentLog,
    assertOwned: () => undefined,
    templateDir: template,
  })
const account = (id: string) => ({
  id: accountId(id),
  email: `${id}@example.org`,
  email_key: id,
  client_id: '',
  paused: false,
  created_at: new Date(0),
})
const usual = { reason: 'asked', keep: 2, reserveBytes: 0 } as const

describe('a snapshot', () => {
  it('holds what was there when it was made, is readable by its owner alone, and only the newest are kept', async () => {
    const store = await open('kept')
    const paths = pathsOf('kept')
    for (const id of ['a', 'b', 'c']) {
      await saveAccount(store.db, account(id))
      await store.snapshots?.take(usual)
    }
    const made = await listSnapshots(paths.snapshots)
    const schema = (await readMigrations()).length
    expect(made.map(({ reason, messages, schema }) => ({ reason, messages, schema }))).toEqual(
      Array.from({ length: 2 }, () => ({ reason: 'asked', messages: 0, schema })),
    )
    expect(readdirSync(paths.snapshots).sort()).toEqual(made.map(({ name }) => name).sort())
    const others = readdirSync(paths.snapshots, { recursive: true, withFileTypes: true })
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => (statSync(path).mode & 0o077) !== 0)
    expect(others).toEqual([])
    await store.close()

    const older = made[1]?.name ?? ''
    const kept = await putInPlace(paths, older, { why: 'before-restore', at: new Date(0) })
    expect(kept).toBe(`${paths.db}.before-restore-19700101T000000000Z`)
    const restored = await open('kept')
    expect((await listAccounts(restored.db)).map(({ id }) => id)).toEqual(['a', 'b'])
    expect(restored.recovery).toBeNull()
    await restored.close()
    // Nothing of the copy was taken away.
    expect((await findSnapshot(paths.snapshots, older)).name).toBe(older)
  })

  it('is not made where there is no room for it, and leaves nothing half made', async () => {
    const store = await open('full')
    const tooMuch = { ...usual, reserveBytes: 1e18 }
    await expect(store.snapshots?.take(tooMuch)).rejects.toMatchObject({ code: 'disk' })
    expect(readdirSync(pathsOf('full').snapshots)).toEqual([])
    mkdirSync(join(pathsOf('full').snapshots, 'snapshot-2020.unfinished'))
    await store.snapshots?.take(usual)
    expect(readdirSync(pathsOf('full').snapshots)).toHaveLength(1)
    await store.close()
  })

  it('is kept although earlier ones are from the future, made by a clock that was wrong', async () => {
    const store = await open('ahead')
    const { snapshots } = pathsOf('ahead')
    for (const year of ['2998', '2999'])
      mkdirSync(join(snapshots, `snapshot-${year}-01-01T00-00-00-000Z`), { recursive: true })
    const made = await store.snapshots?.take(usual)
    expect(readdirSync(snapshots).sort()).toEqual([made?.name, 'snapshot-2999-01-01T00-00-00-000Z'])
    await store.close()
  })

  it('does not count while its note is half written', async () => {
    const { snapshots } = pathsOf('half')
    mkdirSync(join(snapshots, 'snapshot-2020'), { recursive: true })
    writeFileSync(join(snapshots, 'snapshot-2020', 'mailtide-snapshot.json'), '{"made_at": "20')
    expect(await listSnapshots(snapshots)).toEqual([])
    await expect(findSnapshot(snapshots, 'latest')).rejects.toMatchObject({ code: 'not_found' })
    await expect(findSnapshot(snapshots, '../db')).rejects.toMatchObject({ code: 'not_found' })
  })
})

describe('a database that is gone', () => {
  it('is made anew where nothing was ever stored', async () => {
    const store = await open('new')
    expect(store.recovery).toBeNull()
    await store.close()
  })

  it('is never taken for a new one where originals lie', async () => {
    const { raw, db } = pathsOf('originals')
    await createRawFiles(raw).putAccount({ id: accountId('a'), email: 'a@example.org', created_at: '2026-01-01' })
    const store = await open('originals')
    expect(store.recovery).toEqual({ damage: 'was gone', lacks: 'all', snapshot: null, kept: null })
    expect(readFileSync(`${db}.filling`, 'utf8')).toBe('all')
    await store.close()
  })

  it('comes back from the newest snapshot', async () => {
    const first = await open('gone')
    await saveAccount(first.db, account('a'))
    const made = await first.snapshots?.take(usual)
    await first.close()
    rmSync(pathsOf('gone').db, { recursive: true })
    const second = await open('gone')
    expect(second.recovery).toEqual({ damage: 'was gone', lacks: 'newer', snapshot: made, kept: null })
    expect(await listAccounts(second.db)).toHaveLength(1)
    expect(existsSync(`${pathsOf('gone').db}.filling`)).toBe(true)
    await second.close()
  })
})
