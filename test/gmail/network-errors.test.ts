import { describe, expect, it } from 'vitest'
import { type CallName, classify } from '../../electron/gmail/errors.ts'
import type { AppError } from '../../shared/errors.ts'

const context = { account: 'ada@example.com', now: new Date('2026-11-25T12:00:00Z') }
const see = (thrown: unknown, call: CallName = 'get'): AppError => classify(thrown, call, context)

describe('a call without an answer', () => {
  const coded = (code: string, message = 'x'): Error => Object.assign(new Error(message), { code })
  const wrapped = (cause: unknown): Error =>
    new Error('request failed', { cause: new Error('fetch failed', { cause }) })
  it.each([
    'ECONNRESET',
    'ECONNREFUSED',
    'ETIMEDOUT',
    'EAI_AGAIN',
    'ENOTFOUND',
    'EPIPE',
    'ENETUNREACH',
    'EHOSTUNREACH',
    'UND_ERR_SOCKET',
    'UND_ERR_CONNECT_TIMEOUT',
    'UND_ERR_HEADERS_TIMEOUT',
    'ERR_STREAM_PREMATURE_CLOSE',
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'HPE_INVALID_CONSTANT',
  ])('%s is the network, wherever it is said', (code) => {
    expect(see(coded(code)).code).toBe('network')
    expect(see(wrapped(coded(code))).code).toBe('network')
    expect(see(new AggregateError([coded(code)], 'all failed')).code).toBe('network')
  })
  it('tells an untrusted certificate and a guest network in words', () => {
    expect(see(coded('SELF_SIGNED_CERT_IN_CHAIN')).remedy).toContain('NODE_EXTRA_CA_CERTS')
    expect(see(Object.assign(new Error('x'), { name: 'FetchError', type: 'no-redirect' })).remedy).toContain(
      'Sign in to the network',
    )
  })
  it('tells a timeout from being stopped', () => {
    expect(see(new DOMException('x', 'TimeoutError')).code).toBe('network')
    expect(see(new DOMException('x', 'AbortError')).code).toBe('aborted')
    const aborted = (reason: unknown): Error =>
      Object.assign(new Error('The operation was aborted.', { cause: new DOMException('x', 'AbortError') }), {
        config: { signal: AbortSignal.abort(reason) },
      })
    expect(see(aborted(new DOMException('x', 'TimeoutError'))).code).toBe('network')
    expect(see(aborted(undefined)).code).toBe('aborted')
  })
  it('takes a broken gzip stream for a bad answer and the unknown for a bug', () => {
    expect(see(coded('Z_DATA_ERROR')).code).toBe('bad_answer')
    expect(see(coded('Z_BUF_ERROR')).code).toBe('bad_answer')
    expect(see(new TypeError('x is not a function')).code).toBe('bug')
    expect(see('text').code).toBe('bug')
  })
  it('hangs nothing of the request on the error: bodies hold secrets', () => {
    const thrown = Object.assign(new TypeError('odd'), { config: { data: 'refresh_token=secret-token' } })
    const error = see(thrown, 'token')
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('secret-token')
    expect(error.cause).not.toHaveProperty('config')
  })
})
