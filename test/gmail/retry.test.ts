import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createConcurrency } from '../../electron/gmail/concurrency.ts'
import { createPacer } from '../../electron/gmail/quota.ts'
import { type Call, createCaller } from '../../electron/gmail/retry.ts'
import type { AccessTokens } from '../../electron/gmail/tokens.ts'
import { AppError } from '../../shared/errors.ts'
import { accountId } from '../../shared/ids.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { envelope, failure, html, notFound, quotaBody } from './google-errors.ts'
import { memoryOf, silentLog } from './support.ts'

const live = new AbortController().signal
const reset = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })
const unauthorized = failure(401, envelope(401, 'Invalid Credentials', 'authError', 'UNAUTHENTICATED'))
const crowded = failure(429, envelope(429, 'Too many concurrent requests for user.', 'rateLimitExceeded'))
const unavailable = failure(503, html)

function setUp(options: { readonly seed?: number; readonly renew?: () => Promise<string> } = {}) {
  const clock = createFakeClock({ autoAdvance: true, seed: options.seed ?? 1 })
  const pacer = createPacer({ clock, log: silentLog, memory: memoryOf('old'), clientId: 'c', unpaced: true })
  const lane = pacer.lane(accountId('ada'))
  const concurrency = createConcurrency()
  let token = 1
  const renewed: string[] = []
  const tokens: AccessTokens = {
    access: async () => `at-${token}`,
    async renew(stale) {
      renewed.push(stale)
      if (options.renew !== undefined) await options.renew()
      if (stale === `at-${token}`) token++
      return `at-${token}`
    },
  }
  const caller = createCaller({ account: 'ada@example.com', clock, log: silentLog, lane, concurrency, tokens })
  return { clock, lane, concurrency, caller, renewed }
}

/** A call that fails as listed and then succeeds; `sent` counts how often it was sent. */
function script(failures: readonly unknown[], more: Partial<Call<string, string>> = {}) {
  const seen: string[] = []
  const call: Call<string, string> = {
    name: 'get',
    method: 'get',
    priority: 'backfill',
    parallel: true,
    async send(token) {
      seen.push(token)
      const next = failures[seen.length - 1]
      if (next !== undefined) throw next
      return 'body'
    },
    use: async (body) => body,
    ...more,
  }
  return { call, seen }
}

const many = (what: unknown, times: number): unknown[] => Array.from({ length: times }, () => what)

describe('what passes by itself', () => {
  it.each([
    ['a broken connection', reset],
    ['a fault of Gmail', unavailable],
    ['a damaged answer', new AppError('bad_answer', 'x')],
  ])('%s is tried five times, with growing waits, then told', async (_name, what) => {
    const { caller, clock, concurrency } = setUp()
    const { call, seen } = script(many(what, 9))
    await expect(caller.perform(call, live)).rejects.toBeInstanceOf(AppError)
    expect(seen).toHaveLength(5)
    expect(clock.sleeps).toHaveLength(4)
    clock.sleeps.forEach((ms, index) => {
      expect(ms).toBeLessThanOrEqual(1000 * 2 ** index)
    })
    expect(concurrency.inUse()).toBe(0)
  })

  it('is over after a few tries', async () => {
    const { caller } = setUp()
    const { call, seen } = script([reset, unavailable, reset])
    expect(await caller.perform(call, live)).toBe('body')
    expect(seen).toHaveLength(4)
  })

  it('waits as long as Gmail says, and tells the account where that is too long to sit out', async () => {
    const { caller, clock } = setUp()
    const soon = failure(503, html, { 'retry-after': '17' })
    await caller.perform(script([soon]).call, live)
    expect(clock.elapsed()).toBeGreaterThanOrEqual(17_000)
    const late = failure(503, html, { 'retry-after': '300' })
    await expect(caller.perform(script([late]).call, live)).rejects.toMatchObject({
      code: 'server',
      retryAfterMs: 300_000,
    })
    expect(clock.elapsed()).toBeLessThan(20_000)
  })

  it('does not go on for longer than a minute', async () => {
    const { caller, clock } = setUp()
    const slow = script(many(reset, 9), {
      send: async () => {
        await clock.sleep(31_000)
        throw reset
      },
    })
    await expect(caller.perform(slow.call, live)).rejects.toMatchObject({ code: 'network' })
    expect(clock.elapsed()).toBeLessThan(63_000)
  })

  it('never takes more than its budget, whatever the mixture', async () => {
    const kinds = [reset, unavailable, crowded, unauthorized, new AppError('bad_answer', 'x')]
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...kinds), { maxLength: 20 }), fc.nat(), async (failures, seed) => {
        const { caller, clock, concurrency } = setUp({ seed })
        const { call, seen } = script(failures)
        await caller.perform(call, live).catch((error: unknown) => expect(error).toBeInstanceOf(AppError))
        expect(seen.length).toBeLessThanOrEqual(5 + 4 + 3)
        expect(clock.elapsed()).toBeLessThanOrEqual(60_000 + 4 * 5_000 + 60_000)
        expect(concurrency.inUse()).toBe(0)
        expect(concurrency.limit()).toBeGreaterThanOrEqual(1)
      }),
    )
  })
})

