import { expect, it } from 'vitest'
import { createRemoval, type RemovalDeps } from '../../electron/service/removal.ts'
import { AppError } from '../../shared/errors.ts'
import { createFakeClock } from '../support/fake-clock.ts'

it('what cannot be cleared up after a removed account is told, and keeps the service from nothing', async () => {
  const told: string[] = []
  const cleared: string[] = []
  const removed = ['ada', 'bob'].map((id) => ({
    id,
    email: `${id}@example.org`,
    created_at: new Date(0),
    removed: 'kept',
  }))
  const db = { as: () => db, query: async () => ({ rows: removed, affected: 0 }) }
  const raw = {
    putAccount: async ({ id }: { readonly id: string }) => {
      if (id === 'ada') throw new AppError('disk', 'The disk is full')
      cleared.push(id)
    },
  }
  const removal = createRemoval({
    store: { db, raw },
    tokens: { remove: async () => undefined },
    clock: createFakeClock(),
    log: { warning: (text: string) => told.push(text) },
    forget: () => undefined,
  } as unknown as RemovalDeps)
  await removal.resume()
  expect(cleared).toEqual(['bob'])
  expect(told).toEqual([
    expect.stringContaining('ada@example.org, which was removed, could not be cleared up: The disk is full'),
  ])
  await removal.close()
})
