import { AppError, type AppErrorOptions } from '../../shared/errors.ts'
import type { FailureFacts } from './failure.ts'

/** For a connection that failed in the midst of what is done again anyway. */
export const checkConnection = {
  remedy: 'Check the internet connection; Mailtide keeps trying',
  action: { kind: 'keeps_trying' },
} as const

const offline = ['ENOTFOUND', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH', 'ENETDOWN', 'EHOSTDOWN', 'ENONET']
const timeouts = ['TimeoutError', 'ETIMEDOUT', 'ESOCKETTIMEDOUT', 'ERR_SOCKET_CONNECTION_TIMEOUT']
/** An answer was given up because it is larger than any should be: ours, and that of the fetch which the client library uses. */
export const ANSWER_TOO_LARGE = 'ERR_ANSWER_TOO_LARGE'
const tooLarge = [ANSWER_TOO_LARGE, 'max-size']
const broken = /^Z_|^ERR_BROTLI|^ERR_CONTENT_DECODING/
const certificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|ALTNAME/
const network =
  /^(ECONN|EPIPE|EPROTO|EADDR|ENET|EHOST|ESOCKET|UND_ERR|HPE_|ERR_TLS|ERR_SSL|ERR_HTTP|ERR_SOCKET|ERR_STREAM|ERR_PROXY|FetchError|GaxiosError|SocketError|system|no-redirect|max-redirect)/

/**
 * A call that got no answer, as `network`, `bad_answer` (the compressed body is broken), `aborted` or `bug`. Codes are looked
 * for along the whole chain of causes.
 */
export function networkError(facts: FailureFacts, failure: unknown, context: { readonly account: string }): AppError {
  const { codes } = facts
  const code = codes.find((name) => /^[A-Z][A-Z0-9_]+$/.test(name)) ?? codes[0] ?? 'unknown'
  const fail = (what: string, help: Pick<AppErrorOptions, 'remedy' | 'action'>): AppError =>
    new AppError('network', `${what} (${context.account})`, { ...help, cause: new Error(code) })

  if (codes.some((name) => timeouts.includes(name) || name.includes('TIMEOUT'))) {
    return fail('Gmail did not answer in time', checkConnection)
  }
  if (codes.includes('AbortError') || codes.includes('ABORT_ERR')) return new AppError('aborted', 'Stopped')
  if (codes.some((name) => tooLarge.includes(name))) {
    return new AppError('bad_answer', `Gmail's answer is larger than any answer should be (${context.account})`, {
      remedy: 'Check what is between this computer and Google, such as a proxy; Mailtide keeps trying',
      action: { kind: 'keeps_trying' },
      cause: new Error(code),
    })
  }
  if (codes.some((name) => broken.test(name))) {
    return new AppError('bad_answer', `Gmail's answer arrived damaged (${context.account})`, { cause: new Error(code) })
  }
  if (codes.some((name) => certificate.test(name))) {
    const remedy = 'Where a gateway inspects traffic, set NODE_EXTRA_CA_CERTS to its certificate; else check the clock'
    return fail('The connection to Google is not trusted', { remedy })
  }
  if (codes.some((name) => offline.includes(name))) {
    return fail('Google cannot be reached', checkConnection)
  }
  if (codes.includes('no-redirect') || codes.includes('max-redirect')) {
    return fail('Something on the network redirects the connection', {
      remedy: 'Sign in to the network (hotel, train, guest Wi-Fi) in a browser',
    })
  }
  if (codes.some((name) => network.test(name))) {
    return fail('The connection to Google was interrupted', checkConnection)
  }
  return new AppError('bug', 'An unexpected error occurred in a call to Gmail', { cause: bare(failure) })
}

/** Name, words and place of an error, without what the client library hangs on it (request bodies hold secrets). */
function bare(failure: unknown): Error {
  if (!(failure instanceof Error)) return new Error(typeof failure)
  const copy = new Error(`${failure.name}: ${failure.message}`)
  if (failure.stack !== undefined) copy.stack = failure.stack
  return copy
}