describe('what does not pass by itself', () => {
  it.each([
    ['gone', failure(404, notFound)],
    ['bad_id', failure(400, envelope(400, 'Invalid id value', 'invalidArgument'))],
    ['policy', failure(403, envelope(403, 'The domain administrators have disabled Gmail apps.', 'domainPolicy'))],
    ['needs_reauth', failure(403, envelope(403, "Metadata scope doesn't allow format RAW", 'forbidden'))],
    ['api_disabled', failure(403, envelope(403, 'x', 'accessNotConfigured'))],
    ['needs_reauth', new AppError('needs_reauth', 'revoked')],
  ])('%s is told at once', async (code, what) => {
    const { caller, clock, lane } = setUp()
    const { call, seen } = script([what])
    await expect(caller.perform(call, live)).rejects.toMatchObject({ code })
    expect(seen).toHaveLength(1)
    expect(clock.elapsed()).toBe(0)
    expect(lane.stats().errors).toBe(0)
  })
})

describe('quota', () => {
  it('is waited for inside the call, and the account never hears of it', async () => {
    const { caller, clock, lane } = setUp()
    const { call, seen } = script([failure(403, quotaBody('old'), { 'retry-after': '30' })])
    expect(await caller.perform(call, live)).toBe('body')
    expect(seen).toHaveLength(2)
    expect(lane.stats().errors).toBe(1)
    expect(clock.elapsed()).toBeGreaterThanOrEqual(30_000)
    expect(clock.elapsed()).toBeLessThan(33_000)
  })

  it('stops every other call of the account too', async () => {
    const { caller, clock } = setUp()
    await Promise.all([
      caller.perform(script([failure(403, quotaBody('old'))]).call, live),
      clock.sleep(10).then(async () => {
        await caller.perform(script([]).call, live)
        expect(clock.elapsed()).toBeGreaterThanOrEqual(20_000)
      }),
    ])
  })

  it('that takes long is the account’s, with the time and the address', async () => {
    const { caller, clock } = setUp()
    const until = new Date(clock.now().getTime() + 600_000).toISOString()
    const limit = failure(
      429,
      envelope(429, `User-rate limit exceeded.  Retry after ${until}`, 'userRateLimitExceeded'),
    )
    const { call, seen } = script([limit])
    const error = await caller.perform(call, live).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'quota', message: expect.stringContaining('ada@example.com') })
    expect((error as AppError).retryAfterMs).toBeGreaterThanOrEqual(595_000)
    expect(seen).toHaveLength(1)
  })

  it('that comes again and again is the account’s after the third time', async () => {
    const { caller } = setUp()
    const { call, seen } = script(many(failure(403, quotaBody('old')), 5))
    await expect(caller.perform(call, live)).rejects.toMatchObject({ code: 'quota', retryAfterMs: expect.any(Number) })
    expect(seen).toHaveLength(3)
  })

  it('of the day parks the account at once', async () => {
    const { caller } = setUp()
    const { call, seen } = script([failure(403, envelope(403, 'Daily Limit Exceeded', 'dailyLimitExceeded'))])
    await expect(caller.perform(call, live)).rejects.toMatchObject({
      code: 'daily_quota',
      retryAfterMs: 3_600_000,
      projectWide: true,
    })
    expect(seen).toHaveLength(1)
  })
})

describe('too many at once', () => {
  it('halves the calls at once and tries again after 1 to 5 s', async () => {
    const { caller, clock, concurrency } = setUp()
    expect(await caller.perform(script([crowded]).call, live)).toBe('body')
    expect(concurrency.limit()).toBe(2)
    expect(clock.elapsed()).toBeGreaterThanOrEqual(1_000)
    expect(clock.elapsed()).toBeLessThanOrEqual(5_000)
  })

  it('that does not end is waited for like quota', async () => {
    const { caller } = setUp()
    const { call, seen } = script(many(crowded, 20))
    await expect(caller.perform(call, live)).rejects.toMatchObject({ code: 'quota' })
    expect(seen).toHaveLength(5)
  })
})

