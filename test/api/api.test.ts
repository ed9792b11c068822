import type { Hono } from 'hono'
import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { operationNames, operations, pathsOf } from '../../shared/contract.ts'
import { AppError, errorCodes, Problem, toProblem } from '../../shared/errors.ts'
import { type ApiUnderTest, buildApi, entry, host, withToken } from './api-under-test.ts'
import { adaAccount, idle } from './fake-service.ts'

const base = '/api/v1/background-sync'

let built: ApiUnderTest
let service: ApiUnderTest['service']
let api: Hono

beforeEach(() => {
  built = buildApi()
  built.logs.asked.length = 0
  service = built.service
  api = built.api
})

const get = (path: string, headers: Record<string, string> = host) => api.request(path, { headers })
const post = (path: string, init: RequestInit = {}) => api.request(path, { method: 'POST', headers: host, ...init })
const json = (body: unknown, headers: Record<string, string> = withToken) => ({
  headers: { ...headers, 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const problem = Problem.parse(await response.json())
  expect(problem.status).toBe(response.status)
  return problem
}

describe('health', () => {
  it('is 200 while the store answers', async () => {
    const response = await get('/health')
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ status: 'ok', version: '0.1.0', uptime_seconds: 61.5 })
  })

  it('is 503 when it does not', async () => {
    service.healthy = false
    const response = await get('/health')
    expect(response.status).toBe(503)
    expect(await problemOf(response)).toMatchObject({ code: 'store', remedy: 'See the log' })
  })
})

it('status holds the whole snapshot', async () => {
  for (const path of [`${base}/status`, '/api/v1/test/background-sync/status']) {
    const response = await get(path)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ sync_status: idle })
  }
})

describe('start', () => {
  it('answers 409 when running with the same interval, given or not', async () => {
    for (const path of [`${base}/start`, `${base}/start?interval_minutes=5`]) {
      const response = await post(path)
      expect(response.status).toBe(409)
      expect((await problemOf(response)).title).toBe('Service is already running')
    }
  })

  it('changes the interval when running with another one', async () => {
    const response = await post(`${base}/start?interval_minutes=10`)
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({ message: 'Interval changed', interval_minutes: 10 })
    expect(service.snapshot().interval_minutes).toBe(10)
  })

  it('starts a stopped service with the present interval, or the one given, by either path', async () => {
    await service.stop()
    expect(await (await post(`${base}/start`)).json()).toEqual({ message: 'Service started', interval_minutes: 5 })
    await service.stop()
    const other = await post('/api/v1/test/background-sync/start?interval_minutes=1440')
    expect(await other.json()).toEqual({ message: 'Service started', interval_minutes: 1440 })
  })

  it.each([
    '0',
    '-5',
    '5.5',
    '5.0',
    '1441',
    '',
    'abc',
    '5e0',
    '0x5',
    '%2B5',
    '%205',
    '٥',
    '1e999',
    '5&interval_minutes=6',
    'true',
  ])('answers 400 to the interval %j and changes nothing', async (text) => {
    const response = await post(`${base}/start?interval_minutes=${text}`)
    expect(response.status).toBe(400)
    expect((await problemOf(response)).detail).toContain('interval_minutes')
    expect(service.calls).toEqual([])
  })

  it('says what is wrong with an unknown field rather than ignoring it', async () => {
    const response = await post(`${base}/start?interval=10`)
    expect(response.status).toBe(400)
    expect((await problemOf(response)).detail).toContain('interval')
    expect(service.calls).toEqual([])
  })

  it('takes its interval from a JSON body as well, by the same rules', async () => {
    expect((await post(`${base}/start`, json({ interval_minutes: 15 }, host))).status).toBe(200)
    expect(service.calls).toEqual(['interval 15'])
    for (const bad of [0, 1.5, '1.5', null, [5]]) {
      expect((await post(`${base}/start`, json({ interval_minutes: bad }, host))).status).toBe(400)
    }
    expect(service.calls).toEqual(['interval 15'])
  })
})

