import { auth } from 'googleapis/build/src/apis/gmail/index.js'
import type { ClockWatch } from './clock-watch.ts'
import { HttpFailure, headersOf } from './failure.ts'
import { readTokenAnswer, type TokenAnswer } from './token-answer.ts'
import { type Agent, sharedAgent, withDeadline } from './transport.ts'

export interface TokenCall {
  /** Base of `token`, with a slash at the end. */
  readonly oauthUrl: string
  /** Whose token it is, for messages. */
  readonly name: string
  readonly signal: AbortSignal
  readonly agent?: Agent | undefined
  /** How long the endpoint may be silent. Default 30 s. */
  readonly timeoutMs?: number | undefined
  /** Is told the time by the answer. */
  readonly clockWatch?: ClockWatch | undefined
}

/** Google's answers are a few thousand bytes, unpacked. */
export const MAX_TOKEN_ANSWER = 1024 * 1024

let transporter: InstanceType<typeof auth.OAuth2>['transporter'] | null = null

/**
 * One call of Google's token endpoint. Throws `HttpFailure` for any answer but 200, `bad_answer`, `aborted`, `network` when it is silent,
 * or what the connection met; never tries again by itself.
 */
export function askForToken(call: TokenCall, form: Readonly<Record<string, string>>): Promise<TokenAnswer> {
  transporter ??= new auth.OAuth2().transporter
  const client = transporter
  return withDeadline(call.signal, call.timeoutMs ?? 30_000, call.name, async ({ signal }) => {
    const answer = await client.request<unknown>({
      url: `${call.oauthUrl}token`,
      method: 'POST',
      data: new URLSearchParams(form),
      agent: call.agent ?? sharedAgent(call.oauthUrl),
      responseType: 'json',
      retry: false,
      redirect: 'error',
      validateStatus: () => true,
      maxContentLength: MAX_TOKEN_ANSWER,
      signal,
    })
    call.clockWatch?.observe(headersOf(answer.headers).get('date'))
    if (answer.status !== 200) throw new HttpFailure(answer.status, headersOf(answer.headers), answer.data)
    return readTokenAnswer(answer.data)
  })
}
