import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type ApiServer, serveApi } from '../../electron/api/server.ts'
import { Problem } from '../../shared/errors.ts'
import { type ApiUnderTest, buildApi, token } from './api-under-test.ts'
import { parseAnswer, requestText, talk } from './raw-http.ts'

const status = '/api/v1/background-sync/status'
const stop = '/api/v1/background-sync/stop'
const accounts = '/api/v1/accounts'
const bearer = `Authorization: Bearer ${token}`
const ours = 'Host: 127.0.0.1:PORT'
const evilOrigin = 'Origin: https://evil.example'

let built: ApiUnderTest
let server: ApiServer

beforeAll(async () => {
  built = buildApi()
  server = await serveApi(built.api, 0)
})
afterAll(async () => {
  built.events.close()
  await server.close()
})
afterEach(() => {
  built.rules.requireToken = false
})

const ask = async (line: string, headers: readonly string[], body = '') =>
  parseAnswer(await talk(server.port, requestText(line, headers, body).replaceAll('PORT', String(server.port))))

const redeem = '/api/v1/token/redeem'
const link = '/api/v1/token/link'
const form = 'Content-Type: application/x-www-form-urlencoded'
const jsonOf = (body: string) => ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`]
const tokenAsCode = JSON.stringify({ code: token })

type Row = [what: string, status: number, line: string, headers: readonly string[], body?: string]

/** What a page, a program or a hostile network may send. Every row is refused with this status, and nothing happens. */
const attacks: readonly Row[] = [
  // A name that was made to point here (DNS rebinding)
  ['a rebound name', 403, `GET ${status}`, ['Host: evil.example:PORT']],
  ['a rebound name that stops the service', 403, `POST ${stop}`, ['Host: evil.example:PORT']],
  ['a rebound name with the right token', 403, `GET ${accounts}`, ['Host: evil.example:PORT', bearer]],
  [
    'a rebound name whose page calls itself ours',
    403,
    `GET ${status}`,
    ['Host: evil.example', 'Origin: http://evil.example', 'Sec-Fetch-Site: same-origin'],
  ],
  ['a rebound name on a page', 403, 'GET /', ['Host: evil.example:PORT']],
  ['a rebound name where there is nothing', 403, 'GET /nothing', ['Host: evil.example:PORT']],
  ['a name below localhost', 403, `GET ${status}`, ['Host: evil.localhost:PORT']],
  ['even our own below localhost', 403, `GET ${status}`, ['Host: mailtide.localhost:PORT']],
  ['a name that begins like ours', 403, `GET ${status}`, ['Host: 127.0.0.1.evil.example:PORT']],
  ['a trailing dot', 403, `GET ${status}`, ['Host: localhost.:PORT']],
  ['a trailing dot behind the address', 403, `GET ${status}`, ['Host: 127.0.0.1.:PORT']],
  ['any address', 403, `GET ${status}`, ['Host: 0.0.0.0:PORT']],
  ['another loopback address', 403, `GET ${status}`, ['Host: 127.0.0.2:PORT']],
  ['a short address', 403, `GET ${status}`, ['Host: 127.1:PORT']],
  ['an address as one number', 403, `GET ${status}`, ['Host: 2130706433:PORT']],
  ['an address in hex', 403, `GET ${status}`, ['Host: 0x7f000001:PORT']],
  ['an address in octal', 403, `GET ${status}`, ['Host: 0177.0.0.1:PORT']],
  ['IPv4 in IPv6', 400, `GET ${status}`, ['Host: [::ffff:127.0.0.1]:PORT']],
  ['long IPv6', 400, `GET ${status}`, ['Host: [0:0:0:0:0:0:0:1]:PORT']],
  ['IPv6 with a zone', 400, `GET ${status}`, ['Host: [::1%25lo]:PORT']],
  ['IPv6 without brackets', 400, `GET ${status}`, ['Host: ::1:PORT']],
  ['a user before the host', 400, `GET ${status}`, ['Host: evil.example@127.0.0.1:PORT']],
  ['a host behind a user', 400, `GET ${status}`, ['Host: 127.0.0.1:PORT@evil.example']],
  ['a port that is none', 400, `GET ${status}`, ['Host: 127.0.0.1:99999']],
  ['full-width letters', 400, `GET ${status}`, ['Host: \xef\xbd\x8cocalhost:PORT']],
  ['no host', 400, `GET ${status}`, []],
  ['an empty host', 400, `GET ${status}`, ['Host:']],
  ['two hosts, the first ours', 400, `GET ${status}`, [ours, 'Host: evil.example']],
  ['two hosts, the second ours', 400, `GET ${status}`, ['Host: evil.example', ours]],
  ['two hosts in one header', 400, `GET ${status}`, ['Host: 127.0.0.1:PORT, evil.example']],
  ['the same host twice', 400, `GET ${status}`, [ours, ours]],
  ['another host in the request line', 403, `GET http://evil.example${status}`, [ours]],
  ['our host in the request line alone', 403, `GET http://127.0.0.1:PORT${status}`, ['Host: evil.example']],
  ['another scheme in the request line', 400, `GET ftp://127.0.0.1${status}`, [ours]],
  // Another web page (CSRF)
  [
    'a form on a page',
    403,
    `POST ${stop}`,
    [ours, evilOrigin, 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 3'],
    'a=b',
  ],
  [
    'a simple request with text',
    403,
    `POST ${stop}`,
    [ours, evilOrigin, 'Content-Type: text/plain', 'Content-Length: 2'],
    '{}',
  ],
  ['a form from a sandbox', 403, `POST ${stop}`, [ours, 'Origin: null']],
  ['an empty origin', 403, `POST ${stop}`, [ours, 'Origin:']],
  ['a page of another program here', 403, `POST ${stop}`, [ours, 'Origin: http://127.0.0.1:9999']],
  ['a page of another program on the web port here', 403, `POST ${stop}`, [ours, 'Origin: http://127.0.0.1']],
  ['ours under another name', 403, `POST ${stop}`, [ours, 'Origin: http://localhost:PORT']],
  ['ours under another scheme', 403, `POST ${stop}`, [ours, 'Origin: https://127.0.0.1:PORT']],
  ['a longer origin', 403, `POST ${stop}`, [ours, 'Origin: http://127.0.0.1:PORT.evil.example']],
  ['two origins', 403, `POST ${stop}`, [ours, 'Origin: http://127.0.0.1:PORT', evilOrigin]],
  ['an image of an old browser, by its origin', 403, `GET ${status}`, [ours, evilOrigin]],
  [
    'an image of a new browser',
    403,
    `GET ${status}`,
    [ours, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: image'],
  ],
  ['a page on another port', 403, `GET ${status}`, [ours, 'Sec-Fetch-Site: same-site', 'Sec-Fetch-Mode: cors']],
  ['Sec-Fetch-Site in capitals', 403, `GET ${status}`, [ours, 'SEC-FETCH-SITE: CROSS-SITE']],
  ['Sec-Fetch-Site twice', 403, `GET ${status}`, [ours, 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Site: cross-site']],
  [
    'a link to an address of the API',
    403,
    `GET ${status}`,
    [ours, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'],
  ],
  [
    'our page in a frame of another',
    403,
    'GET /',
    [ours, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: iframe'],
  ],
  [
    'our page as an object of another',
    403,
    'GET /',
    [ours, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: object'],
  ],
  [
    'our page fetched by another',
    403,
    'GET /',
    [ours, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: empty'],
  ],
  [
    'a form that goes to our page',
    403,
    'POST /',
    [ours, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document'],
  ],
  [
    'a question whether a page may ask (preflight)',
    403,
    `OPTIONS ${stop}`,
    [ours, evilOrigin, 'Access-Control-Request-Method: POST'],
  ],
  [
    'a preflight from a public to a private network',
    403,
    `OPTIONS ${stop}`,
    [ours, evilOrigin, 'Access-Control-Request-Method: POST', 'Access-Control-Request-Private-Network: true'],
  ],
  [
    'a web socket of another page',
    403,
    'GET /api/v1/events',
    [
      ours,
      evilOrigin,
      'Upgrade: websocket',
      'Sec-WebSocket-Key: eHh4eHh4eHh4eHh4eHh4eA==',
      'Sec-WebSocket-Version: 13',
    ],
  ],
  // The token
  ['no token', 401, `GET ${accounts}`, [ours]],
  ['the token in the address', 401, `GET ${accounts}?token=${token}&access_token=${token}`, [ours]],
  ['the token in a cookie', 401, `GET ${accounts}`, [ours, `Cookie: token=${token}`]],
  ['the token without its last letter', 401, `GET ${accounts}`, [ours, bearer.slice(0, -1)]],
  ['the token and a letter more', 401, `GET ${accounts}`, [ours, `${bearer}x`]],
  ['the token in capitals', 401, `GET ${accounts}`, [ours, `Authorization: Bearer ${token.toUpperCase()}`]],
  ['an empty token', 401, `GET ${accounts}`, [ours, 'Authorization: Bearer ']],
  [
    'the token by another scheme',
    401,
    `GET ${accounts}`,
    [ours, `Authorization: Basic ${Buffer.from(`x:${token}`).toString('base64')}`],
  ],
  ['the token without a scheme', 401, `GET ${accounts}`, [ours, `Authorization: ${token}`]],
  ['two tokens, one right', 401, `GET ${accounts}`, [ours, bearer, 'Authorization: Bearer other']],
  ['two tokens, the other right', 401, `GET ${accounts}`, [ours, 'Authorization: Bearer other', bearer]],
  ['two tokens in one header', 401, `GET ${accounts}`, [ours, `${bearer}, Bearer other`]],
  ['log events without the token', 401, 'GET /api/v1/events?kinds=status,log', [ours]],
  ['the path in capitals', 404, `GET ${accounts.toUpperCase()}`, [ours]],
  ['the path with dots', 401, `GET /health/../api/v1/x/%2e%2e/accounts`, [ours]],
  ['the path with a second slash', 404, `GET /${accounts}`, [ours]],
  // The link that opens the window
  [
    'a link’s code that nobody made',
    403,
    `POST ${redeem}`,
    [ours, ...jsonOf('{"code":"made-up"}')],
    '{"code":"made-up"}',
  ],
  ['the API token as a link’s code', 403, `POST ${redeem}`, [ours, ...jsonOf(tokenAsCode)], tokenAsCode],
  ['a code in the address', 415, `POST ${redeem}?code=made-up`, [ours]],
  ['a code in a form', 415, `POST ${redeem}`, [ours, form, 'Content-Length: 12'], 'code=made-up'],
  ['a code from another page', 403, `POST ${redeem}`, [ours, evilOrigin, ...jsonOf('{"code":"x"}')], '{"code":"x"}'],
  [
    'a code from a page of another program here',
    403,
    `POST ${redeem}`,
    [ours, 'Sec-Fetch-Site: same-site', ...jsonOf('{"code":"x"}')],
    '{"code":"x"}',
  ],
  ['a link made without the token', 401, `POST ${link}`, [ours]],
  ['a link made by a cookie', 401, `POST ${link}`, [ours, `Cookie: token=${token}; mailtide=${token}`]],
  ['the token read without it', 401, 'GET /api/v1/token', [ours]],
  ['the token read by a cookie', 401, 'GET /api/v1/token', [ours, `Cookie: mailtide-token=${token}`]],
  // The files of the window
  ['a way out of the window’s folder', 404, 'GET /assets/..%2f..%2fapi-token', [ours]],
  ['a way out, dots in code', 404, 'GET /assets/%2e%2e%2f%2e%2e%2fapi-token', [ours]],
  ['a way out that the address itself takes', 404, 'GET /assets/../api-token', [ours]],
  ['a way out with backslashes', 404, 'GET /assets/..%5c..%5capi-token', [ours]],
  ['a hidden file', 404, 'GET /assets/.htaccess', [ours]],
  ['a file with a zero byte', 404, 'GET /assets/index-1.js%00.html', [ours]],
  ['a source map that is not shipped', 404, 'GET /assets/index-1.js.map', [ours]],
  ['a folder', 404, 'GET /assets/', [ours]],
  ['a file that is written', 405, 'POST /assets/index-1.js', [ours]],
  [
    'a script of ours in another page',
    403,
    'GET /assets/index-1.js',
    [ours, 'Sec-Fetch-Site: cross-site', 'Sec-Fetch-Mode: no-cors', 'Sec-Fetch-Dest: script'],
  ],
  // Methods
  ['TRACE', 405, `TRACE ${status}`, [ours]],
  ['CONNECT', 405, 'CONNECT 127.0.0.1:25', ['Host: 127.0.0.1:25']],
  ['a method that overrides', 405, `GET ${stop}`, [ours, 'X-HTTP-Method-Override: POST', 'X-Method-Override: POST']],
  ['a method in the address that overrides', 405, `GET ${stop}?_method=POST`, [ours]],
  ['a read that stops', 405, `HEAD ${stop}`, [ours]],
  ['a method nobody knows', 400, `STOP ${stop}`, [ours]],
  // Two requests that look like one (smuggling)
  ['two lengths of the body', 400, `POST ${stop}`, [ours, 'Content-Length: 5', 'Content-Length: 6'], '12345'],
  ['a length and chunks', 400, `POST ${stop}`, [ours, 'Content-Length: 5', 'Transfer-Encoding: chunked'], '0\r\n\r\n'],
  ['chunks by a strange name', 400, `POST ${stop}`, [ours, 'Transfer-Encoding: xchunked'], '0\r\n\r\n'],
  ['chunks, twice', 400, `POST ${stop}`, [ours, 'Transfer-Encoding: chunked, identity'], '0\r\n\r\n'],
  ['a length that is negative', 400, `POST ${stop}`, [ours, 'Content-Length: -1']],
  [
    'a header folded over two lines',
    400,
    `POST ${stop}`,
    [ours, 'X-A: 1\r\n Host: evil.example', 'Content-Length : 5'],
  ],
  ['a space before the colon', 400, `POST ${stop}`, ['Host : 127.0.0.1:PORT']],
  ['a lone line feed in a header', 400, `POST ${stop}`, [ours, 'X-A: 1\nX-B: 2\n\nGET / HTTP/1.1']],
  ['a zero byte in a header', 400, `POST ${stop}`, [ours, 'X-A: 1\x002']],
  [
    'a chunk whose length is too long',
    400,
    `POST ${stop}`,
    [ours, 'Transfer-Encoding: chunked'],
    '11111111111111111\r\n',
  ],
  ['an expectation nobody knows', 417, `POST ${stop}`, [ours, 'Expect: 200-maybe']],
  ['HTTP/2 by prior knowledge', 400, 'PRI *', []],
]

describe('is refused, and nothing happens:', () => {
  it.each<Row>(attacks)('%s (%i)', async (_, expected, line, headers, body = '') => {
    const answer = await ask(line, headers, body)
    expect(answer.status).toBe(expected)
    expect(built.service.calls).toEqual([])
    expect(built.events.readers()).toBe(0)
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    expect(answer.headers['content-type']).toBe('application/problem+json')
    if (!line.startsWith('HEAD')) expect(Problem.parse(JSON.parse(answer.body)).status).toBe(expected)
    expect(answer.body).not.toContain(token)
  })

  it.each(['/health', status, '/metrics', '/api/v1/events', '/openapi.json', '/api/v1/background-sync/start'])(
    '%s without the token, where everything needs it',
    async (path) => {
      built.rules.requireToken = true
      const method = path.endsWith('start') ? 'POST' : 'GET'
      expect((await ask(`${method} ${path}`, [ours])).status).toBe(401)
      built.rules.requireToken = false
      expect((await ask(`${path.endsWith('start') ? 'POST' : 'HEAD'} ${path}`, [ours])).status).not.toBe(401)
    },
  )
})

describe('is served:', () => {
  const served: readonly Row[] = [
    ['curl', 200, `GET ${status}`, ['Host: localhost:PORT', 'User-Agent: curl/8.5.0', 'Accept: */*']],
    ['curl by address', 200, 'GET /health', [ours, 'User-Agent: curl/8.5.0']],
    ['curl by IPv6', 200, 'GET /health', ['Host: [::1]:PORT', 'User-Agent: curl/8.5.0']],
    ['curl in capitals', 200, 'GET /health', ['HOST: LOCALHOST:PORT']],
    ['curl through a proxy that it was told', 200, `GET http://127.0.0.1:PORT${status}`, [ours]],
    ['curl through a tunnel from another port', 200, 'GET /health', ['Host: localhost:18000']],
    [
      'Prometheus',
      200,
      'GET /metrics',
      [
        ours,
        'User-Agent: Prometheus/2.45.0',
        'Accept: application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5',
        'Accept-Encoding: gzip',
        'X-Prometheus-Scrape-Timeout-Seconds: 10',
      ],
    ],
    ['Prometheus with the token', 200, 'GET /metrics', [ours, bearer]],
    [
      'our own page',
      200,
      `GET ${status}`,
      [ours, 'Sec-Fetch-Site: same-origin', 'Sec-Fetch-Mode: cors', 'Sec-Fetch-Dest: empty'],
    ],
    [
      'our own page, acting',
      202,
      'POST /api/v1/background-sync/sync-now',
      [ours, 'Origin: http://127.0.0.1:PORT', 'Sec-Fetch-Site: same-origin', 'Content-Length: 0'],
    ],
    [
      'our own page by name, acting',
      202,
      'POST /api/v1/background-sync/sync-now',
      ['Host: localhost:PORT', 'Origin: http://localhost:PORT', 'Content-Length: 0'],
    ],
    [
      'our own page by IPv6, acting',
      202,
      'POST /api/v1/background-sync/sync-now',
      ['Host: [::1]:PORT', 'Origin: http://[::1]:PORT', 'Sec-Fetch-Site: same-origin', 'Content-Length: 0'],
    ],
    [
      'an address typed by a person',
      200,
      'GET /health',
      [ours, 'Sec-Fetch-Site: none', 'Sec-Fetch-Mode: navigate', 'Sec-Fetch-Dest: document', 'Sec-Fetch-User: ?1'],
    ],
    [
      'a link on another page to ours',
      200,
      'GET /',
      [
        ours,
        'Sec-Fetch-Site: cross-site',
        'Sec-Fetch-Mode: navigate',
        'Sec-Fetch-Dest: document',
        'Sec-Fetch-User: ?1',
      ],
    ],
    ['the token', 200, `GET ${accounts}`, [ours, bearer]],
  ]

  it.each<Row>(served)('%s (%i)', async (_, expected, line, headers, body = '') => {
    expect((await ask(line, headers, body)).status).toBe(expected)
  })
})