describe('a refused access token', () => {
  it('is exchanged once, and the call goes on', async () => {
    const { caller, clock, renewed } = setUp()
    const { call, seen } = script([unauthorized])
    expect(await caller.perform(call, live)).toBe('body')
    expect(seen).toEqual(['at-1', 'at-2'])
    expect(renewed).toEqual(['at-1'])
    expect(clock.elapsed()).toBe(0)
  })

  it('is exchanged once more after a minute, and then the person is asked', async () => {
    const { caller, clock, renewed } = setUp()
    const { call, seen } = script(many(unauthorized, 9))
    await expect(caller.perform(call, live)).rejects.toMatchObject({ code: 'needs_reauth', remedy: expect.any(String) })
    expect(seen).toEqual(['at-1', 'at-2', 'at-3'])
    expect(renewed).toEqual(['at-1', 'at-2'])
    expect(clock.elapsed()).toBe(60_000)
  })

  it('that a gateway refuses is renewed as well, but signs nobody out', async () => {
    const { caller } = setUp()
    const { call, seen } = script(many(failure(401, html), 9))
    await expect(caller.perform(call, live)).rejects.toMatchObject({ code: 'server', remedy: expect.any(String) })
    expect(new Set(seen).size).toBe(3)
  })

  it('that works for another call at the same time is a passing fault of Gmail', async () => {
    const { caller, clock, renewed } = setUp()
    const { call } = script([], {
      send: async () => {
        await clock.sleep(100)
        if (clock.elapsed() < 5_000) throw unauthorized
        return 'body'
      },
    })
    const steady = async (): Promise<void> => {
      for (let turn = 0; turn < 200; turn++) {
        await caller.perform(script([]).call, live)
        await clock.sleep(40)
      }
    }
    const [result] = await Promise.all([caller.perform(call, live), steady()])
    expect(result).toBe('body')
    expect(renewed).toEqual([])
  })

  it('is told at once when the exchange itself says so', async () => {
    const { caller } = setUp({
      renew: async () => {
        throw new AppError('needs_reauth', 'Google no longer accepts the sign-in: it was revoked')
      },
    })
    await expect(caller.perform(script([unauthorized]).call, live)).rejects.toMatchObject({
      code: 'needs_reauth',
      message: expect.stringContaining('revoked'),
    })
  })

  it('never ends in "sign in again" because the sign-in service was down for a while', async () => {
    let down = 2
    const { caller } = setUp({
      renew: async () => {
        if (down-- > 0) throw new AppError('network', 'down')
        return ''
      },
    })
    expect(await caller.perform(script([unauthorized, unauthorized, unauthorized]).call, live)).toBe('body')
  })
})

describe('what is done with an answer', () => {
  it('repeats the call when the answer turns out to be damaged, within the same budget', async () => {
    const { caller } = setUp()
    let uses = 0
    const { call, seen } = script([reset], {
      use: async (body) => {
        uses++
        if (uses < 3) throw new AppError('bad_answer', 'cut')
        return body
      },
    })
    expect(await caller.perform(call, live)).toBe('body')
    expect(seen).toHaveLength(4)
  })

  it.each([new AppError('disk', 'The disk is full'), new TypeError('a bug')])(
    'throws everything else as it is: %s',
    async (thrown) => {
      const { caller } = setUp()
      const { call, seen } = script([], {
        use: async () => {
          throw thrown
        },
      })
      await expect(caller.perform(call, live)).rejects.toBe(thrown)
      expect(seen).toHaveLength(1)
    },
  )

  it('holds no slot', async () => {
    const { caller, concurrency } = setUp()
    const { call } = script([], {
      use: async (body) => {
        expect(concurrency.inUse()).toBe(0)
        return body
      },
    })
    await caller.perform(call, live)
  })
})

it('stops in every wait when told to', async () => {
  for (const failures of [
    many(reset, 9),
    many(crowded, 9),
    many(unauthorized, 9),
    many(failure(403, quotaBody('old')), 9),
  ]) {
    const { caller, clock, concurrency } = setUp()
    clock.autoAdvance(false)
    const stop = new AbortController()
    const call = caller.perform(script(failures).call, stop.signal)
    const ended = expect(call).rejects.toMatchObject({ code: 'aborted' })
    await clock.advance(1)
    stop.abort()
    await clock.advance(0)
    await ended
    expect(clock.sleepers()).toBe(0)
    expect(concurrency.inUse()).toBe(0)
  }
})
