import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GuardedRequest, refuse } from '../../electron/api/guard.ts'

const request = (changes: Partial<GuardedRequest>): GuardedRequest => ({
  method: 'GET',
  host: '127.0.0.1:8000',
  authority: '127.0.0.1:8000',
  origin: undefined,
  secFetchSite: undefined,
  secFetchMode: undefined,
  secFetchDest: undefined,
  authorization: undefined,
  ...changes,
})
const isToken = (given: string) => given === 'right-token'
const open = (changes: Partial<GuardedRequest>) =>
  refuse(request(changes), { isPage: false, tokenNeeded: false, isToken })
const closed = (changes: Partial<GuardedRequest>) =>
  refuse(request(changes), { isPage: false, tokenNeeded: true, isToken })

describe('lets pass', () => {
  it.each<[string, Partial<GuardedRequest>]>([
    ['a program', {}],
    ['a program that says localhost', { host: 'localhost:8000' }],
    ['a program on IPv6', { host: '[::1]:8000' }],
    ['port 80', { host: 'localhost' }],
    ['capitals in the host', { host: 'LocalHost:8000' }],
    ['a tunnel that changes the port', { host: 'localhost:9000' }],
    ['our own page', { origin: 'http://127.0.0.1:8000', secFetchSite: 'same-origin' }],
    ['our own page through a tunnel', { host: 'localhost:9000', origin: 'http://localhost:9000' }],
    ['our own page on IPv6', { host: '[::1]:8000', origin: 'http://[::1]:8000' }],
    ['an address typed into the browser', { secFetchSite: 'none' }],
  ])('%s', (_, changes) => {
    expect(open(changes)).toBeNull()
  })
})

describe('refuses', () => {
  it.each<[string, Partial<GuardedRequest>]>([
    ['a name rebound to this computer', { host: 'evil.example:8000' }],
    ['a rebound name on the port of the web', { host: 'evil.example' }],
    ['no host', { host: undefined }],
    ['an empty host', { host: '' }],
    ['a name that begins like ours', { host: 'localhost.evil.example:8000' }],
    ['a name that ends like ours', { host: 'evil.localhost:8000' }],
    ['an address that begins like ours', { host: '127.0.0.1.evil.example' }],
    ['a name before ours', { host: 'evil.example@127.0.0.1:8000' }],
    ['a name behind ours', { host: '127.0.0.1:8000@evil.example' }],
    ['two hosts', { host: '127.0.0.1:8000, evil.example' }],
    ['a host with a line break', { host: '127.0.0.1:8000\n' }],
    ['a trailing dot', { host: 'localhost.:8000' }],
    ['any address', { host: '0.0.0.0:8000' }],
    ['another loopback address', { host: '127.0.0.2:8000' }],
    ['a short address', { host: '127.1:8000' }],
    ['an address as a number', { host: '2130706433:8000' }],
    ['an address in hex', { host: '0x7f000001:8000' }],
    ['IPv4 in IPv6', { host: '[::ffff:127.0.0.1]:8000' }],
    ['long IPv6', { host: '[0:0:0:0:0:0:0:1]:8000' }],
    ['IPv6 without brackets', { host: '::1:8000' }],
    ['an address of the local network', { host: '192.168.1.5:8000' }],
    ['a port that is no number', { host: 'localhost:80a' }],
    ['a foreign page', { origin: 'https://evil.example' }],
    ['a page without an origin of its own', { origin: 'null' }],
    ['an empty origin', { origin: '' }],
    ['a page of another program on this computer', { origin: 'http://127.0.0.1:9000' }],
    ['our host under another name', { origin: 'http://localhost:8000' }],
    ['our host under another scheme', { origin: 'https://127.0.0.1:8000' }],
    ['an extension', { origin: 'chrome-extension://abcdef' }],
    ['a file', { origin: 'file://' }],
    ['an origin that begins like ours', { origin: 'http://127.0.0.1:8000.evil.example' }],
    ['two origins', { origin: 'http://127.0.0.1:8000, https://evil.example' }],
    ['an image on a foreign page', { secFetchSite: 'cross-site' }],
    ['a page of the same site but another port', { secFetchSite: 'same-site' }],
    ['a word that browsers may send one day', { secFetchSite: 'cross-planet' }],
    ['a foreign page that calls itself ours', { origin: 'http://127.0.0.1:8000', secFetchSite: 'cross-site' }],
  ])('%s', (_, changes) => {
    expect(open(changes)).toMatchObject({ status: 403 })
    expect(closed({ ...changes, authorization: 'Bearer right-token' })).toMatchObject({ status: 403 })
  })

  it('every host but ours', () => {
    fc.assert(
      fc.property(fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.string()), fc.nat(65_535), (name, port) => {
        fc.pre(!/^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(name))
        expect(open({ host: name })).not.toBeNull()
        if (!['localhost', '127.0.0.1', '[::1]'].includes(name))
          expect(open({ host: `${name}:${port}` })).not.toBeNull()
      }),
    )
  })
})

describe('a link on another page', () => {
  const link = { secFetchSite: 'cross-site', secFetchMode: 'navigate', secFetchDest: 'document' }
  const page = (changes: Partial<GuardedRequest>) =>
    refuse(request({ ...link, ...changes }), { isPage: true, tokenNeeded: false, isToken })

  it('may lead to a page of ours, in a window of its own', () => {
    expect(page({})).toBeNull()
    expect(page({ method: 'HEAD', secFetchSite: 'same-site' })).toBeNull()
  })

  it.each<Partial<GuardedRequest>>([
    { method: 'POST' },
    { secFetchDest: 'iframe' },
    { secFetchDest: 'embed' },
    { secFetchDest: undefined },
    { secFetchMode: 'no-cors' },
    { secFetchMode: undefined },
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { host: 'evil.example' },
    { authority: 'evil.example' },
  ])('may not with %j', (changes) => {
    expect(page(changes)).toMatchObject({ status: 403 })
  })

  it('may never lead to an address of the API', () => {
    expect(open(link)).toMatchObject({ status: 403 })
  })

  it('opens no page that needs the token', () => {
    expect(refuse(request(link), { isPage: true, tokenNeeded: true, isToken })).toMatchObject({ status: 401 })
  })
})

describe('where the token is needed', () => {
  it.each(['Bearer right-token', 'bearer right-token', 'BEARER  right-token'])('%s is enough', (authorization) => {
    expect(closed({ authorization })).toBeNull()
  })

  it.each([
    undefined,
    '',
    'right-token',
    'Bearer',
    'Bearer wrong',
    'Basic right-token',
    'Bearer right-token x',
    'Bearer right-token, Bearer x',
  ])('%j is not', (authorization) => {
    expect(closed({ authorization })).toMatchObject({ status: 401 })
  })

  it('a foreign page gets no further with it', () => {
    expect(closed({ authorization: 'Bearer right-token', origin: 'https://evil.example' })).toMatchObject({
      status: 403,
    })
  })
})
