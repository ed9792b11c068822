import { expect, it } from 'vitest'
import type { RequestClass } from '../../electron/store/db.ts'
import type { Job } from '../../electron/store/pglite/request-queue.ts'
import { createRequestQueue, maintenanceWaitMs } from '../../electron/store/pglite/request-queue.ts'

const job = (requestClass: RequestClass, queuedAt = 0): Job => ({
  requestClass,
  queuedAt,
  run: async () => undefined,
  refuse: () => undefined,
})

it('gives the most urgent first, and the oldest of equals', () => {
  const queue = createRequestQueue()
  const jobs = (['maintenance', 'batch', 'interactive', 'batch', 'interactive'] as const).map((name) => job(name))
  for (const one of jobs) queue.push(one)
  const order = [2, 4, 1, 3, 0].map((index) => jobs[index])
  expect(jobs.map(() => queue.next(1))).toEqual(order)
  expect(queue.next(1)).toBeUndefined()
})

it('does not let a backfill of hours starve maintenance, nor maintenance hold up a click', () => {
  const queue = createRequestQueue()
  const [old, batch, click] = [job('maintenance'), job('batch', 5), job('interactive', 6)]
  for (const one of [old, batch, click]) queue.push(one)
  expect(queue.next(maintenanceWaitMs)).toBe(click)
  expect(queue.next(maintenanceWaitMs)).toBe(old)
  expect(queue.next(maintenanceWaitMs)).toBe(batch)
})

it('gives up all that waits at once', () => {
  const queue = createRequestQueue()
  queue.push(job('batch'))
  queue.push(job('interactive'))
  expect(queue.length).toBe(2)
  expect(queue.drain()).toHaveLength(2)
  expect(queue.length).toBe(0)
})
