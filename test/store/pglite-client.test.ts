import { expect, it } from 'vitest'
import type { ClientOptions } from '../../electron/store/pglite/client.ts'
import { createClient } from '../../electron/store/pglite/client.ts'
import type { Connection } from '../../electron/store/pglite/connection.ts'
import { createFakeClock } from '../support/fake-clock.ts'

it('a checkpoint after a write is given the time of upkeep, and told as that', async () => {
  const asked: (readonly [string, number, boolean])[] = []
  const answer = { rows: [], affected: 1, command: 'INSERT' }
  const connection = {
    alive: true,
    ready: { durable: true },
    request: async (request: { readonly text: string }, watchdogMs: number) => {
      asked.push([request.text, watchdogMs, db.isInUpkeep()])
      return answer
    },
    close: async () => undefined,
  } as unknown as Connection
  const supervisor = { current: connection, restarts: 0, get: async () => connection, stop: async () => connection }
  const db = createClient({
    supervisor,
    clock: createFakeClock(),
    watchdogMs: { interactive: 1, batch: 2, maintenance: 3 },
    heapLimitBytes: 1,
    closeLimitMs: 1,
    afterWrite: async (session: Parameters<ClientOptions['afterWrite']>[0]) => {
      await session.query('checkpoint', [])
    },
    beforeClose: () => undefined,
    afterClose: () => undefined,
  } as unknown as ClientOptions)
  await db.query('insert')
  await db.query('insert')
  const write = ['insert', 2, false]
  const checkpoint = ['checkpoint', 3, true]
  await expect.poll(() => asked).toEqual([write, checkpoint, write, checkpoint])
  await db.close()
})
