import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { fillMailbox } from '../../electron/demo/generator.ts'
import type { Dials } from '../../electron/demo/types.ts'
import { ADA, fill, mail, refusal, type Simulated, simulated } from './simulated.ts'

const PROFILE = 'gmail/v1/users/me/profile'

/** Calls with one dial at one half, and what came of them: statuses, or the kind of failure. */
async function outcomes(made: Simulated, dials: Partial<Dials>, count = 60): Promise<string[]> {
  Object.assign(made.simulator.dials, dials)
  const found: string[] = []
  for (let i = 0; i < count; i++) {
    try {
      const answer = await made.fetchApi(PROFILE)
      const text = await answer.text()
      found.push(
        `${answer.status}${answer.headers.get('content-type')?.includes('html') ? ' html' : ''} ${shape(text)}`,
      )
    } catch (error) {
      found.push(error instanceof TypeError ? 'broken' : 'other')
    }
  }
  return found
}

function shape(text: string): string {
  try {
    const value = JSON.parse(text) as { error?: { errors?: { reason: string }[] }; emailAddress?: string } | null
    if (value?.error !== undefined) return value.error.errors?.[0]?.reason ?? 'words only'
    return value?.emailAddress === undefined ? 'garbage' : 'good'
  } catch {
    return 'garbage'
  }
}

