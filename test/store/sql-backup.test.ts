import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { systemClock } from '../../electron/platform/clock.ts'
import { readBackup, writeBackup } from '../../electron/store/backup-file.ts'
import type { Db } from '../../electron/store/db.ts'
import { openPostgres } from '../../electron/store/postgres.ts'
import {
  createServerDatabase,
  emptyTemplate,
  migratedTemplate,
  openTestFolder,
  silentLog,
} from '../support/database.ts'
import { postgresMissing, startPostgres } from '../support/postgres-server.ts'

let home: string
let db: Db
const { signal } = new AbortController()
const at = new Date('2026-01-02T03:04:05.006Z')
/** What COPY has to escape, and what looks like its own marks. */
const hostile = [
  '',
  '\\N',
  '\\.',
  'a\tb\nc\rd\\e',
  '\u2028\u0085\u000b',
  "'; drop table x; --",
  '{"a",NULL}',
  '🐚 é',
  '-- End of the backup',
]

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mailtide-backup-'))
  const dir = join(home, 'source')
  cpSync(await migratedTemplate(), dir, { recursive: true })
  db = await openTestFolder(dir)
  for (const [index, text] of hostile.entries()) {
    await db.query(
      `insert into mailtide.message (account_id, id, thread_id, internal_date, from_name, from_address, sender_address,
         reply_to_addresses, to_addresses, cc_addresses, bcc_addresses, people, subject, snippet, body_text, attachment_names, headers,
         in_reply_to, reference_ids, size_bytes, sha256, has_attachments, parser_version, faults, stored_at)
       values ('a', $1, 't', $2, $3, '', '', array[]::text[], array[$3, null, 'x'], array[]::text[], array[]::text[], $3, $3, $3, $3, '',
         to_jsonb($3::text), array[]::text[], array[]::text[], 1, '\\x00ff5c', true, 1, array[]::text[], $2)`,
      [`m${index}`, at, text],
    )
  }
  await db.query(
    `insert into mailtide.checkpoint (account_id, history_id, backfill) values ('a', 18446744073709551616, 'done')`,
  )
  await db.query(
    `insert into mailtide.label (account_id, id, name, type) select 'a', 'L' || n, 'n' || n, 'user' from generate_series(1, 5000) n`,
  )
  await writeBackup(db, join(home, 'mail.sql'), { at, signal })
}, 120_000)
afterAll(async () => {
  await db.close()
  await rm(home, { recursive: true, force: true })
})

/** Everything, as text, for comparing. */
const everything = async (of: Db): Promise<unknown> => ({
  messages: (await of.query('select row_to_json(m) as row from mailtide.message m order by id')).rows,
  digests: (await of.query(`select encode(sha256, 'hex') as sha from mailtide.message order by id`)).rows,
  checkpoint: (await of.query('select row_to_json(c) as row from mailtide.checkpoint c')).rows,
  labels: (await of.query('select count(*) as n, min(name) as least from mailtide.label')).rows,
  migrations: (await of.query('select number, sha256 from mailtide.migration order by number')).rows,
})

const restore = async (file: string, name: string) =>
  readBackup(
    file,
    {
      paths: { db: join(home, name) },
      clock: systemClock,
      log: silentLog,
      open: { assertOwned: () => undefined, templateDir: await emptyTemplate() },
    },
    signal,
  )

describe('a backup in SQL', () => {
  it('is readable by its owner alone, and overwrites nothing', async () => {
    const file = join(home, 'mail.sql')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(existsSync(`${file}.unfinished`)).toBe(false)
    await expect(writeBackup(db, file, { at, signal })).rejects.toMatchObject({ code: 'conflict' })
    await expect(writeBackup(db, join(home, 'none/mail.sql'), { at, signal })).rejects.toMatchObject({ code: 'store' })
  })

  it('makes an equal embedded database', async () => {
    expect(await restore(join(home, 'mail.sql'), 'restored')).toMatchObject({ kept: null })
    const restored = await openTestFolder(join(home, 'restored'))
    expect(await everything(restored)).toEqual(await everything(db))
    const { rows } = await restored.query(`select count(*) as n from mailtide.message where fts @@ 'drop'`)
    expect(rows).toEqual([{ n: 1 }])
    await restored.close()
  })

  it('that was cut short, damaged or is no backup is refused in words, with the database as it was', async () => {
    const text = readFileSync(join(home, 'mail.sql'), 'utf8')
    const cases: [string, string, string][] = [
      ['short.sql', text.slice(0, -40), 'not whole'],
      ['lost.sql', text.replace('L4711\tn4711', 'L4711'), 'damaged in the rows of label'],
      ['other.sql', 'select 1;\n', 'not a backup'],
      ['newer.sql', text.replace(/schema \d+/, 'schema 999'), 'newer Mailtide'],
      ['table.sql', text.replace('copy mailtide.label (', 'copy mailtide.nothing ('), 'not a backup'],
    ]
    for (const [name, content, words] of cases) {
      writeFileSync(join(home, name), content)
      await expect(restore(join(home, name), 'refused'), name).rejects.toThrow(words)
      expect(existsSync(join(home, 'refused')), name).toBe(false)
    }
    await expect(restore(join(home, 'nowhere.sql'), 'refused')).rejects.toMatchObject({ code: 'bad_input' })
  }, 120_000)
})

const missing = postgresMissing()

describe.skipIf(missing !== null)('a backup in SQL and a real PostgreSQL', () => {
  it('is loaded by psql, and is equal', async () => {
    const server = await startPostgres()
    const { own } = await createServerDatabase(server.url)
    execFileSync(
      'psql',
      ['--quiet', '--set=ON_ERROR_STOP=1', '--single-transaction', `--file=${join(home, 'mail.sql')}`, own],
      {
        env: { ...process.env, PSQLRC: '/dev/null' },
      },
    )
    const loaded = await openPostgres({ url: own, log: silentLog })
    expect(await everything(loaded)).toEqual(await everything(db))
    await writeBackup(loaded, join(home, 'again.sql'), { at, signal })
    expect(readFileSync(join(home, 'again.sql'), 'utf8')).toBe(readFileSync(join(home, 'mail.sql'), 'utf8'))
    await loaded.close()
    await server.stop()
  }, 120_000)
})
