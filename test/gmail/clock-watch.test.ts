import { expect, it } from 'vitest'
import { createClockWatch } from '../../electron/gmail/clock-watch.ts'
import { createAdapter } from '../../electron/gmail/http-adapter.ts'
import { createTokens } from '../../electron/gmail/tokens.ts'
import { createAgent } from '../../electron/gmail/transport.ts'
import { accountId } from '../../shared/ids.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { fakeGoogle, json } from './fake-google.ts'
import { silentLog } from './support.ts'

it('the last answer tells how far the clock is ahead, and none tells nothing', async () => {
  const clock = createFakeClock()
  const watch = createClockWatch(clock)
  expect(watch.aheadMs()).toBeNull()
  watch.observe(null)
  watch.observe('no date')
  expect(watch.aheadMs()).toBeNull()
  watch.observe(new Date(clock.now().getTime() - 400_000).toUTCString())
  expect(watch.aheadMs()).toBe(400_000)
  // A computer that sleeps is not off for that.
  await clock.advance(3_600_000)
  expect(watch.aheadMs()).toBe(400_000)
  watch.observe(new Date(clock.now().getTime() + 7_200_000).toUTCString())
  expect(watch.aheadMs()).toBe(-7_200_000)
})

it.each([200, 400])(
  'the token endpoint and Gmail tell the time with every answer, also a refusal (%i)',
  async (status) => {
    const clock = createFakeClock()
    const at = (ms: number) => new Date(clock.now().getTime() + ms).toUTCString()
    const google = await fakeGoogle((_request, response, count) =>
      json(response, status, { access_token: 'at', error: 'invalid_grant' }, { date: at(count * 600_000) }),
    )
    try {
      const watch = createClockWatch(clock)
      const tokens = createTokens({
        account: accountId('ada'),
        name: 'ada@example.com',
        store: {
          read: async () => ({ client_id: 'c', client_secret: 's', refresh_token: 'r', scopes: [] }),
          write: async () => undefined,
          remove: async () => undefined,
        },
        clock,
        log: silentLog,
        oauthUrl: google.url,
        clockWatch: watch,
      })
      await tokens.access(new AbortController().signal).catch(() => undefined)
      expect(watch.aheadMs()).toBe(-600_000)
      const adapter = createAdapter(createAgent(google.url), (headers) => watch.observe(headers.get('date')))
      const request = { url: new URL(google.url), headers: new Headers(), responseType: 'json' }
      await adapter(request as Parameters<typeof adapter>[0], () => Promise.reject(new Error('Not asked')))
      expect(watch.aheadMs()).toBe(-1_200_000)
    } finally {
      await google.close()
    }
  },
)
