/** What the guard looks at. Absent headers are undefined. */
export interface GuardedRequest {
  readonly host: string | undefined
  readonly origin: string | undefined
  readonly secFetchSite: string | undefined
  readonly authorization: string | undefined
}

export interface GuardRules {
  /** Whether what the request asks for needs the token. */
  readonly tokenNeeded: boolean
  /** Compares in constant time. */
  readonly isToken: (given: string) => boolean
}

export interface Refusal {
  readonly status: 401 | 403
  readonly title: string
  readonly remedy: string
}

/** The names under which only this computer answers, as browsers spell them, with any port: tunnels change it. */
const ourHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/

/**
 * Decides whether a request may pass; null when it may. Loopback is open to every web page a person visits, so: a foreign
 * `Host` is a DNS name that was rebound to this computer, and a foreign `Origin` or `Sec-Fetch-Site` is another page's
 * doing, even one served by this computer on another port. Programs send neither of the last two.
 */
export function refuse(request: GuardedRequest, rules: GuardRules): Refusal | null {
  const host = request.host?.toLowerCase()
  if (host === undefined || !ourHost.test(host)) {
    return {
      status: 403,
      title: 'The request was made for another host',
      remedy: 'Use the address http://127.0.0.1 with the port of Mailtide',
    }
  }
  const foreignOrigin = request.origin !== undefined && request.origin.toLowerCase() !== `http://${host}`
  const site = request.secFetchSite?.toLowerCase()
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (foreignOrigin || foreignSite) {
    return {
      status: 403,
      title: 'The request comes from another web page',
      remedy: 'Open Mailtide’s own address in the browser, or use the mailtide command',
    }
  }
  if (!rules.tokenNeeded) return null
  const given = /^bearer +([\w.~+/=-]+)$/i.exec(request.authorization ?? '')?.[1]
  if (given !== undefined && rules.isToken(given)) return null
  return {
    status: 401,
    title: given === undefined ? 'This needs the API token' : 'The API token is not the right one',
    remedy: 'Send the header Authorization: Bearer with the content of the file api-token in the data folder',
  }
}
