import { describe, expect, it } from 'vitest'
import { fill, gets, refusal, type Simulated, simulated } from './simulated.ts'

/** A mailbox of one mail under a quota table, its clock standing still unless told to run. */
async function limited(quota: 'new' | 'old', timeScale = 0): Promise<Simulated> {
  const made = await simulated({ timeScale, dials: { quota, accessTokenSeconds: 1e9 } })
  fill(made.mailbox, 1)
  return made
}

const oneGet = (made: Simulated) =>
  refusal(made.client.users.messages.get({ userId: 'me', id: made.mailbox.messages()[0]?.id ?? '' }))

describe('the quota of a user', () => {
  it('lets 300 gets through in a minute under the new table and says which limit stood in the way', async () => {
    const made = await limited('new')
    expect(await gets(made, 305)).toBe(300)
    expect(made.simulator.stats()).toMatchObject({ units: 6_000, quotaErrors: 5 })
    const { status, body } = await oneGet(made)
    expect(status).toBe(403)
    expect(body.error).toMatchObject({
      code: 403,
      status: 'PERMISSION_DENIED',
      message: expect.stringContaining("quota metric 'Total Query Cost' and limit 'Units per minute per user'"),
      errors: [{ domain: 'usageLimits', reason: 'rateLimitExceeded' }],
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'RATE_LIMIT_EXCEEDED',
          domain: 'googleapis.com',
          metadata: {
            quota_metric: 'gmail.googleapis.com/total_query_cost',
            quota_limit: 'totalQueryCostPerMinutePerUser',
            quota_limit_value: '6000',
            service: 'gmail.googleapis.com',
          },
        },
      ],
    })
  })

  it('lets 3,000 gets through in a minute under the old table and names its metric', async () => {
    const made = await limited('old')
    expect(await gets(made, 3_010)).toBe(3_000)
    const { body } = await oneGet(made)
    expect(body.error.message).toContain("quota metric 'Queries' and limit 'Queries per minute per user'")
    expect(body.error.details?.[0]?.metadata).toMatchObject({
      quota_metric: 'gmail.googleapis.com/default',
      quota_limit: 'defaultPerMinutePerUser',
      quota_limit_value: '15000',
    })
  })

  it.each([
    ['new', 5],
    ['old', 50],
  ] as const)('under the %s table sustains %i gets a second and not one more', async (quota, perSecond) => {
    const made = await limited(quota)
    for (let second = 0; second < 130; second++) {
      expect(await gets(made, perSecond)).toBe(perSecond)
      made.simulator.advance(1_000)
    }
    expect(await gets(made, perSecond + 1)).toBe(perSecond)
  })

  it('rolls: what was spent a minute ago is free again, refused calls cost nothing', async () => {
    const made = await limited('new')
    expect(await gets(made, 200)).toBe(200)
    made.simulator.advance(30_000)
    expect(await gets(made, 150)).toBe(100)
    made.simulator.advance(29_999)
    expect(await gets(made, 10)).toBe(0)
    made.simulator.advance(1)
    expect(await gets(made, 300)).toBe(200)
  })

  it('runs as fast as the time scale says', async () => {
    const made = await limited('new', 100_000)
    // A simulated minute lasts 0.6 ms.
    for (let i = 0; i < 6; i++) {
      expect(await gets(made, 60)).toBe(60)
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    expect(made.simulator.stats().quotaErrors).toBe(0)
  })

  it('counts refused calls too when that dial is set', async () => {
    const made = await limited('new')
    made.simulator.dials.chargeRejected = true
    expect(await gets(made, 300)).toBe(300)
    made.simulator.advance(30_000)
    expect(await gets(made, 200)).toBe(0)
    made.simulator.advance(30_000)
    expect(await gets(made, 200)).toBe(100)
  })

  it('costs what the tables say, method by method', async () => {
    const { client, mailbox, simulator } = await simulated({ dials: { quota: 'new' } })
    fill(mailbox, 1)
    const id = mailbox.messages()[0]?.id ?? ''
    const draft = mailbox.saveDraft(Buffer.from('Subject: x\r\n\r\ny'))
    const users = client.users
    const cost = async (call: () => Promise<unknown>): Promise<number> => {
      const before = simulator.stats().units
      await call()
      return simulator.stats().units - before
    }
    const all = async () => ({
      profile: await cost(() => users.getProfile({ userId: 'me' })),
      labels: await cost(() => users.labels.list({ userId: 'me' })),
      label: await cost(() => users.labels.get({ userId: 'me', id: 'INBOX' })),
      list: await cost(() => users.messages.list({ userId: 'me' })),
      get: await cost(() => users.messages.get({ userId: 'me', id, format: 'minimal' })),
      threads: await cost(() => users.threads.list({ userId: 'me' })),
      thread: await cost(() => users.threads.get({ userId: 'me', id, format: 'minimal' })),
      drafts: await cost(() => users.drafts.list({ userId: 'me' })),
      draft: await cost(() => users.drafts.get({ userId: 'me', id: mailbox.drafts()[0]?.id ?? draft.id })),
      history: await cost(() => users.history.list({ userId: 'me', startHistoryId: String(mailbox.historyId()) })),
    })
    const cheap = { profile: 1, labels: 1, label: 1, list: 5, threads: 10, drafts: 5, history: 2 }
    expect(await all()).toEqual({ ...cheap, get: 20, thread: 40, draft: 20 })
    simulator.dials.quota = 'old'
    expect(await all()).toEqual({ ...cheap, get: 5, thread: 10, draft: 5 })
  })

  it('is the user’s own: another account goes on', async () => {
    const made = await limited('new')
    expect(await gets(made, 301)).toBe(300)
    const { simulator } = made
    simulator.addMailbox('bob@example.test')
    const answer = await fetch(`${simulator.url}gmail/v1/users/me/profile`, {
      headers: { authorization: `Bearer ${simulator.accessToken('bob@example.test')}` },
    })
    expect(answer.status).toBe(200)
  })
})

describe('the limit of calls at once', () => {
  it('refuses the surplus with 429 and the body Gmail uses', async () => {
    const { simulator, mailbox, fetchApi } = await simulated({ dials: { maxConcurrent: 3, latency: 60 } })
    fill(mailbox, 1)
    const answers = await Promise.all(Array.from({ length: 8 }, () => fetchApi('gmail/v1/users/me/profile')))
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(3)
    const refused = answers.find((answer) => answer.status === 429)
    expect(await refused?.json()).toEqual({
      error: {
        code: 429,
        message: 'Too many concurrent requests for user.',
        errors: [{ message: 'Too many concurrent requests for user.', domain: 'global', reason: 'rateLimitExceeded' }],
        status: 'RESOURCE_EXHAUSTED',
      },
    })
    expect(simulator.stats()).toMatchObject({ concurrencyErrors: 5, maxInFlight: 8 })
    expect((await fetchApi('gmail/v1/users/me/profile')).status).toBe(200)
  })
})
