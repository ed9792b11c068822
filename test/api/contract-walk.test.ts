import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { beforeEach, describe, expect, it } from 'vitest'
import { openApiDocument } from '../../electron/api/openapi.ts'
import { type OperationName, operationNames, operations, pathsOf } from '../../shared/contract.ts'
import { documentNames, documents } from '../../shared/documents.ts'
import { AppError } from '../../shared/errors.ts'
import { type ApiUnderTest, buildApi, host, withToken } from './api-under-test.ts'
import { adaAccount, adaSealed } from './fake-service.ts'

interface Described {
  readonly paths: Record<string, Record<string, { readonly responses: Record<string, unknown> }>>
  readonly components: { readonly responses: Record<string, unknown> }
}
const description = openApiDocument('0.1.0') as unknown as Described
const ajv = new Ajv2020({ strict: false })
formats.default(ajv)
ajv.addSchema({ $id: 'openapi.json', ...description })

/** Checks an answer against what the description says of this address, method and status. */
async function expectDescribed(path: string, method: string, response: Response): Promise<void> {
  const responses = description.paths[path]?.[method.toLowerCase()]?.responses ?? {}
  expect(Object.keys(responses), `${method} ${path} → ${response.status}`).toContain(String(response.status))
  const found = responses[response.status] as { $ref?: string; content?: Record<string, unknown> }
  const place = found.$ref ?? `#/paths/${escaped(path)}/${method.toLowerCase()}/responses/${response.status}`
  const content =
    found.content ?? (description.components.responses[place.split('/').at(-1) ?? ''] as typeof found).content
  const type = (response.headers.get('content-type') ?? '').split(';')[0] ?? ''
  expect(Object.keys(content ?? {}), `${method} ${path}`).toContain(type)
  const body: unknown = type.endsWith('json') ? await response.json() : await response.text()
  const isRight = validatorOf(`openapi.json${place}/content/${escaped(type)}/schema`)
  expect(isRight(body), `${method} ${path}: ${ajv.errorsText(isRight.errors)}`).toBe(true)
}
const compiled = new Map<string, ValidateFunction>()
function validatorOf($ref: string): ValidateFunction {
  const known = compiled.get($ref) ?? ajv.compile({ $ref })
  compiled.set($ref, known)
  return known
}
const escaped = (key: string) => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'))

/** For each operation, how it is asked: query and body of a good request, and of a bad one where there can be one. */
const requests: Record<OperationName, { readonly good: string | object; readonly bad?: string | object }> = {
  health: { good: '' },
  status: { good: '' },
  start: { good: '?interval_minutes=7', bad: '?interval_minutes=0' },
  stop: { good: '', bad: '?now=1' },
  syncNow: { good: `?account=${adaAccount.email}`, bad: '?account=' },
  accountsList: { good: '' },
  accountsAdd: { good: { authorized_user: { refresh_token: 'r' } }, bad: { authorized_user: 'r' } },
  demoAdd: { good: '', bad: '?messages=9' },
  accountsRemove: { good: '?mail=keep&revoke=true', bad: '?mail=burn' },
  accountsChange: { good: { paused: true, client: 'work', paste: true }, bad: { paste: true } },
  clientsList: { good: '' },
  clientsAdd: { good: { client: { installed: {} }, name: 'ada' }, bad: { client: 'ada' } },
  clientsRemove: { good: '', bad: '?all=1' },
  signInBegin: { good: { login_hint: adaAccount.email }, bad: { paste: 'yes' } },
  signInShow: { good: '', bad: '?wait=1' },
  signInCode: { good: { redirect: 'http://127.0.0.1:9/?code=4/0abc' }, bad: { code: '4/0abc' } },
  signInCancel: { good: '', bad: '?now=1' },
  accountsReauth: { good: {}, bad: { login_hint: adaAccount.email } },
  credentialsExport: { good: { passphrase: 'correct horse' }, bad: { passphrase: '' } },
  credentialsImport: { good: { passphrase: 'correct horse', file: adaSealed }, bad: { passphrase: 'correct horse' } },
  logs: { good: '?lines=5&level=debug', bad: '?lines=many' },
  settings: { good: '' },
  settingsChange: { good: { interval_minutes: 15 }, bad: { interval_minutes: 1.5 } },
  failures: { good: '?limit=5', bad: '?limit=0' },
  failuresRetry: { good: '', bad: '?account=' },
  metricsSeries: { good: '?span=hour', bad: '?span=century' },
  tokenProve: { good: `?challenge=${'c'.repeat(43)}`, bad: '?challenge=short' },
  tokenShow: { good: '' },
  tokenRenew: { good: '', bad: '?x=1' },
  tokenLink: { good: '?own_user=true', bad: '?own_user=1' },
  // A code that counts is made at each test.
  tokenRedeem: { good: { code: '' }, bad: { code: '' } },
  storage: { good: '' },
  verifyShow: { good: `?account=${adaAccount.email}`, bad: '?all=1' },
  verifyBegin: { good: { deep: 5, repair: true }, bad: { deep: 0 } },
  verifyCancel: { good: '', bad: '?x=1' },
}