it('stop stops syncing, and answers 409 when there is nothing to stop', async () => {
  expect(await (await post(`${base}/stop`)).json()).toEqual({ message: 'Service stopped' })
  const again = await post('/api/v1/test/background-sync/stop')
  expect(again.status).toBe(409)
  expect(await problemOf(again)).toMatchObject({ code: 'not_running' })
  expect((await get('/health')).status).toBe(200)
})

it('sync-now answers 202, and 404 for an unknown account', async () => {
  expect((await post(`${base}/sync-now`)).status).toBe(202)
  expect((await post(`${base}/sync-now?account=ada%40example.com`)).status).toBe(202)
  expect(service.calls).toEqual(['sync all', 'sync ada@example.com'])
  const unknown = await post(`${base}/sync-now?account=eve@example.com`)
  expect(unknown.status).toBe(404)
  expect((await problemOf(unknown)).remedy).toBeTruthy()
})

it('no failure but a wrong API token answers 401, which would ask a client for another token', () => {
  for (const code of errorCodes) expect(toProblem(new AppError(code, 'It did not go')).status, code).not.toBe(401)
  expect(toProblem(new AppError('needs_reauth', 'Google wants a sign-in')).status).toBe(409)
})

describe('what needs the token', () => {
  it('is refused without it, with the way to send it', async () => {
    for (const name of operationNames.filter((each) => operations[each].auth === 'token')) {
      const { method, path } = operations[name]
      const response = await api.request(path, { method, headers: host })
      expect(response.status).toBe(401)
      expect(response.headers.get('www-authenticate')).toContain('Bearer')
      expect((await problemOf(response)).remedy).toContain('api-token')
    }
  })

  it('is everything with requireToken', async () => {
    built.rules.requireToken = true
    for (const name of operationNames.filter((each) => operations[each].auth !== 'proof')) {
      const { method, path } = operations[name]
      expect((await api.request(path, { method, headers: host })).status).toBe(401)
    }
    expect((await get('/health', withToken)).status).toBe(200)
  })

  it('accounts: lists and adds', async () => {
    expect(await (await get('/api/v1/accounts', withToken)).json()).toEqual({ accounts: [adaAccount] })
    const added = await post(
      '/api/v1/accounts',
      json({ authorized_user: { refresh_token: 'r' }, email: 'ada@example.com' }),
    )
    expect(added.status).toBe(201)
    expect(await added.json()).toEqual({ account: adaAccount })
    expect(service.calls).toEqual(['import {"refresh_token":"r"} ada@example.com'])
  })

  it('accounts: takes a token from a JSON body alone, and answers clearly to anything else', async () => {
    expect((await post('/api/v1/accounts', { headers: withToken, body: 'authorized_user=x' })).status).toBe(415)
    for (const body of ['', '{"authorized_user":', '[]', 'null', '"x"', '{}', '{"authorized_user":"x"}']) {
      expect((await problemOf(await post('/api/v1/accounts', json(body)))).status).toBe(400)
    }
    expect((await post('/api/v1/accounts?email=ada@example.com', json({}))).status).toBe(400)
    const huge = await post('/api/v1/accounts', json({ authorized_user: { x: 'x'.repeat(70_000) } }))
    expect((await problemOf(huge)).status).toBe(413)
    expect(service.calls).toEqual([])
  })

  it('logs: the last 200 of info and above, or as asked', async () => {
    expect(await (await get('/api/v1/logs', withToken)).json()).toEqual({ entries: [entry(0)] })
    await get('/api/v1/logs?lines=5&level=error', withToken)
    expect(built.logs.asked).toEqual(['200 info', '5 error'])
    for (const bad of ['lines=0', 'lines=5001', 'lines=x', 'level=loud']) {
      expect((await get(`/api/v1/logs?${bad}`, withToken)).status).toBe(400)
    }
  })

  it('settings: every one in snake_case, with where it came from', async () => {
    const body = (await (await get('/api/v1/settings', withToken)).json()) as Record<string, Record<string, unknown>>
    expect(body['settings']).toMatchObject({ interval_minutes: 5, api_port: 8000, on_remote_delete: 'keep' })
    expect(Object.keys(body['sources'] ?? {})).toEqual(Object.keys(body['settings'] ?? {}))
    expect(operations.settings.output.parse(body)).toEqual(body)
  })
})