describe('each dial does what it says', () => {
  it.each<[keyof Dials, RegExp]>([
    ['serverError', /^50[0234] (backendError|garbage)$|^50[0234] html garbage$/],
    ['reset', /^broken$/],
    ['cut', /^broken$/],
    ['garbage', /^200 garbage$/],
    ['tooMany', /^429 rateLimitExceeded$/],
    ['spuriousQuota', /^403 (rateLimitExceeded|userRateLimitExceeded|words only)$/],
    ['unauthorized', /^401 authError$/],
    ['exhausted', /^429 rateLimitExceeded$/],
    ['userRate', /^429 rateLimitExceeded$/],
  ])('%s at one half spoils about half of the calls, in its own way, and counts them', async (dial, expected) => {
    const made = await simulated()
    const found = await outcomes(made, { [dial]: 0.5 })
    const good = found.filter((outcome) => outcome === '200 good').length
    expect(good).toBeGreaterThan(15)
    expect(good).toBeLessThan(45)
    for (const outcome of found) if (outcome !== '200 good') expect(outcome).toMatch(expected)
    expect(made.simulator.stats().faults[dial]).toBe(60 - good)
    expect(await outcomes(made, { [dial]: 0 }, 5)).toEqual(Array.from({ length: 5 }, () => '200 good'))
  })

  it('deals the same faults for the same seed, and others for another', async () => {
    const run = async (seed: number) =>
      outcomes(await simulated({ seed }), { serverError: 0.3, tooMany: 0.2, garbage: 0.2 })
    const first = await run(7)
    expect(await run(7)).toEqual(first)
    expect(await run(8)).not.toEqual(first)
  })

  it('gives server errors as JSON and as pages, of all four codes', async () => {
    const found = new Set(await outcomes(await simulated(), { serverError: 1 }, 80))
    for (const code of [500, 502, 503, 504]) {
      expect(found).toContain(`${code} backendError`)
      expect(found).toContain(`${code} html garbage`)
    }
  })

  it('names the time until which a user-rate limit holds', async () => {
    const { client, simulator } = await simulated({ timeScale: 0, dials: { userRate: 1, userRateMs: 90_000 } })
    const { body } = await refusal(client.users.getProfile({ userId: 'me' }))
    const until = new Date(simulator.now() + 90_000).toISOString()
    expect(body.error.message).toBe(`User-rate limit exceeded.  Retry after ${until}`)
  })

  it('sends Retry-After with 429 and 503 only when that dial is set', async () => {
    const { fetchApi, simulator } = await simulated({ dials: { tooMany: 1 } })
    expect((await fetchApi(PROFILE)).headers.get('retry-after')).toBeNull()
    simulator.dials.retryAfterSeconds = 7
    expect((await fetchApi(PROFILE)).headers.get('retry-after')).toBe('7')
  })

  it('gives no more per page than it is told to, in lists and in history', async () => {
    const { client, mailbox } = await simulated({ dials: { mostPerPage: 2 } })
    const startHistoryId = String(mailbox.historyId())
    for (let mails = 0; mails < 3; mails++) mailbox.add({ raw: mail() })
    const list = await client.users.messages.list({ userId: 'me', maxResults: 500 })
    expect([list.data.messages?.length, typeof list.data.nextPageToken]).toEqual([2, 'string'])
    const history = await client.users.history.list({ userId: 'me', startHistoryId, maxResults: 500 })
    expect([history.data.history?.length, typeof history.data.nextPageToken]).toEqual([2, 'string'])
  })

  it('refuses a page token it gave, as if it had expired', async () => {
    const { client, mailbox, simulator } = await simulated()
    fill(mailbox, 3)
    const token = (await client.users.messages.list({ userId: 'me', maxResults: 1 })).data.nextPageToken ?? ''
    simulator.dials.pageTokenExpired = 1
    const { status, body } = await refusal(client.users.messages.list({ userId: 'me', pageToken: token }))
    expect([status, body.error.message]).toEqual([400, 'Invalid pageToken'])
    simulator.dials.pageTokenExpired = 0
    expect((await client.users.messages.list({ userId: 'me', pageToken: token })).data.messages).toHaveLength(2)
  })

  it('deletes a listed message under the hand that gets it', async () => {
    const { client, mailbox } = await simulated({ dials: { deletedBetween: 1 } })
    fill(mailbox, 2)
    const start = String(mailbox.historyId())
    const id = mailbox.messages()[0]?.id ?? ''
    expect((await refusal(client.users.messages.get({ userId: 'me', id }))).status).toBe(404)
    expect(mailbox.get(id)).toBeUndefined()
    const { data } = await client.users.history.list({ userId: 'me', startHistoryId: start })
    expect(data.history?.[0]?.messagesDeleted?.[0]?.message?.id).toBe(id)
  })

  it('does not find a fresh message for a while, though it is in list and history', async () => {
    const { client, mailbox, simulator } = await simulated({ timeScale: 0, dials: { freshNotFoundMs: 5_000 } })
    fill(mailbox, 1)
    const old = mailbox.messages()[0]?.id ?? ''
    const { id } = mailbox.add({ raw: mail() })
    const get = (which: string) => client.users.messages.get({ userId: 'me', id: which, format: 'minimal' })
    expect((await client.users.messages.list({ userId: 'me' })).data.messages).toHaveLength(2)
    expect((await get(old)).status).toBe(200)
    expect((await refusal(get(id))).status).toBe(404)
    simulator.advance(5_000)
    expect((await get(id)).data.id).toBe(id)
  })

  it('waits before it answers, and trickles', async () => {
    const { fetchApi, simulator } = await simulated({ dials: { latency: [40, 60] } })
    const timed = async () => {
      const before = performance.now()
      await (await fetchApi(PROFILE)).text()
      return performance.now() - before
    }
    expect(await timed()).toBeGreaterThanOrEqual(30)
    Object.assign(simulator.dials, { latency: 0, slow: 1, slowMs: 160 })
    expect(await timed()).toBeGreaterThanOrEqual(100)
    expect(simulator.stats().faults).toEqual({ slow: 1 })
  })

  it('closes at once though answers are under way', async () => {
    const { fetchApi, simulator } = await simulated({ dials: { latency: 60_000 } })
    const pending = fetchApi(PROFILE).catch(() => 'gone')
    while (simulator.stats().requests === 0) await new Promise((resolve) => setTimeout(resolve, 1))
    await simulator.close()
    expect(await pending).toBe('gone')
  })

  it('compresses only for a client that accepts gzip and has gzip in its name, as Google does', async () => {
    const { mailbox, simulator } = await simulated({ dials: { gzip: true } })
    fill(mailbox, 50)
    const encoding = (headers: Record<string, string>) =>
      new Promise<string | undefined>((resolve, reject) => {
        const authorization = `Bearer ${simulator.accessToken(ADA)}`
        const call = request(
          `${simulator.url}gmail/v1/users/me/messages`,
          { headers: { ...headers, authorization } },
          (answer) => {
            answer.resume()
            resolve(answer.headers['content-encoding'])
          },
        )
        call.on('error', reject).end()
      })
    expect(await encoding({ 'accept-encoding': 'gzip', 'user-agent': 'mine (gzip)' })).toBe('gzip')
    expect(await encoding({ 'accept-encoding': 'gzip', 'user-agent': 'mine' })).toBeUndefined()
    expect(await encoding({ 'user-agent': 'mine (gzip)' })).toBeUndefined()
  })

  it('is compressed for Google’s own client, which reads the same bytes', async () => {
    const { client, mailbox, simulator } = await simulated({ dials: { gzip: true } })
    const raw = mail('Long', 'all work and no play '.repeat(500))
    const { id } = mailbox.add({ raw })
    simulator.resetStats()
    const { data } = await client.users.messages.get({ userId: 'me', id, format: 'raw' })
    expect(Buffer.from(data.raw ?? '', 'base64url')).toEqual(raw)
    expect(simulator.stats().bytes).toBeLessThan(raw.length / 4)
  })
})

