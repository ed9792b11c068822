import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { serveApi } from '../../electron/api/server.ts'
import { operationNames, operations, pathsOf } from '../../shared/contract.ts'
import { Problem } from '../../shared/errors.ts'
import { type ApiUnderTest, buildApi, host, token, withToken } from './api-under-test.ts'
import { parseAnswer, requestText, talk } from './raw-http.ts'

const base = '/api/v1/background-sync'
let built: ApiUnderTest
beforeEach(() => {
  built = buildApi()
})

const send = (path: string, body: string | Uint8Array<ArrayBuffer>, type = 'application/json', method = 'POST') =>
  built.api.request(path, { method, headers: { ...withToken, 'content-type': type }, body })

async function expectProblem(response: Response, status: number): Promise<Problem> {
  expect(response.status).toBe(status)
  return Problem.parse(await response.json())
}

describe('a body', () => {
  it('in another form is refused where it would have been ignored', async () => {
    const forms: readonly [string, string][] = [
      ['interval_minutes=5', 'application/x-www-form-urlencoded'],
      ['{"interval_minutes":5}', 'text/plain'],
      ['{"interval_minutes":5}', 'application/jsonp'],
      ['<interval/>', 'application/xml'],
    ]
    for (const [body, type] of forms) await expectProblem(await send(`${base}/start`, body, type), 415)
    expect(built.service.calls).toEqual([])
  })

  it('that is empty is none, whatever it calls itself', async () => {
    expect((await send(`${base}/start?interval_minutes=9`, '', 'application/x-www-form-urlencoded')).status).toBe(200)
    expect((await send(`${base}/start?interval_minutes=8`, '')).status).toBe(200)
    expect(built.service.calls).toEqual(['interval 9', 'interval 8'])
  })

  it('may name its character set', async () => {
    const body = '{"interval_minutes":9}'
    expect((await send(`${base}/start`, body, 'Application/JSON; charset=utf-8')).status).toBe(200)
  })

  it.each([
    ['nested deeper than anything we take', `{"authorized_user":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`],
    ['nested deep in lists', `{"authorized_user":{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}}`],
    ['nested without an end', '['.repeat(60_000)],
    ['cut short', '{"authorized_user":{"a":1}'],
    ['two values', '{}{}'],
    ['a number', '5'],
    ['a list', '[{}]'],
    ['with comments', '{"authorized_user":{}/* x */}'],
  ])('%s is a 400', async (_, body) => {
    await expectProblem(await send('/api/v1/accounts', body), 400)
    expect(built.service.calls).toEqual([])
  })

  it('that is no UTF-8 is a 400', async () => {
    const bytes = Buffer.concat([
      Buffer.from('{"authorized_user":{"a":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}}'),
    ])
    await expectProblem(await send('/api/v1/accounts', bytes), 400)
  })

  it('with brackets in its texts is not deep', async () => {
    const body = JSON.stringify({ authorized_user: { a: '{['.repeat(500), b: '\\"{'.repeat(100) } })
    expect((await send('/api/v1/accounts', body)).status).toBe(201)
  })

  it('with a field twice means the last one, and with names of the language nothing', async () => {
    expect((await send(`${base}/start`, '{"interval_minutes":7,"interval_minutes":9}')).status).toBe(200)
    expect(built.service.calls).toEqual(['interval 9'])
    for (const body of ['{"__proto__":{"interval_minutes":3}}', '{"constructor":{"prototype":{"x":1}}}']) {
      expect((await send(`${base}/start`, body)).status).toBeGreaterThanOrEqual(400)
    }
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
    expect(built.service.calls).toEqual(['interval 9'])
  })

  it('of any JSON never makes the service fail by a bug', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...operationNames.filter((name) => operations[name].method !== 'GET')),
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map((value) => `{"authorized_user":${value},"id":${value},"paused":${value}}`),
        ),
        async (name, body) => {
          const { method, path } = operations[name]
          expect((await send(path, body, 'application/json', method)).status).toBeLessThan(500)
        },
      ),
      { numRuns: 150 },
    )
    expect(built.logged).toEqual([])
  })

  it('of any query never makes the service fail by a bug', async () => {
    const part = fc.string({ unit: 'binary', maxLength: 20 }).map(encodeURIComponent)
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...operationNames.flatMap((name) => pathsOf(operations[name])), '/api/v1/events', '/metrics'),
        fc.array(fc.tuple(fc.oneof(part, fc.constantFrom('lines', 'limit', 'account', 'kinds', 'after')), part), {
          maxLength: 4,
        }),
        async (path, query) => {
          const text = query.map(([name, value]) => `${name}=${value}`).join('&')
          const response = await built.api.request(`${path}?${text}`, { headers: withToken })
          expect(response.status).toBeLessThan(500)
          await response.body?.cancel()
        },
      ),
      { numRuns: 150 },
    )
    expect(built.logged).toEqual([])
  })
})

