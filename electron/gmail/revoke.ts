import { auth } from 'googleapis/build/src/apis/gmail/index.js'
import { AppError } from '../../shared/errors.ts'
import type { Clock, Credential } from '../ports.ts'
import { classify } from './errors.ts'
import { failureFacts, HttpFailure, headersOf } from './failure.ts'
import { MAX_TOKEN_ANSWER } from './token-endpoint.ts'
import { type Agent, sharedAgent, withDeadline } from './transport.ts'

export interface RevokeDeps {
  readonly clock: Pick<Clock, 'now'>
  /** Base of `revoke`, with a slash at the end. */
  readonly oauthUrl: string
  readonly agent?: Agent
  readonly timeoutMs?: number
}

const byHand =
  'Try again later, or remove the account without revoking and revoke the access at https://myaccount.google.com/connections'

/**
 * Takes back what the person allowed. Google withdraws it for the whole project: for every OAuth client of it and every program that uses one.
 * A sign-in that is dead already counts as taken back. Throws when it may still be alive: `network`, `server`, or `bad_input` for a service
 * account, which nobody signed in.
 *
 * https://developers.google.com/identity/protocols/oauth2/native-app#tokenrevoke
 */
export async function revokeGrant(deps: RevokeDeps, credential: Credential, name: string): Promise<void> {
  if ('type' in credential) {
    throw new AppError('bad_input', `${name} is read by a service account: there is no personal permission to revoke`, {
      remedy:
        `Remove the account without revoking; to end the access, take the client id ${credential.client_id} out of ` +
        'Domain-wide delegation in the Google Admin console, or delete the key',
    })
  }
  const { transporter } = new auth.OAuth2()
  try {
    await withDeadline(new AbortController().signal, deps.timeoutMs ?? 30_000, name, async ({ signal }) => {
      const answer = await transporter.request<unknown>({
        url: `${deps.oauthUrl}revoke`,
        method: 'POST',
        // In the body: addresses get logged on the way.
        data: new URLSearchParams({ token: credential.refresh_token }),
        agent: deps.agent ?? sharedAgent(deps.oauthUrl),
        responseType: 'json',
        retry: false,
        redirect: 'error',
        validateStatus: () => true,
        maxContentLength: MAX_TOKEN_ANSWER,
        signal,
      })
      if (answer.status !== 200) throw new HttpFailure(answer.status, headersOf(answer.headers), answer.data)
    })
  } catch (error) {
    if (isDeadAlready(error)) return
    // The client's own error holds the request, and with it the token.
    const cause = classify(error, 'token', { account: name, now: deps.clock.now() })
    const code = cause.code === 'network' ? 'network' : 'server'
    throw new AppError(code, `The access was not revoked, and nothing was removed: ${cause.message}`, {
      remedy: byHand,
      cause,
    })
  }
}

/** RFC 7009 has 200 for it; Google answers 400 `invalid_token`. */
function isDeadAlready(error: unknown): boolean {
  if (error instanceof AppError) return false
  const { status, oauth } = failureFacts(error)
  return status === 400 && (oauth?.error === 'invalid_token' || oauth?.error === 'invalid_grant')
}