describe('addresses and methods', () => {
  it('that do not exist are 404', async () => {
    for (const path of ['/nothing', `${base}/nothing`, '/api/v2/accounts', '/health/', '/api/v1/test/accounts']) {
      expect(await problemOf(await get(path))).toMatchObject({ status: 404, code: 'not_found' })
    }
  })

  it('that do not fit are 405 and say what does', async () => {
    const response = await get(`${base}/start`)
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toBe('POST')
    await problemOf(response)
    const accounts = await api.request('/api/v1/accounts', { method: 'PUT', headers: withToken })
    expect(accounts.headers.get('allow')).toBe('GET, HEAD, POST')
  })

  it('the root says what this is', async () => {
    const response = await get('/')
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('Mailtide')
  })
})

describe('a foreign page', () => {
  it('is refused everywhere, also where there is nothing, and does nothing', async () => {
    const foreign = [
      { host: 'evil.example' },
      { ...host, origin: 'https://evil.example' },
      { ...host, 'sec-fetch-site': 'cross-site' },
    ]
    const paths = [...operationNames.flatMap((name) => pathsOf(operations[name])), '/', '/nothing']
    for (const headers of foreign) {
      for (const path of paths) {
        for (const method of ['GET', 'POST', 'OPTIONS', 'HEAD']) {
          expect((await api.request(path, { method, headers: { ...withToken, ...headers } })).status).toBe(403)
        }
      }
    }
    expect(service.calls).toEqual([])
  })

  it('gets no permission to read, and answers are not kept', async () => {
    const response = await get('/health')
    expect(response.headers.get('access-control-allow-origin')).toBeNull()
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin')
  })
})

it('a bug is logged in full and answered without its text', async () => {
  service.snapshot = () => {
    throw new Error('secret path /home/ada')
  }
  const response = await get(`${base}/status`)
  expect(response.status).toBe(500)
  expect(JSON.stringify(await problemOf(response))).not.toContain('ada')
  expect(built.logged).toEqual(['A request failed because of a bug'])
})

it('what the service cannot make of another program’s answer is a bug of ours, and no mistake of the caller', async () => {
  service.snapshot = () => {
    z.object({ historyId: z.string() }).parse({})
    return idle
  }
  const response = await get(`${base}/status`)
  expect(response.status).toBe(500)
  expect((await problemOf(response)).code).toBe('bug')
  expect(built.logged).toEqual(['A request failed because of a bug'])
})

it('while the service is starting, what needs it says so, and events wait for it', async () => {
  service.snapshot = () => {
    throw new AppError('store', 'Mailtide is starting', { remedy: 'Try again in a moment' })
  }
  for (const path of [`${base}/status`, '/metrics']) {
    expect(await problemOf(await get(path))).toMatchObject({ status: 503, code: 'store' })
  }
  const events = await get('/api/v1/events')
  expect(events.status).toBe(200)
  await events.body?.cancel()
  expect(built.logged).toEqual([])
})

it('a bug behind the metrics is logged and answered like any other', async () => {
  service.snapshot = () => {
    throw new Error('secret path /home/ada')
  }
  const response = await get('/metrics')
  expect(JSON.stringify(await problemOf(response))).not.toContain('ada')
  expect(response.status).toBe(500)
  expect(built.logged).toEqual(['The HTTP API failed'])
})