describe('over a connection, a body', () => {
  const head = (...headers: readonly string[]) =>
    ['Host: 127.0.0.1', `Authorization: Bearer ${token}`, 'Content-Type: application/json', ...headers] as const
  const exchange = async (headers: readonly string[], body: string) => {
    const server = await serveApi(built.api, 0)
    const heard = await talk(server.port, requestText('POST /api/v1/accounts', headers, body))
    await server.close()
    return parseAnswer(heard)
  }

  it('in chunks is read', async () => {
    const text = '{"authorized_user":{"a":1}}'
    const chunks = `${text.slice(0, 9).length.toString(16)}\r\n${text.slice(0, 9)}\r\n${text.slice(9).length.toString(16)}\r\n${text.slice(9)}\r\n0\r\n\r\n`
    expect((await exchange(head('Transfer-Encoding: chunked'), chunks)).status).toBe(201)
    expect(built.service.calls).toEqual(['import {"a":1} undefined'])
  })

  it('that says it is too long is not waited for', async () => {
    expect((await exchange(head('Content-Length: 1000000000'), '{')).status).toBe(413)
  })

  it('that is too long without saying so is not read on', async () => {
    const chunk = `${(40_000).toString(16)}\r\n${' '.repeat(40_000)}\r\n`
    expect((await exchange(head('Transfer-Encoding: chunked'), chunk.repeat(3))).status).toBe(413)
    expect(built.service.calls).toEqual([])
  })
})

describe('for its headers alone', () => {
  it('everything that can be read can be asked, and nothing else', async () => {
    for (const name of operationNames) {
      const { method, path } = operations[name]
      const asked = name === 'tokenProve' ? `${path}?challenge=${'c'.repeat(43)}` : path
      const response = await built.api.request(asked, { method: 'HEAD', headers: withToken })
      const hasGet = operationNames.some((each) => operations[each].path === path && operations[each].method === 'GET')
      expect(response.status).toBe(hasGet ? 200 : 405)
      expect(await response.text()).toBe('')
      if (method === 'GET') expect(response.headers.get('content-type')).toContain('application/json')
    }
    expect(built.service.calls.filter((call) => !call.startsWith('failures'))).toEqual([])
  })

  it('what is wrong is told by the status', async () => {
    expect((await built.api.request('/nothing', { method: 'HEAD', headers: host })).status).toBe(404)
    expect((await built.api.request('/api/v1/accounts', { method: 'HEAD', headers: host })).status).toBe(401)
    expect((await built.api.request('/api/v1/logs?lines=x', { method: 'HEAD', headers: withToken })).status).toBe(400)
  })

  it('events leave no reader behind', async () => {
    for (let n = 0; n < 200; n++) {
      expect((await built.api.request('/api/v1/events', { method: 'HEAD', headers: host })).status).toBe(200)
    }
    expect(built.events.readers()).toBe(0)
  })
})

describe('events', () => {
  const ask = (query: string, headers: Record<string, string> = withToken) =>
    built.api.request(`/api/v1/events${query}`, { headers })

  it.each([
    '?kinds=',
    '?kinds=all',
    '?kinds=status,',
    '?kinds=status%20log',
    '?level=loud',
    '?lines=5001',
    '?kind=log',
    '?kinds=log&kinds=status',
    `?after=${'x'.repeat(201)}`,
  ])('asked for by %s are a 400', async (query) => {
    await expectProblem(await ask(query), 400)
    expect(built.events.readers()).toBe(0)
  })

  it('go on after the id in the header, which is newer than the one in the address', async () => {
    const read = async (response: Response) => {
      const reader = response.body!.getReader()
      const { value } = await reader.read()
      await reader.cancel()
      return new TextDecoder().decode(value)
    }
    expect(await read(await ask('?after=run1.3.0.0'))).toContain('event: status')
    expect(await read(await ask('?after=run1.3.0.0', { ...host, 'last-event-id': 'run1.7.0.0' }))).toBe(
      'retry: 2000\n\n',
    )
    expect(await read(await ask('', { ...host, 'last-event-id': '' }))).toContain('event: status')
  })

  it('that were opened with a token end when it is replaced, and without one when it is needed', async () => {
    const logReader = (await ask('?kinds=log')).body!.getReader()
    const statusReader = (await ask('', host)).body!.getReader()
    await logReader.read()
    await statusReader.read()
    expect((await built.api.request('/api/v1/token/renew', { method: 'POST', headers: withToken })).status).toBe(200)
    built.rules.requireToken = true
    const heard = Promise.all([logReader.read(), statusReader.read()])
    built.logs.write({ at: '2026-01-01T00:00:00.000Z', level: 'info', name: 'x', message: 'secret' })
    built.service.publish({})
    for (const { value } of await heard) {
      expect(new TextDecoder().decode(value)).toBe('event: end\ndata: {"reason":"forbidden"}\n\n')
    }
  })
})
