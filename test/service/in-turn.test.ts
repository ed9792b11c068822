import { expect, it } from 'vitest'
import { inTurn } from '../../electron/service/in-turn.ts'
import { createMutex } from '../../electron/sync/deps.ts'

it('work that is given up while it waits for another ends at once, and never begins', async () => {
  const mutex = createMutex()
  const first = Promise.withResolvers<void>()
  const before = mutex(() => first.promise)
  const stop = new AbortController()
  let begun = 0
  const waiting = inTurn(mutex, stop.signal, async () => begun++)
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'aborted' })
  // Nor does what was given up before it asked wait for others.
  await expect(inTurn(mutex, stop.signal, async () => begun++)).rejects.toMatchObject({ code: 'aborted' })
  first.resolve()
  await before
  await mutex(async () => undefined)
  expect(begun).toBe(0)
})

it('work that has begun says itself how it ends, and the next one waits for it', async () => {
  const mutex = createMutex()
  const stop = new AbortController()
  const stored = Promise.withResolvers<string>()
  const begun = Promise.withResolvers<void>()
  const order: string[] = []
  const working = inTurn(mutex, stop.signal, () => {
    begun.resolve()
    return stored.promise
  }).then((what) => order.push(what))
  await begun.promise
  const next = mutex(async () => order.push('next'))
  stop.abort()
  stored.resolve('stored')
  await Promise.all([working, next])
  expect(order.toSorted()).toEqual(['next', 'stored'])
  await expect(inTurn(mutex, new AbortController().signal, async () => 'done')).resolves.toBe('done')
})
