import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { startHost } from '../cli/running-service.ts'
import { blocksOf } from '../docs/markdown.ts'
import { freePort } from '../docs/world.ts'
import { tempFolder } from '../platform/temp-home.ts'

const docs = resolve(import.meta.dirname, '../../docs')
const hasPrometheus = spawnSync('prometheus', ['--version']).error === undefined

interface Target {
  readonly health: string
  readonly lastError: string
  readonly scrapePool: string
}

it('a real Prometheus scrapes it with the configurations of the documentation, with and without the token, and its rules load', async ({
  skip,
}) => {
  if (!hasPrometheus) skip('skipped: Prometheus is not installed (Debian: apt-get install prometheus)')
  const open = await startHost()
  const closed = await startHost({ requireToken: true })
  const folder = await tempFolder()
  await copyFile(join(docs, 'prometheus-alerts.yml'), join(folder, 'mailtide-alerts.yml'))
  await copyFile(closed.paths.apiToken, join(folder, 'mailtide-token'))
  const [plain = '', withToken = ''] = blocksOf(await readFile(join(docs, 'monitoring.md'), 'utf8'))
    .map(({ text }) => text)
    .filter((text) => text.includes('targets: ["127.0.0.1:8000"]'))
  const [rules = '', jobs = ''] = plain.split('scrape_configs:\n')
  const job = (text: string, name: string, port: number): string =>
    text.replace('job_name: mailtide', `job_name: ${name}`).replace(':8000', `:${port}`)
  const scrapes = [
    job(jobs, 'mailtide', open.port),
    job(withToken.split('scrape_configs:\n')[1] ?? '', 'with-token', closed.port),
    job(jobs, 'without-token', closed.port),
  ].map((text) => text.replace(/ +scrape_interval: 30s\n/, ''))
  const config = `global:\n  scrape_interval: 1s\n  evaluation_interval: 1s\n${rules}scrape_configs:\n${scrapes.join('\n')}`
  await writeFile(join(folder, 'prometheus.yml'), config)
  const port = await freePort()
  const address = `127.0.0.1:${port}`
  const child: ChildProcess = spawn(
    'prometheus',
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
    ],
    { stdio: 'ignore' },
  )
  const ended = new Promise((done) => child.once('exit', done))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  /** Asks Prometheus until its answer satisfies; it starts, and scrapes, in its own time. */
  const ask = async <T>(path: string, satisfies: (data: T) => boolean): Promise<T> => {
    for (;;) {
      const answer = await fetch(`http://${address}/api/v1/${path}`).catch(() => null)
      const body = answer === null ? null : ((await answer.json().catch(() => null)) as { data: T } | null)
      if (body !== null && satisfies(body.data)) return body.data
      await delay(100)
    }
  }
  const { activeTargets } = await ask<{ activeTargets: Target[] }>(
    'targets',
    ({ activeTargets: all }) => all.length === 3 && all.every(({ health }) => health !== 'unknown'),
  )
  const seen = Object.fromEntries(activeTargets.map((target) => [target.scrapePool, target]))
  expect(seen['mailtide']).toMatchObject({ health: 'up', lastError: '' })
  expect(seen['with-token']).toMatchObject({ health: 'up', lastError: '' })
  expect(seen['without-token']).toMatchObject({ health: 'down', lastError: expect.stringContaining('401') })
  const { result } = await ask<{ result: { metric: Record<string, string>; value: [number, string] }[] }>(
    'query?query=mailtide_account_messages_stored',
    (data) => data.result.length === 2,
  )
  expect(result[0]).toMatchObject({ metric: { account: 'ada@example.com' }, value: [expect.any(Number), '1000'] })
  type Loaded = { groups: { rules: { health: string; lastError?: string }[] }[] }
  const { groups } = await ask<Loaded>(
    'rules',
    (data) => data.groups[0]?.rules.every(({ health }) => health !== 'unknown') ?? false,
  )
  expect(groups[0]?.rules.length).toBeGreaterThan(10)
  expect(groups[0]?.rules.filter(({ health }) => health !== 'ok')).toEqual([])
})