describe('all faults at once', () => {
  it('lose nothing for a client that tries again: every message comes in the end, exactly', async () => {
    const rare = 0.08
    const { fetchApi, mailbox, simulator } = await simulated({ timeScale: 0, seed: 5 })
    fillMailbox(mailbox, { count: 150, seed: 6 })
    Object.assign(simulator.dials, {
      serverError: rare,
      reset: rare,
      cut: rare,
      garbage: rare,
      tooMany: rare,
      spuriousQuota: rare,
      unauthorized: rare,
      exhausted: rare,
      userRate: rare,
      deletedBetween: rare,
      slow: rare,
      slowMs: 5,
      gzip: true,
    })
    /** The JSON of an answer in the end; null when Gmail says that there is no such thing. */
    const insist = async (path: string): Promise<Record<string, unknown> | null> => {
      for (let attempt = 0; attempt < 100; attempt++) {
        try {
          const answer = await fetchApi(path)
          const value = (await answer.json()) as Record<string, unknown> | null
          if (answer.status === 404) return null
          if (answer.status === 200 && value !== null) return value
        } catch {
          // Cut, reset or no JSON: again.
        }
      }
      throw new Error('never answered')
    }
    const listed: string[] = []
    for (let query = 'maxResults=40'; query !== ''; ) {
      const page = await insist(`gmail/v1/users/me/messages?includeSpamTrash=true&${query}`)
      listed.push(...((page?.messages ?? []) as { id: string }[]).map(({ id }) => id))
      query = page?.nextPageToken === undefined ? '' : `maxResults=40&pageToken=${page.nextPageToken}`
    }
    expect(listed).toHaveLength(150)
    const found = new Map<string, string>()
    for (const id of listed) {
      const message = await insist(`gmail/v1/users/me/messages/${id}?format=raw`)
      if (message !== null) found.set(id, String(message.raw))
    }
    const left = mailbox.messages()
    expect(left.length).toBeLessThan(150)
    expect([...found.keys()]).toEqual(left.map(({ id }) => id))
    for (const { id, raw } of left) expect(Buffer.compare(Buffer.from(found.get(id) ?? '', 'base64url'), raw)).toBe(0)
    for (const dial of [
      'serverError',
      'reset',
      'cut',
      'garbage',
      'tooMany',
      'spuriousQuota',
      'unauthorized',
      'deletedBetween',
    ])
      expect(simulator.stats().faults[dial], dial).toBeGreaterThan(0)
  })
})

describe('an account that Gmail refuses', () => {
  it.each([
    ['mailbox_off', 400, 'failedPrecondition', 'Mail service not enabled'],
    ['precondition', 400, 'failedPrecondition', 'Precondition check failed.'],
    ['api_disabled', 403, 'accessNotConfigured', 'Gmail API has not been used in project'],
    ['domain_policy', 403, 'domainPolicy', 'The domain administrators have disabled Gmail apps.'],
    ['delegation_denied', 403, 'forbidden', 'Delegation denied for'],
    ['insufficient_scope', 403, 'insufficientPermissions', 'Request had insufficient authentication scopes.'],
    ['daily_limit', 403, 'dailyLimitExceeded', 'Daily Limit Exceeded'],
    ['quota_exceeded', 403, 'quotaExceeded', 'Quota exceeded'],
    ['project_quota', 403, 'rateLimitExceeded', "limit 'Units per minute' of service"],
    ['rate_limited_until', 429, 'rateLimitExceeded', 'User-rate limit exceeded.  Retry after'],
  ] as const)('%s: answers %i %s until it is lifted', async (kind, status, reason, message) => {
    const { client, mailbox } = await simulated()
    mailbox.refuse(kind)
    const told = await refusal(client.users.getProfile({ userId: 'me' }))
    expect([told.status, told.body.error.errors[0]?.reason]).toEqual([status, reason])
    expect(told.body.error.message).toContain(message)
    mailbox.refuse(null)
    expect((await client.users.getProfile({ userId: 'me' })).status).toBe(200)
  })

  it('with the metadata scope alone forbids raw, full and queries', async () => {
    const { mailbox, client } = await simulated()
    mailbox.setScopes(['https://www.googleapis.com/auth/gmail.metadata'])
    const { id } = mailbox.add({ raw: mail() })
    for (const format of ['raw', 'full', undefined]) {
      const { status, body } = await refusal(
        client.users.messages.get({ userId: 'me', id, ...(format ? { format } : {}) }),
      )
      expect(status).toBe(403)
      expect(body.error.message).toMatch(/^Metadata scope doesn't allow format (RAW|FULL)$/)
    }
    expect((await client.users.messages.get({ userId: 'me', id, format: 'metadata' })).status).toBe(200)
    expect((await refusal(client.users.messages.list({ userId: 'me', q: 'in:anywhere' }))).status).toBe(403)
  })

  it('with a reading scope forbids writing', async () => {
    const { client, mailbox } = await simulated()
    const { id } = mailbox.add({ raw: mail() })
    const { status, body } = await refusal(client.users.messages.trash({ userId: 'me', id }))
    expect([status, body.error.details?.[0]?.reason]).toEqual([403, 'ACCESS_TOKEN_SCOPE_INSUFFICIENT'])
    expect(mailbox.get(id)?.labelIds).not.toContain('TRASH')
  })
})
