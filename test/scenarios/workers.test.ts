import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type PostgresServer, postgresMissing, startPostgres } from '../support/postgres-server.ts'
import { runWorkers } from '../support/workers.ts'

const missing = postgresMissing()

/** The long count is `npm run soak -- --workers 10`. */
describe.skipIf(missing !== null)(
  `three workers on one PostgreSQL${missing === null ? '' : ` (${missing})`}`,
  { timeout: 180_000 },
  () => {
    let server: PostgresServer
    beforeAll(async () => {
      server = await startPostgres()
    })
    afterAll(() => server.stop())

    it('share accounts, one of them being killed, as one alone would sync them: nothing twice, nothing lost', async () => {
      const { kills, freezes, longestTakeoverMs, ...result } = await runWorkers({
        serverUrl: server.url,
        seed: 4,
        accounts: 6,
        mails: 40,
        seconds: 30,
        ends: 1,
      })
      expect(kills + freezes).toBe(1)
      expect(longestTakeoverMs ?? 0).toBeLessThan(60_000)
      expect(result).toEqual({ doubled: 0, lost: 0, crashed: 0, hung: 0, faults: [] })
    })
  },
)
