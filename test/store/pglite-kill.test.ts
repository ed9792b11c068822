import { spawn } from 'node:child_process'
import { cpSync, existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { emptyTemplate, openTestFolder } from '../support/database.ts'
import { seededRandom } from '../support/fake-clock.ts'

let home: string
let template: string
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'mailtide-kill-'))
  template = await emptyTemplate()
})
afterAll(() => rm(home, { recursive: true, force: true }))

const writer = fileURLToPath(new URL('../support/pglite-writer.ts', import.meta.url))

/** Runs the writer until `until` says so of its last line, then kills it. Gives its lines. */
async function runAndKill(
  dir: string,
  first: number,
  until: (line: string) => boolean,
  delayMs = 0,
): Promise<string[]> {
  const child = spawn(process.execPath, [writer, dir, template, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = new Promise((resolve) => child.once('close', resolve))
  const lines: string[] = []
  let rest = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const [tail = '', ...whole] = `${rest}${text}`.split('\n').toReversed()
    rest = tail
    lines.push(...whole.toReversed())
    if (until(lines.at(-1) ?? '')) setTimeout(() => child.kill('SIGKILL'), delayMs)
  })
  await exited
  return lines
}

const random = seededRandom(7)
const kills = 2

describe('kill -9', () => {
  it(`in the middle of transactions loses nothing that was acknowledged, and leaves no half batch (${kills} kills)`, async () => {
    const dir = join(home, 'db')
    cpSync(template, dir, { recursive: true })
    let next = 0
    for (let kill = 0; kill < kills; kill++) {
      const enough = next + 5 + Math.floor(random() * 60)
      const lines = await runAndKill(dir, next, (line) => Number(line) >= enough, random() * 20)
      const acknowledged = Math.max(...lines.map(Number).filter(Number.isInteger))
      const db = await openTestFolder(dir)
      const { rows } = await db.query<{
        last: number
        half: number
        unnamed: number
        indexed: number
        counted: number
        rows: number
      }>(
        `select max(id) as last, count(*) as rows,
                (select count(*) from (select id from batch group by id having count(*) <> 20) s) as half,
                (select count(*) from batch where part = 1 and text <> 'batch ' || id) as unnamed,
                (select count(*) from batch where fts @@ 'all') as indexed,
                (select value from counter where name = 'rows') as counted from batch`,
      )
      const [found] = rows
      if (found === undefined) throw new Error('no answer')
      expect(found.last).toBeGreaterThanOrEqual(acknowledged)
      expect(found).toMatchObject({
        half: 0,
        unnamed: 0,
        rows: (found.last + 1) * 20,
        indexed: found.rows,
        counted: found.rows,
      })
      next = found.last + 1
      await db.close()
    }
  }, 60_000)

  it('during the first creation leaves a folder that is absent or whole, never half', async () => {
    for (const delayMs of [0, 40]) {
      const dir = join(home, `first-${delayMs}`, 'db')
      await runAndKill(dir, 0, (line) => line === 'opening', delayMs)
      if (existsSync(dir)) expect(existsSync(join(dir, 'PG_VERSION'))).toBe(true)
      const db = await openTestFolder(dir)
      expect((await db.query('select 1 as one')).rows).toEqual([{ one: 1 }])
      await db.close()
      expect(readdirSync(join(dir, '..')).filter((name) => name.includes('unfinished'))).toEqual([])
    }
  }, 60_000)
})
