import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { dataPaths } from '../../electron/platform/data-folder.ts'
import { type Harness, NO_DIFFERENCES, startHarness } from '../support/harness.ts'

let harness: Harness
const done: string[] = []
beforeAll(async () => {
  harness = await startHarness({
    messages: 20,
    settings: { resyncAfterMinutes: 0 },
    onDoing: (doing) => done.push(doing),
  })
  await harness.sync()
})
afterAll(() => harness.close())
// Each makes, copies and opens several databases.
vi.setConfig({ testTimeout: 120_000 })

const paths = () => dataPaths(join(harness.home, 'data'))
const aside = () => readdirSync(paths().home).filter((name) => name.startsWith('db.damaged-'))
const alert = () =>
  harness
    .built()
    .service.snapshot()
    .alerts.find(({ key }) => key === 'recovered')

/** Closes the service, does something to its folder, and starts it again. */
async function afterHarm(harm: () => void): Promise<void> {
  await harness.built().service.close()
  harm()
  await harness.restart()
}

/** In the table of tables. */
function flipABit(): void {
  const base = join(paths().db, 'base')
  const [database = ''] = readdirSync(base).sort((a, b) => Number(b) - Number(a))
  const path = join(base, database, '1259')
  const bytes = readFileSync(path)
  bytes.writeUInt8(bytes.readUInt8(5000) ^ 1, 5000)
  writeFileSync(path, bytes)
}

describe('a damaged database', () => {
  it('without a snapshot is made anew from the originals, by itself, and people are told', async () => {
    await afterHarm(flipABit)
    expect(aside()).toHaveLength(1)
    expect(alert()).toMatchObject({
      kind: 'store',
      message: expect.stringMatching(/damaged on the disk.*recreated from the originals \(20 messages\)/),
      remedy: expect.stringContaining('db.damaged-'),
    })
    // Told while it was done, to whoever asked the API or looked at the tray.
    expect(done.splice(0).at(-1)).toBe('reading the originals into the database, 20 originals so far')
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('is restored from the newest snapshot, with what came after it', async () => {
    const { snapshots } = harness.built().store
    const made = await snapshots?.take({ reason: 'asked', keep: 2, reserveBytes: 0 })
    expect(made).toMatchObject({ messages: 20, reason: 'asked' })
    const added = ['a', 'b', 'c', 'd', 'e'].map((subject) =>
      harness.mailbox.add({ raw: Buffer.from(`Subject: ${subject}\r\n\r\n${subject}`), labelIds: ['INBOX'] }),
    )
    await harness.sync()
    await afterHarm(() => rmSync(join(paths().db, 'PG_VERSION')))
    expect(aside()).toHaveLength(2)
    expect(done.splice(0)[0]).toMatch(/^restoring the database from the snapshot of \d{4}-\d\d-\d\d \d\d:\d\d UTC$/)
    expect(alert()?.message).toMatch(/lost its version mark.*restored from the snapshot of .* with 5 newer messages/)
    harness.mailbox.remove(added[0]?.id ?? '')
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('is recovered also when the newest snapshot is damaged too', async () => {
    const { snapshots } = harness.built().store
    await snapshots?.take({ reason: 'asked', keep: 2, reserveBytes: 0 })
    const [newest, older] = (await snapshots?.list()) ?? []
    await afterHarm(() => {
      rmSync(join(paths().db, 'global/pg_control'))
      writeFileSync(join(paths().snapshots, newest?.name ?? '', 'global/pg_control'), 'x')
    })
    expect(harness.built().store.recovery).toMatchObject({ snapshot: { name: older?.name } })
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
  })

  it('that was recovered is well at the next start, and nobody is told again', async () => {
    await harness.restart()
    expect(harness.built().store.recovery).toBeNull()
    expect(alert()).toBeUndefined()
  })
})

describe('a recovery that was cut short', () => {
  it('is gone on with at the next start', async () => {
    await afterHarm(() => {
      // An empty database takes its place, as after a crash in the midst of it.
      rmSync(paths().db, { recursive: true })
      writeFileSync(`${paths().db}.filling`, 'all')
    })
    expect(harness.built().store.recovery).toMatchObject({ lacks: 'all', snapshot: null })
    await harness.sync()
    expect(await harness.differences()).toEqual(NO_DIFFERENCES)
    expect(readdirSync(paths().home)).not.toContain('db.filling')
  })
})
