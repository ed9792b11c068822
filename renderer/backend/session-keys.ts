import { operations, requestOf } from '../../shared/contract.ts'
import { words } from '../words/words.ts'
import { ProblemError } from './backend.ts'
import { checkedOutput, toldProblem, unanswered } from './check.ts'

export interface SessionKeys {
  /**
   * What is sent in place of the API token; null where there is no token. Throws a `ProblemError`: `network` when nobody answers, and as for a wrong
   * token when who answers does not prove to know it.
   */
  present(): Promise<string | null>
  /** It was not taken: the service is another process by now. Whether it is worth asking once more. */
  forget(): boolean
}

const PATIENCE_MS = 10_000

/**
 * An open page goes on asking after Mailtide has ended, and another program can have its port by then. So the token itself is never sent: the
 * service proves first that it knows it, and is then sent a key made of it that no other process takes (`shared/token.ts`).
 */
export function createSessionKeys(base: string, token: () => string | null): SessionKeys {
  let kept: { readonly token: string; readonly key: Promise<string> } | null = null
  return {
    present: async () => {
      const secret = token()
      // Browsers have no cryptography for pages that came over a network unencrypted, which none of ours did.
      if (secret === null || globalThis.crypto.subtle === undefined) return secret
      if (kept?.token === secret) return kept.key
      const key = provenKey(base, secret)
      const mine = { token: secret, key }
      kept = mine
      key.catch(() => {
        if (kept === mine) kept = null
      })
      return key
    },
    forget: () => {
      const isKept = kept !== null
      kept = null
      return isKept
    },
  }
}

/** Asks with the present key, and once more with another where that is not taken: nothing was done then. */
export async function askWithKey(
  keys: SessionKeys,
  ask: (authorization: Record<string, string>) => Promise<Response>,
): Promise<Response> {
  const response = await ask(bearer(await keys.present()))
  return response.status === 401 && keys.forget() ? ask(bearer(await keys.present())) : response
}

const bearer = (key: string | null): Record<string, string> => (key === null ? {} : { authorization: `Bearer ${key}` })

async function provenKey(base: string, token: string): Promise<string> {
  const challenge = base64url(globalThis.crypto.getRandomValues(new Uint8Array(32)))
  const { url } = requestOf(operations.tokenProve, { challenge })
  const response = await fetch(`${base}${url}`, {
    redirect: 'error',
    signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => {
    throw unanswered()
  })
  const answer: unknown = await response.json().catch(() => null)
  if (!response.ok) throw toldProblem(answer)
  const { session, proof } = checkedOutput('tokenProve', answer)
  const mac = await macWith(token)
  if (proof !== (await mac(`mailtide-service ${session} ${challenge}`))) throw wrongToken()
  return mac(`mailtide-session ${session}`)
}

async function macWith(token: string): Promise<(text: string) => Promise<string>> {
  const { subtle } = globalThis.crypto
  const bytes = (text: string) => new TextEncoder().encode(text)
  const key = await subtle.importKey('raw', bytes(token), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return async (text) => base64url(new Uint8Array(await subtle.sign('HMAC', key, bytes(text))))
}

const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

/** As the service says it of a token that is not its own. */
const wrongToken = (): ProblemError =>
  new ProblemError({
    type: 'urn:mailtide:problem:forbidden',
    title: words.frame.problem.wrongToken,
    status: 401,
    code: 'forbidden',
    remedy: words.frame.problem.wrongTokenRemedy,
  })
