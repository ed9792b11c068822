import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createHandlers } from '../../electron/api/handlers.ts'
import { createLinkCodes } from '../../electron/api/link-codes.ts'
import { type Host, openHost, serviceOn } from '../../electron/open-host.ts'
import { dataPaths } from '../../electron/platform/data-folder.ts'
import { plainBox } from '../../electron/platform/secret-boxes.ts'
import { createProver } from '../../electron/platform/token-proof.ts'
import type { ServiceControl } from '../../electron/service/service.ts'
import type { Handlers } from '../../shared/contract.ts'
import { operations } from '../../shared/contract.ts'
import { Snapshot } from '../../shared/status.ts'
import { migratedTemplate } from '../support/database.ts'

const home = mkdtempSync(join(tmpdir(), 'mailtide-host-'))
const paths = dataPaths(join(home, 'data'))
let host: Host
const at: { port: number | null; trouble: { message: string; remedy: string } | null } = { port: null, trouble: null }
let service: ServiceControl
let handlers: Handlers

beforeAll(async () => {
  host = await openHost({
    kind: 'test',
    env: { MAILTIDE_HOME: paths.home, MAILTIDE_BATCH_SIZE: '50' },
    flags: { parallelAccounts: '2' },
    openBox: async () => plainBox,
    console: null,
  })
  if (!existsSync(paths.db)) cpSync(await migratedTemplate(), paths.db, { recursive: true })
  service = await serviceOn(host, at)
  handlers = createHandlers({
    service,
    logs: host.logging,
    settings: () => ({ values: host.settings.values(), sources: host.settings.sources() }),
    token: { present: () => 'present', renew: async () => 'new', prove: createProver(() => 'present').prove },
    links: createLinkCodes(host.clock, () => undefined),
  })
})
afterAll(async () => {
  await service.close()
  await host.close()
  rmSync(home, { recursive: true, force: true })
})

it('a changed setting is answered with its source and when it is obeyed, and is in the file', async () => {
  const answer = operations.settingsChange.output.parse(
    await handlers.settingsChange({ interval_minutes: 15, audit_days: 3, api_port: 9000 }),
  )
  expect(answer.settings).toMatchObject({ interval_minutes: 15, audit_days: 3, api_port: 9000, batch_size: 50 })
  expect(answer.sources).toMatchObject({
    interval_minutes: 'file',
    batch_size: 'environment',
    parallel_accounts: 'flag',
  })
  expect(answer.takes_effect).toEqual({ interval_minutes: 'at once', audit_days: 'next cycle', api_port: 'restart' })
  expect(JSON.parse(readFileSync(paths.settings, 'utf8'))).toEqual({ intervalMinutes: 15, auditDays: 3, apiPort: 9000 })
  expect(await handlers.settings({})).toEqual({ settings: answer.settings, sources: answer.sources })
  expect(service.snapshot().interval_minutes).toBe(15)
})

it.each([
  [{ batch_size: 10, audit_days: 9 }, 'conflict', 'MAILTIDE_BATCH_SIZE'],
  [{ parallel_accounts: 1 }, 'conflict', '--parallel-accounts'],
  [{ raw_store: 'postgres' }, 'bad_settings', 'DATABASE_URL'],
  [{ pacing: 'off' }, 'bad_settings', 'Pacing'],
] as const)('the change %o is refused with the reason, and nothing is changed', async (patch, code, words) => {
  const before = host.settings.values()
  const file = readFileSync(paths.settings, 'utf8')
  const refused = await handlers.settingsChange(patch).catch((error: unknown) => error)
  expect(refused).toMatchObject({ code })
  expect(String(refused)).toContain(words)
  expect(host.settings.values()).toBe(before)
  expect(readFileSync(paths.settings, 'utf8')).toBe(file)
})

it('a changed log level holds for the next line', async () => {
  const log = host.logging.log.named('test')
  const shown = (): number => host.logging.tail(100, 'debug').filter(({ name }) => name === 'test').length
  log.debug('Not shown')
  expect(shown()).toBe(0)
  await handlers.settingsChange({ log_level: 'debug' })
  log.debug('Shown')
  expect(shown()).toBe(1)
  await handlers.settingsChange({ log_level: 'info' })
})

