import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomChange } from '../../electron/demo/live-changes.ts'
import { createRandom } from '../../electron/demo/random.ts'
import type { AccountAudit } from '../../shared/audit.ts'
import { allFindings } from '../../shared/audit-words.ts'
import { messageId } from '../../shared/ids.ts'
import { NO_DIFFERENCES, startHarness } from '../support/harness.ts'
import { createMeddler } from '../support/meddler.ts'
import { copyOf, labelledMessages, planted } from '../support/planted-differences.ts'
import { type PostgresServer, postgresMissing, startPostgres } from '../support/postgres-server.ts'
import { scaledClock } from '../support/scaled-clock.ts'

const missing = postgresMissing()

describe.skipIf(missing !== null)(
  `the same syncs on a PostgreSQL server${missing === null ? '' : ` (${missing})`}`,
  () => {
    let server: PostgresServer
    let count = 0
    beforeAll(async () => {
      server = await startPostgres()
    })
    afterAll(() => server.stop())

    async function freshDatabase(): Promise<string> {
      const name = `mail${++count}`
      const client = new pg.Client({ connectionString: server.url })
      await client.connect()
      await client.query(`create database ${name} encoding 'UTF8' template template0`)
      await client.end()
      return server.url.replace('/postgres?', `/${name}?`).replace(/\/postgres$/, `/${name}`)
    }

    it('wait where a server has the messages of a backup, but not their originals, which are still files', async () => {
      const databaseUrl = await freshDatabase()
      const settings = { rawStore: 'postgres', intervalMinutes: 1440, auditDays: 0 } as const
      const harness = await startHarness({ messages: 4, databaseUrl, settings, clock: scaledClock(60) })
      try {
        await harness.sync()
        await harness.built().store.db.query('delete from mailtide.raw')
        await harness.restart()
        harness.simulator.resetStats()
        const waiting = harness.until(({ accounts: [account] }) => account?.state === 'waiting')
        await harness.built().service.start()
        await harness.built().service.syncNow()
        expect((await waiting).accounts).toMatchObject([{ reason: 'originals' }])
        const { alerts } = await harness.until((snapshot) => snapshot.alerts.some(({ kind }) => kind === 'originals'))
        expect(alerts).toContainEqual(
          expect.objectContaining({ kind: 'originals', remedy: expect.stringContaining('rawStore files') }),
        )
        expect(harness.simulator.stats().byMethod['messages.get'] ?? 0).toBe(0)
        await harness.built().service.verify({ repair: true, local: false, new_originals: true })
        await harness.built().service.verified()
        await harness.sync()
        expect(await harness.differences()).toEqual(NO_DIFFERENCES)
      } finally {
        await harness.close()
      }
    })

    it('find and put right what differs, originals in the database too', async () => {
      const harness = await startHarness({
        messages: 60,
        databaseUrl: await freshDatabase(),
        settings: { rawStore: 'postgres', intervalMinutes: 1440, auditDays: 0 },
        clock: scaledClock(60),
      })
      try {
        await harness.sync()
        const { service } = harness.built()
        const messages = labelledMessages(harness)
        for (const [n, { plant }] of planted.entries()) await plant(copyOf(harness), messages[n] ?? messageId('none'))
        const verify = async (repair: boolean): Promise<AccountAudit | undefined> => {
          await service.verify({ repair, local: false })
          await service.verified()
          return service.verification()?.accounts[0]
        }
        const looked = await verify(false)
        if (looked === undefined) throw new Error('Nothing was verified')
        const kinds = new Set(allFindings(looked).map(({ kind }) => kind))
        expect(planted.filter(({ kind }) => !kinds.has(kind))).toEqual([])
        expect((await verify(true))?.verdict).toBe('complete')
        expect(await harness.differences()).toEqual(NO_DIFFERENCES)
      } finally {
        await harness.close()
      }
    })

    it.each(['files', 'postgres'] as const)('leave store and mailbox equal, originals in %s', async (rawStore) => {
      const harness = await startHarness({
        messages: 80,
        databaseUrl: await freshDatabase(),
        settings: { rawStore, batchSize: 30, intervalMinutes: 1440 },
        clock: scaledClock(60),
      })
      try {
        await harness.sync()
        expect(await harness.differences()).toEqual(NO_DIFFERENCES)
        expect(harness.simulator.stats().byMethod['messages.get']).toBe(80)
        const random = createRandom('postgres')
        for (let round = 0; round < 3; round++) {
          for (let change = 0; change < 30; change++) randomChange(harness.mailbox, random)
          await harness.sync()
        }
        expect(await harness.differences()).toEqual(NO_DIFFERENCES)
        harness.mailbox.add({ raw: Buffer.from('Subject: while away\r\n\r\nHere\r\n') })
        harness.mailbox.expireHistory()
        await harness.restart()
        await harness.sync()
        expect(await harness.differences()).toEqual(NO_DIFFERENCES)
      } finally {
        await harness.close()
      }
    })

    it('make one account of an address that two workers add at once', async () => {
      const databaseUrl = await freshDatabase()
      const started = await Promise.allSettled([1, 2].map(() => startHarness({ messages: 1, databaseUrl })))
      const workers = started.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
      try {
        expect(started.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled'])
        const ids = workers.map((worker) => worker.account().id)
        expect(new Set(ids).size).toBe(1)
        // Each can sync it: both have its credential.
        for (const { home } of workers) {
          expect(await readdir(join(home, 'data', 'credentials'))).toEqual([`${ids[0]}.json`])
        }
      } finally {
        await Promise.all(workers.map((worker) => worker.close()))
      }
    })

    it('go on where they were when the server is killed in the middle', async () => {
      const meddler = createMeddler()
      const harness = await startHarness({
        messages: 80,
        wrapUrl: meddler.wrapUrl,
        databaseUrl: await freshDatabase(),
        settings: { rawStore: 'postgres', intervalMinutes: 1440 },
        clock: scaledClock(20),
      })
      try {
        const release = meddler.holdAfter(30)
        await harness.built().service.start()
        await harness.until(({ accounts }) => (accounts[0]?.messages_stored ?? 0) >= 30)
        release()
        await server.restart()
        await harness.until(({ accounts, state }) => state === 'idle' && accounts[0]?.state === 'up_to_date')
        await harness.sync()
        expect(await harness.differences()).toEqual(NO_DIFFERENCES)
      } finally {
        await harness.close()
        meddler.close()
      }
    })
  },
)
