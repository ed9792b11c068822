import { expect, it } from 'vitest'
import type { Credential } from '../../electron/ports.ts'
import { type AdoptDeps, adopt } from '../../electron/service/adopt.ts'
import { AppError } from '../../shared/errors.ts'
import { createFakeClock } from '../support/fake-clock.ts'

const credential: Credential = { client_id: 'c', client_secret: 's', refresh_token: 'r', scopes: [] }

/** A Gmail that says nothing until it is told to stop, as behind a network that swallows everything. */
function silentGmail() {
  let closed = 0
  const profile = (signal: AbortSignal): Promise<never> =>
    new Promise((_, reject) => {
      const stopped = (): void => reject(new AppError('aborted', 'Stopped'))
      if (signal.aborted) stopped()
      signal.addEventListener('abort', stopped, { once: true })
    })
  const lines = {
    trial: () => ({ gmail: { profile }, credential: () => credential, close: () => void closed++ }),
  } as unknown as AdoptDeps['lines']
  const deps = { lines, clock: createFakeClock() } as unknown as AdoptDeps
  return { deps, closed: () => closed }
}
const asked = { name: 'ada@example.org', objection: () => null }

it('a sign-in for which Gmail never answers is told as a trouble of the network, not as if somebody had given it up', async () => {
  const { deps, closed } = silentGmail()
  const adopting = adopt(deps, credential, { ...asked, signal: new AbortController().signal, patienceMs: 1 })
  await expect(adopting).rejects.toMatchObject({ code: 'network', remedy: expect.stringContaining('connection') })
  expect(closed()).toBe(1)
})

it('a sign-in that is given up is told as given up', async () => {
  const { deps, closed } = silentGmail()
  const stop = new AbortController()
  const adopting = adopt(deps, credential, { ...asked, signal: stop.signal })
  stop.abort()
  await expect(adopting).rejects.toMatchObject({ code: 'aborted' })
  expect(closed()).toBe(1)
})