let built: ApiUnderTest
beforeEach(() => {
  built = buildApi()
})

const pathOf = (path: string) => path.replace(/\{(id|name)\}/, encodeURIComponent(adaAccount.email))

function ask(name: OperationName, path: string, sent: string | object, headers: Record<string, string> = withToken) {
  const { method } = operations[name]
  if (typeof sent === 'string') return built.api.request(`${pathOf(path)}${sent}`, { method, headers })
  return built.api.request(pathOf(path), {
    method,
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(sent),
  })
}

describe.each(operationNames.flatMap((name) => pathsOf(operations[name]).map((path) => [name, path] as const)))(
  '%s at %s answers as it is described',
  (name, path) => {
    const { method, success, auth } = operations[name]
    const { bad } = requests[name]
    const wellSent = () => (name === 'tokenRedeem' ? { code: built.links.make().code } : requests[name].good)

    it('when it is asked well', async () => {
      const response = await ask(name, path, wellSent())
      expect(response.status).toBe(success)
      await expectDescribed(path, method, response)
    })

    it('when it is asked badly, where that is possible', async () => {
      if (bad === undefined) return
      const response = await ask(name, path, bad)
      expect(response.status).toBe(400)
      await expectDescribed(path, method, response)
      expect(built.service.calls).toEqual([])
    })

    it('without the token', async () => {
      const response = await ask(name, path, wellSent(), host)
      expect(response.status).toBe(auth === 'token' ? 401 : success)
      await expectDescribed(path, method, response)
      built.rules.requireToken = true
      const strict = await ask(name, path, wellSent(), host)
      expect(strict.status).toBe(auth === 'proof' ? success : 401)
      await expectDescribed(path, method, strict)
    })

    it('to a foreign page', async () => {
      const response = await ask(name, path, wellSent(), { ...withToken, origin: 'https://evil.example' })
      expect(response.status).toBe(403)
      await expectDescribed(path, method, response)
      expect(built.service.calls).toEqual([])
    })

    it('with each failure that it foresees', async () => {
      for (const code of operations[name].problems ?? []) {
        const fail = () => {
          throw new AppError(code, 'It did not go', { remedy: 'Try something else' })
        }
        const service = Object.fromEntries(Object.keys(built.service).map((key) => [key, fail]))
        const failing = buildApi({ service: { ...built.service, ...service, subscribe: () => () => undefined } })
        const before = built
        const sent = wellSent()
        built = failing
        const response = await ask(name, path, sent)
        built = before
        expect(response.status).toBeGreaterThanOrEqual(400)
        // That one is about the API token, and comes with a challenge.
        expect(response.status).not.toBe(401)
        await expectDescribed(path, method, response)
      }
    })
  },
)

describe.each(documentNames)('%s answers as it is described', (name) => {
  const { path, mediaType } = documents[name]

  it('when it is asked well, and for its headers alone', async () => {
    const response = await built.api.request(path, { headers: host })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toContain(mediaType)
    if (name === 'events') built.events.close()
    await expectDescribed(path, 'GET', response)
    const head = await built.api.request(path, { method: 'HEAD', headers: host })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(built.events.readers()).toBe(0)
  })

  it('without the token where it is needed, and to a foreign page', async () => {
    const foreign = await built.api.request(path, { headers: { host: 'evil.example' } })
    expect(foreign.status).toBe(403)
    await expectDescribed(path, 'GET', foreign)
    built.rules.requireToken = true
    const strict = await built.api.request(path, { headers: host })
    expect(strict.status).toBe(401)
    await expectDescribed(path, 'GET', strict)
  })

  it('to another method', async () => {
    const response = await built.api.request(path, { method: 'POST', headers: withToken })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })
})

it('the description that is served is the one that was checked', async () => {
  const response = await built.api.request('/openapi.json', { headers: host })
  expect(await response.json()).toEqual(JSON.parse(JSON.stringify(description)))
})
