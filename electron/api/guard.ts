/** What the guard looks at. Absent headers are undefined; a header given several times is one text, separated by commas. */
export interface GuardedRequest {
  readonly method: string
  readonly host: string | undefined
  /** The host in the request's own address: the same as `host`, unless the request line names one itself. */
  readonly authority: string
  readonly origin: string | undefined
  readonly secFetchSite: string | undefined
  readonly secFetchMode: string | undefined
  readonly secFetchDest: string | undefined
  readonly authorization: string | undefined
}

export interface GuardRules {
  /** Whether what is asked for is a page that people may follow a link to, rather than an address of the API. */
  readonly isPage: boolean
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

/**
 * The names under which only this computer answers, as browsers spell them, with any port: tunnels change it. Names below
 * `localhost`, such as mailtide.localhost, are not among them: browsers keep those on this computer, but other resolvers ask
 * the network for them, and every further name is one more way in.
 */
const ourHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/

/**
 * Decides whether a request may pass; null when it may. Loopback is open to every web page a person visits, so: a foreign
 * `Host` is a DNS name that was rebound to this computer, and a foreign `Origin` or `Sec-Fetch-Site` is another page's
 * doing, even one served by this computer on another port. Programs send neither of the last two.
 */
export function refuse(request: GuardedRequest, rules: GuardRules): Refusal | null {
  const host = request.host?.toLowerCase()
  if (host === undefined || !ourHost.test(host) || !ourHost.test(request.authority.toLowerCase())) {
    return {
      status: 403,
      title: 'The request was made for another host',
      remedy: 'Use the address http://127.0.0.1 with the port of Mailtide',
    }
  }
  const foreignOrigin = request.origin !== undefined && request.origin.toLowerCase() !== `http://${host}`
  const site = request.secFetchSite?.toLowerCase()
  const foreignSite = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (foreignOrigin || (foreignSite && !isLinkToPage(request, rules))) {
    return {
      status: 403,
      title: 'The request comes from another web page',
      remedy: 'Open Mailtide’s own address in the browser, or use the mailtide command',
    }
  }
  if (!rules.tokenNeeded) return null
  const given = bearerToken(request.authorization)
  if (given !== null && rules.isToken(given)) return null
  return {
    status: 401,
    title: given === null ? 'This needs the API token' : 'The API token is not the right one',
    remedy: 'Send the header Authorization: Bearer with the content of the file api-token in the data folder',
  }
}

/** The token of an `Authorization` header: https://www.rfc-editor.org/rfc/rfc6750#section-2.1. Null when it holds none, or several. */
export const bearerToken = (authorization: string | undefined): string | null =>
  /^bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1] ?? null

/**
 * A link on another page that the person followed in a window of its own: the other page sees nothing of what it opens, and
 * reading a page changes nothing. Only for pages: nobody is sent to an address of the API by a link. The rule is the one of
 * https://web.dev/articles/fetch-metadata.
 */
const isLinkToPage = (request: GuardedRequest, { isPage }: GuardRules): boolean =>
  isPage &&
  (request.method === 'GET' || request.method === 'HEAD') &&
  request.secFetchMode?.toLowerCase() === 'navigate' &&
  request.secFetchDest?.toLowerCase() === 'document'
