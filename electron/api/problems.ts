import type { Context } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { Problem } from '../../shared/errors.ts'

/** The media type of https://www.rfc-editor.org/rfc/rfc9457 */
export const PROBLEM_TYPE = 'application/problem+json'

/** A problem that the transport itself finds. */
export const problem = (status: number, code: Problem['code'], title: string, remedy?: string): Problem => ({
  type: `urn:mailtide:problem:${code}`,
  title,
  status,
  code,
  ...(remedy === undefined ? {} : { remedy }),
})

/** How many seconds a client should wait before it asks again for what there is no place for now. */
export const RETRY_AFTER_SECONDS = 15

/** A problem as an answer. */
export function answer(context: Context, document: Problem): Response {
  if (document.code === 'concurrency') context.header('Retry-After', String(RETRY_AFTER_SECONDS))
  return context.body(JSON.stringify(document), document.status as ContentfulStatusCode, {
    'Content-Type': PROBLEM_TYPE,
  })
}
