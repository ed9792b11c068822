import type { Env } from '../platform/data-folder.ts'

/** Our service listens on this computer alone. */
const OURS = '127.0.0.1'

/**
 * The value of `no_proxy` with which Node asks our own service itself, whatever proxy it is told to use (`NODE_USE_ENV_PROXY`): a proxy would
 * look for the service on its own computer, and be shown the token. Null where nothing is to be changed.
 */
export function withoutProxy(env: Env): string | null {
  const own = env['no_proxy'] ?? env['NO_PROXY'] ?? ''
  if (own.trim() === '*' || own.split(/[\s,]+/).includes(OURS)) return null
  return own === '' ? OURS : `${own},${OURS}`
}
