import { beforeEach, describe, expect, it } from 'vitest'
import { windowPolicy } from '../../shared/window-files.ts'
import { type ApiUnderTest, buildApi, host, token, withToken } from './api-under-test.ts'

const browser = { ...host, accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }
const json = { ...host, 'content-type': 'application/json' }

let built: ApiUnderTest
beforeEach(() => {
  built = buildApi()
})
const get = (path: string, headers: Record<string, string> = browser) => built.api.request(path, { headers })
const redeem = (code: string, headers: Record<string, string> = json) =>
  built.api.request('/api/v1/token/redeem', { method: 'POST', headers, body: JSON.stringify({ code }) })

describe('the window over HTTP', () => {
  it('is the page under the policy of the desktop, for browsers; programs read what this is', async () => {
    const page = await get('/')
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8')
    expect(page.headers.get('content-security-policy')).toBe(windowPolicy)
    expect(page.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    expect(await page.text()).toContain('<title>Mailtide</title>')
    const script = await get('/assets/index-1.js')
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script.headers.get('content-security-policy')).toBe(windowPolicy)
    expect(await (await get('/', host)).text()).toContain('GET /openapi.json')
  })

  it('opens by a link of another page in a window of its own, but its files do not', async () => {
    const navigation = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
    expect((await get('/', { ...browser, ...navigation })).status).toBe(200)
    expect((await get('/assets/index-1.js', { ...browser, ...navigation })).status).toBe(403)
  })

  it('loads where everything needs the token, and shows nothing without it', async () => {
    built.rules.requireToken = true
    expect((await get('/')).status).toBe(200)
    expect((await get('/assets/index-1.js')).status).toBe(200)
    expect((await get('/api/v1/background-sync/status')).status).toBe(401)
  })

  it('sets no cookie anywhere', async () => {
    const { code } = built.links.make()
    for (const response of [await get('/'), await get('/assets/index-1.js'), await redeem(code)]) {
      expect(response.headers.get('set-cookie')).toBeNull()
    }
  })
})

describe('the link that opens the window', () => {
  it('gives the token once, for a code that was made with it', async () => {
    const made = await built.api.request('/api/v1/token/link', { method: 'POST', headers: withToken })
    expect(made.status).toBe(201)
    const { code } = await made.json()
    expect(await (await redeem(code)).json()).toEqual({ token })
    const again = await redeem(code)
    expect(again.status).toBe(403)
    expect(await again.json()).toMatchObject({ code: 'forbidden', title: 'This link was used already' })
    expect(built.logged).toEqual(['A link was used a second time'])
  })

  it('works where everything needs the token, and no more when the token was renewed', async () => {
    built.rules.requireToken = true
    expect((await redeem(built.links.make().code)).status).toBe(200)
    const { code } = built.links.make()
    await built.api.request('/api/v1/token/renew', { method: 'POST', headers: withToken })
    expect((await redeem(code)).status).toBe(403)
  })

  it('is used up by no other page, even one that knows its code', async () => {
    const { code } = built.links.make()
    expect((await redeem(code, { ...json, origin: 'https://evil.example' })).status).toBe(403)
    expect((await redeem(code, { ...json, 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await redeem(code, { ...json, host: 'evil.example' })).status).toBe(403)
    expect((await redeem(code)).status).toBe(200)
  })
})
