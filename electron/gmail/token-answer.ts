import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'

/** Any of these lets us read mail: https://developers.google.com/workspace/gmail/api/auth/scopes */
const reading = [
  'https://www.googleapis.com/auth/gmail.readonly',
  'https://www.googleapis.com/auth/gmail.modify',
  'https://mail.google.com/',
]

/** Whether one of the scopes includes reading whole mails. */
export const mayRead = (scopes: readonly string[]): boolean => scopes.some((scope) => reading.includes(scope))

/** Scopes as Google writes them: separated by spaces. */
export const splitScopes = (text: string): string[] => text.split(/\s+/).filter((scope) => scope !== '')

/** What the token endpoint gave. Seconds for the lifetimes. */
export interface TokenAnswer {
  readonly accessToken: string
  readonly expiresIn: number
  /** A new refresh token, where Google changed it; null keeps the old one. */
  readonly refreshToken: string | null
  /** Null where the answer says nothing: they are then as before (RFC 6749 §5.1). */
  readonly scopes: readonly string[] | null
  /** OAuth clients in testing mode: the refresh token itself dies. */
  readonly refreshExpiresIn: number | null
}

/** Any printable ASCII (https://www.rfc-editor.org/rfc/rfc6749#appendix-A.12): anything else could not be sent in a header. */
const AccessToken = z.string().regex(/^[\x20-\x7e]+$/)

const Answer = z.object({
  access_token: AccessToken,
  expires_in: z.coerce.number().positive().optional(),
  refresh_token: z.string().min(1).optional(),
  scope: z.string().optional(),
  refresh_token_expires_in: z.coerce.number().positive().optional(),
})

/** Throws `AppError('bad_answer')`, without the answer: it may hold a token. */
export function readTokenAnswer(data: unknown): TokenAnswer {
  const answer = Answer.safeParse(data)
  if (!answer.success) throw new AppError('bad_answer', "The answer from Google's sign-in service is not valid")
  const { access_token, expires_in, refresh_token, scope, refresh_token_expires_in } = answer.data
  return {
    accessToken: access_token,
    expiresIn: expires_in ?? 3599,
    refreshToken: refresh_token ?? null,
    scopes: scope === undefined || scope.trim() === '' ? null : splitScopes(scope),
    refreshExpiresIn: refresh_token_expires_in ?? null,
  }
}
