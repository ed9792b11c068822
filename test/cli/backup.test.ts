import { beforeEach, expect, it } from 'vitest'
import type { OfflineCommands } from '../../electron/cli/offline.ts'
import type { SnapshotInfo } from '../../shared/snapshots.ts'
import { tempFolder } from '../platform/temp-home.ts'
import { nobodyOffline, mailtide as runMailtide } from './mailtide.ts'

const copy: SnapshotInfo = {
  name: 'snapshot-2026-01-01T00-00-00-000Z',
  made_at: '2026-01-01T00:00:00.000Z',
  verified_at: '2026-01-01T00:00:02.000Z',
  reason: 'asked',
  schema: 4,
  messages: 1_200,
  bytes: 40_100_000,
}
const kept = '/home/ada/mailtide/db.before-restore-20260101T000100000Z'

let calls: unknown[]
let home: string
beforeEach(async () => {
  calls = []
  home = await tempFolder()
})

const offline: OfflineCommands = {
  ...nobodyOffline,
  snapshots: async () => [copy],
  takeSnapshot: async () => copy,
  writeBackup: async ({ file }) => {
    calls.push(['write', file])
    return { rows: 9_000, messages: 1_200 }
  },
  readBackup: async ({ file }) => {
    calls.push(['read', file])
    return { snapshot: null, kept: null, messages: 0 }
  },
  restore: async ({ snapshot }) => {
    calls.push(['restore', snapshot])
    return { snapshot: copy, kept, messages: 3 }
  },
}
const mailtide = (line: string, changes: Partial<OfflineCommands> = {}) =>
  runMailtide(home, line, { offline: { ...offline, ...changes } })

it('backup makes a snapshot, and writes SQL into a file', async () => {
  expect((await mailtide('backup')).out).toBe(
    'Created the snapshot snapshot-2026-01-01T00-00-00-000Z with 1,200 messages\n',
  )
  expect((await mailtide('backup mail.sql')).out).toBe(
    'Wrote mail.sql with 1,200 messages. The originals are separate files: keep the folder raw as well\n',
  )
  expect(JSON.parse((await mailtide('backup --json')).out)).toEqual(copy)
  expect(calls).toEqual([['write', 'mail.sql']])
})

it('restore lists the snapshots, and says how to make one where there is none', async () => {
  expect((await mailtide('restore')).out).toBe('snapshot-2026-01-01T00-00-00-000Z  1,200 messages, 41 MB, manual\n')
  expect((await mailtide('restore', { snapshots: async () => [] })).out).toBe(
    'There are no snapshots. Create one with: mailtide backup\n',
  )
  expect(JSON.parse((await mailtide('restore --json')).out)).toEqual([copy])
})

it('restore puts a snapshot in place, by its name or as the latest, and says where the old database is', async () => {
  expect((await mailtide('restore latest')).out).toBe(
    'Restored snapshot-2026-01-01T00-00-00-000Z with 1,200 messages, and 3 newer messages from the originals. The next sync brings it up to date\n' +
      `The previous database is kept as ${kept}. Delete it once you no longer need it\n`,
  )
  expect((await mailtide(`restore ${copy.name}`)).code).toBe(0)
  expect(JSON.parse((await mailtide('restore latest --json')).out)).toEqual({ snapshot: copy, kept, messages: 3 })
  expect(calls).toEqual([
    ['restore', 'latest'],
    ['restore', copy.name],
    ['restore', 'latest'],
  ])
})

it('restore takes anything else for a file that backup wrote', async () => {
  expect((await mailtide('restore mail.sql')).out).toBe('Restored mail.sql. The next sync brings it up to date\n')
  for (const file of ['./snapshot-of-mine', 'snapshot-1.sql', '/a/latest']) await mailtide(`restore ${file}`)
  expect(calls).toEqual([
    ['read', 'mail.sql'],
    ['read', './snapshot-of-mine'],
    ['read', 'snapshot-1.sql'],
    ['read', '/a/latest'],
  ])
})
