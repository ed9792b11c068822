import { spawnSync } from 'node:child_process'
import { request } from 'node:http'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Snapshot } from '../../shared/status.ts'
import { createWorld, type World } from '../docs/world.ts'

/** What the customer types, as written in his own words; only the port is another one where 8000 is taken. */
const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
const missing = ['bash', 'curl', 'jq'].filter((program) => !has(program))
const CANNOT = `skipped: ${missing.join(', ')} is not installed`

const isFree = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const server = createServer()
    server.once('error', () => done(false))
    server.listen(port, '127.0.0.1', () => server.close(() => done(true)))
  })

/** A page of our own asks, with the headers that a browser adds. */
function fetchInPage(port: number, path: string): Promise<{ sync_status: Snapshot }> {
  return new Promise((done, fail) => {
    const headers = {
      Host: `localhost:${port}`,
      'Sec-Fetch-Site': 'same-origin',
      'Sec-Fetch-Mode': 'cors',
      'Sec-Fetch-Dest': 'empty',
      Referer: `http://localhost:${port}/`,
    }
    request({ host: '127.0.0.1', port, path, headers }, (response) => {
      let body = ''
      response.setEncoding('utf8').on('data', (text: string) => {
        body += text
      })
      response.once('end', () => done(JSON.parse(body) as { sync_status: Snapshot }))
    })
      .once('error', fail)
      .end()
  })
}

describe('the customer’s own session', () => {
  let world: World | undefined
  beforeAll(async () => {
    if (missing.length === 0) world = await createWorld((await isFree(8000)) ? 8000 : undefined)
  })
  afterAll(async () => {
    await world?.remove()
  })

  /** Runs a line; what it prints must match, in order. */
  async function types(
    line: string,
    prints: readonly (string | RegExp)[],
    output: readonly string[] = [],
  ): Promise<void> {
    const outcome = await (world as World).run({ command: line, output })
    const text = outcome.lines.join('\n')
    for (const part of prints) {
      if (typeof part === 'string') expect(text).toContain(part)
      else expect(text).toMatch(part)
    }
    expect(outcome.exitCode, `${line}\n${text}`).toBe(0)
  }

  it('passes as written', { timeout: 180_000 }, async ({ skip }) => {
    if (world === undefined) return skip(CANNOT)
    await types('mailtide help', ['start', 'stop', 'restart', 'status', 'logs', 'logs-follow', 'help'])
    await types('mailtide start', ['Mailtide is running (pid ', 'port 8000)'])
    await types('mailtide accounts import-token token.json', ['ada@example.com'])
    await types('mailtide status', ['is running', 'ada@example.com', 'Last log lines:'])
    await types('mailtide logs', ['sync.engine - INFO - Starting sync cycle...', 'Syncing user: ada@example.com'])
    await types(
      'mailtide logs-follow',
      [/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d - sync\.engine - INFO - /m, 'Sync cycle completed in '],
      ['Sync cycle completed in ', '^C'],
    )
    await types('curl -s "http://localhost:8000/health"', ['{"status":"ok","version":"'])
    await types('curl -s "http://localhost:8000/api/v1/test/background-sync/status" | jq .', [
      '"sync_status": {',
      '"running": true',
      '"email": "ada@example.com"',
    ])
    const { sync_status } = await fetchInPage(world.port, '/api/v1/test/background-sync/status')
    expect(sync_status).toMatchObject({ running: true, accounts: [{ email: 'ada@example.com' }] })
    await types('curl -X POST "http://localhost:8000/api/v1/test/background-sync/start?interval_minutes=5"', [
      'Service is already running',
    ])
    await types('curl -X POST "http://localhost:8000/api/v1/test/background-sync/stop"', ['Service stopped'])
    expect((await fetchInPage(world.port, '/api/v1/test/background-sync/status')).sync_status.running).toBe(false)
    await types('curl -X POST "http://localhost:8000/api/v1/test/background-sync/start?interval_minutes=5"', [
      'Service started',
    ])
    await types('mailtide restart', ['Mailtide is running (pid '])
    await types('mailtide stop', ['has stopped'])
    const { exitCode } = await world.run({ command: 'mailtide status', output: [] })
    expect(exitCode).toBe(3)
    expect(await isFree(world.port)).toBe(true)
  })
})