it('a changed log format and rotation hold for the next line, in the file too', async () => {
  const log = host.logging.log.named('test')
  await handlers.settingsChange({ log_format: 'json', log_max_bytes: 10_000, log_files: 2 })
  for (let n = 0; n < 300; n++) log.info(`line ${n}`, { n })
  const lines = readFileSync(paths.logFile, 'utf8').trim().split('\n')
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ logger: 'test', message: 'line 299', n: 299 })
  expect(readdirSync(paths.logs).sort()).toEqual(['background_sync.log', 'background_sync.log.1'])
  await handlers.settingsChange({ log_format: 'text', log_max_bytes: 10_000_000, log_files: 5 })
  log.info('text again')
  expect(readFileSync(paths.logFile, 'utf8')).toMatch(/ - test - INFO - text again\n$/)
})

it('storage is what lies in the folder', async () => {
  cpSync(paths.settings, join(paths.raw, 'ada', 'ab', 'x.eml.gz'), { recursive: true })
  cpSync(paths.settings, join(paths.snapshots, 'copy', 'x'), { recursive: true })
  const { size } = statSync(paths.settings)
  // On a busy machine the first measuring may come too late for the answer, which then has the figure from before.
  await vi.waitFor(async () => expect((await handlers.storage({})).raw_bytes).toBe(size), { timeout: 30_000 })
  const storage = operations.storage.output.parse(await handlers.storage({}))
  const logs = readdirSync(paths.logs).reduce((sum, name) => sum + statSync(join(paths.logs, name)).size, 0)
  expect(storage).toMatchObject({
    kind: 'pglite',
    data_folder: paths.home,
    raw_bytes: size,
    snapshots_bytes: size,
    logs_bytes: logs,
    wal_bytes: expect.any(Number),
    kept_bytes: 0,
    min_free_bytes: 2_000_000_000,
    max_folder_bytes: 0,
    durable: true,
    restarts: 0,
  })
  // Nothing but what is promised, here and in the status.
  expect(Object.keys(await handlers.storage({})).sort()).toEqual(Object.keys(storage).sort())
  const { store } = service.snapshot()
  expect(Object.keys(store).sort()).toEqual(Object.keys(Snapshot.shape.store.shape).sort())
  expect(storage.database_bytes).toBeGreaterThan(10_000_000)
  expect(storage.free_bytes).toBeGreaterThan(0)
  expect(service.snapshot().store.raw_bytes).toBe(size)
})

it('failures, charts and health answer on an empty store, and what is not there is not found', async () => {
  expect(await handlers.failures({ limit: 10 })).toEqual({ failures: [], total: 0 })
  expect(await handlers.failuresRetry({})).toEqual({ message: 'There is no failed download to try again', count: 0 })
  expect((await handlers.metricsSeries({ span: 'day' })).points).toHaveLength(96)
  expect((await handlers.health({})).uptime_seconds).toBeGreaterThan(0)
  await expect(handlers.accountsChange({ id: 'nobody', paused: true })).rejects.toMatchObject({ code: 'not_found' })
})

it('shows the port of its API from when it has one, and says why it has none', () => {
  const seen: Snapshot[] = []
  const unsubscribe = service.subscribe((snapshot) => seen.push(snapshot))
  at.trouble = { message: 'Port 8000 is in use', remedy: 'Choose another port' }
  service.hostChanged()
  at.port = 8001
  at.trouble = null
  service.hostChanged()
  unsubscribe()
  const [before, without, having] = seen
  expect([before?.host.port, without?.host.port, having?.host.port]).toEqual([null, null, 8001])
  expect(without?.alerts).toMatchObject([{ key: 'api', message: 'Port 8000 is in use', remedy: 'Choose another port' }])
  expect([before?.alerts, having?.alerts]).toEqual([[], []])
})
