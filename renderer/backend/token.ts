import { operations } from '../../shared/contract.ts'
import type { Problem } from '../../shared/errors.ts'
import { problemOf } from './backend.ts'
import { checkedOutput, toldProblem, unanswered } from './check.ts'
import type { HttpOptions } from './http.ts'

const KEY = 'mailtide-token'

/**
 * Keeps the API token as long as this tab lives: it survives a reload, and no other origin ever gets it. A cookie would be sent to every port
 * of this computer, whoever listens there.
 */
export const tokensOf = ({ sessionStorage }: Pick<Window, 'sessionStorage'>): HttpOptions['tokens'] => ({
  read: () => sessionStorage.getItem(KEY),
  write: (token) => sessionStorage.setItem(KEY, token),
})

/**
 * The code that a link brought behind the `#`, which browsers send to nobody. It is taken out of the address at once, so that it is in no
 * history and in no copied link. Null where there is none.
 */
export function takeCode({ location, history }: Pick<Window, 'location' | 'history'>): string | null {
  const code = /^#code=([\w-]{1,200})$/.exec(location.hash)?.[1]
  if (code === undefined) return null
  history.replaceState(null, '', `${location.pathname}${location.search}`)
  return code
}

/** Exchanges the code for the token; why that did not go, or null. */
export async function redeemCode(code: string, tokens: HttpOptions['tokens'], base = ''): Promise<Problem | null> {
  try {
    const { method, path } = operations.tokenRedeem
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
      redirect: 'error',
      signal: AbortSignal.timeout(10_000),
    }).catch(() => {
      throw unanswered()
    })
    const answer: unknown = await response.json().catch(() => null)
    if (!response.ok) throw toldProblem(answer)
    tokens.write(checkedOutput('tokenRedeem', answer).token)
    return null
  } catch (error) {
    return problemOf(error)
  }
}
