import { AppError } from '../../shared/errors.ts'
import type { Env } from './data-folder.ts'

/** Addresses of what lies outside, as the environment gives them. Null means the normal one. */
export interface OutsideAddresses {
  /** Connection string of a real PostgreSQL. It may hold a password: never log it. */
  readonly databaseUrl: string | null
  /** With a slash at the end. */
  readonly gmailRootUrl: string | null
  /** With a slash at the end; `auth`, `token` and `revoke` live below it. */
  readonly oauthUrl: string | null
}

/** Reads and checks `DATABASE_URL`, `MAILTIDE_GMAIL_ROOT_URL` and `MAILTIDE_OAUTH_URL`. Throws `bad_settings`. */
export function outsideAddresses(env: Env): OutsideAddresses {
  return {
    databaseUrl: databaseUrl(env),
    gmailRootUrl: serviceUrl('MAILTIDE_GMAIL_ROOT_URL', env),
    oauthUrl: serviceUrl('MAILTIDE_OAUTH_URL', env),
  }
}

/** Credentials go there: only encrypted, or to this very computer. */
function serviceUrl(name: string, env: Env): string | null {
  const text = env[name]
  if (!text) return null
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw refused(name, 'is not a plain web address')
  }
  const allowed = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
  if (!allowed) throw refused(name, 'is neither https nor an address of this computer')
  return url.href.endsWith('/') ? url.href : `${url.href}/`
}

/** Whether a host name, as `URL` normalises it, can only be this computer. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}

function databaseUrl(env: Env): string | null {
  const text = env['DATABASE_URL']
  if (!text) return null
  if (/^postgres(ql)?:\/\//.test(text) && URL.canParse(text)) return text
  throw new AppError('bad_settings', 'DATABASE_URL is not the address of a PostgreSQL', {
    remedy: 'Write it as postgres://user:password@host:5432/database, or unset it to use the embedded database',
  })
}

const refused = (name: string, why: string) =>
  new AppError('bad_settings', `${name} ${why}`, {
    remedy: `Give an https address, or http on 127.0.0.1, or unset ${name} to use Google's own`,
  })

/** Passwords in the addresses that the environment gives, for the log to keep out however they come up; as written and decoded. */
export function passwordsIn(env: Env): readonly string[] {
  return ['DATABASE_URL', 'HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'ALL_PROXY', 'all_proxy'].flatMap(
    (name) => {
      const text = env[name] ?? ''
      const password = URL.canParse(text) ? new URL(text).password : ''
      return password === '' ? [] : [password, decoded(password)]
    },
  )
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
