import http from 'node:http'
import net from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { listenForRedirect } from '../../electron/gmail/loopback.ts'
import { failedPage, type Page, pageHtml, signedInPage } from '../../electron/gmail/oauth-pages.ts'
import { isReached } from '../support/is-reached.ts'

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly text: string
}

/** A request with exactly these headers, as no `fetch` would send them. */
function ask(
  url: string,
  options: { readonly path?: string; readonly method?: string; readonly headers?: http.OutgoingHttpHeaders } = {},
) {
  return new Promise<Answer>((resolve, reject) => {
    const { port } = new URL(url)
    const { path = '/', method = 'GET', headers = {} } = options
    const request = http.request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (piece: string) => {
        text += piece
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
    })
    request.on('error', reject)
    request.end()
  })
}

/** A listener that waits for `state=right`, and what it took. */
async function listening(page: Promise<Page> = Promise.resolve(signedInPage('ada@example.test'))) {
  const taken: string[] = []
  const loopback = await listenForRedirect((params) => {
    if (params.get('state') !== 'right' || taken.length > 0) return null
    taken.push(params.get('code') ?? '')
    return page
  })
  onTestFinished(() => loopback.close())
  return { ...loopback, taken }
}

const isClosed = (url: string) =>
  ask(url).then(
    () => false,
    () => true,
  )

it('listens on 127.0.0.1 alone, shows the page of the one redirect, and closes', async () => {
  const { redirectUri, taken } = await listening()
  expect(redirectUri).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/)
  if (process.platform === 'linux') expect(await isReached('127.0.0.2', Number(new URL(redirectUri).port))).toBe(false)
  const { status, headers, text } = await ask(redirectUri, { path: '/?state=right&code=4/0x' })
  expect(status).toBe(200)
  expect(text).toContain('ada@example.test')
  expect(headers['content-security-policy']).toMatch(/^default-src 'none'; style-src 'sha256-/)
  expect(headers['referrer-policy']).toBe('no-referrer')
  expect(headers['cache-control']).toBe('no-store')
  expect(text).not.toMatch(/<script|4\/0x/)
  expect(taken).toEqual(['4/0x'])
  expect(await isClosed(redirectUri)).toBe(true)
})

it.each([
  ['a foreign state', { path: '/?state=wrong&code=x' }, 400],
  ['no state', { path: '/?code=x' }, 400],
  ['another path', { path: '/favicon.ico?state=right&code=x' }, 404],
  ['a form', { path: '/?state=right&code=x', method: 'POST' }, 404],
  ['a rebound name', { path: '/?state=right&code=x', headers: { host: 'evil.example' } }, 404],
  ['a proxy’s request', { path: 'http://evil.example/?state=right&code=x' }, 404],
  ['a script of another page', { path: '/?state=right&code=x', headers: { 'sec-fetch-mode': 'cors' } }, 400],
  ['a picture in another page', { path: '/?state=right&code=x', headers: { 'sec-fetch-dest': 'image' } }, 400],
  ['another origin', { path: '/?state=right&code=x', headers: { origin: 'https://evil.example' } }, 400],
])('goes on waiting after %s', async (_, request, status) => {
  const { redirectUri, taken } = await listening()
  expect((await ask(redirectUri, request)).status).toBe(status)
  expect(taken).toEqual([])
  const fromGoogle = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }
  expect((await ask(redirectUri, { path: '/?state=right&code=y', headers: fromGoogle })).status).toBe(200)
  expect(taken).toEqual(['y'])
})

it('outlives a port scan', async () => {
  const { redirectUri, taken } = await listening()
  const port = Number(new URL(redirectUri).port)
  const sockets = [
    '',
    'SSH-2.0-scan\r\n',
    '\u0016\u0003\u0001\u0002',
    'GET / HTTP/9.9\r\n\r\n',
    `GET /${'x'.repeat(40_000)}`,
  ].map((junk) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(junk)
    return socket
  })
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
  })
  expect((await ask(redirectUri, { path: '/?state=right&code=z' })).status).toBe(200)
  expect(taken).toEqual(['z'])
})

it('closed, it still shows its page to the browser that came in time', async () => {
  const { promise, resolve } = Promise.withResolvers<Page>()
  const { redirectUri, close } = await listening(promise)
  const answer = ask(redirectUri, { path: '/?state=right&code=x' })
  while (!(await isClosed(redirectUri))) await new Promise((done) => setTimeout(done, 5))
  close()
  resolve(failedPage({ message: 'You signed in as <b>bob</b>', remedy: 'Choose "ada"' }))
  const { text } = await answer
  expect(text).toContain('You signed in as &#60;b&#62;bob&#60;/b&#62;.')
  expect(text).toContain('What to do: Choose &#34;ada&#34;.')
})

it('two listeners have ports of their own', async () => {
  const [one, other] = [await listening(), await listening()]
  expect(one.redirectUri).not.toBe(other.redirectUri)
  one.close()
  expect(await isClosed(one.redirectUri)).toBe(true)
  expect((await ask(other.redirectUri)).status).toBe(400)
})

it('says of every page in which language it is, and what it is', () => {
  expect(pageHtml(signedInPage('ada@example.test'))).toMatch(
    /^<!doctype html>\n<html lang="en">[\s\S]*<title>Signed in – Mailtide<\/title>/,
  )
})

it('makes links of Google’s pages in a remedy, and of nothing that came from outside', () => {
  const html = pageHtml(
    failedPage({
      message: 'You signed in as https://console.cloud.google.com/x@example.test',
      remedy: 'Create one at https://console.cloud.google.com/auth/clients, not at https://evil.example/"onclick=x',
    }),
  )
  expect([...html.matchAll(/<a [^>]*>/g)].map(([tag]) => tag)).toEqual([
    '<a href="https://console.cloud.google.com/auth/clients">',
  ])
  expect(html).toContain('https://evil.example/&#34;onclick=x')
})
