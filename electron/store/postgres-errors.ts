import type { AppError } from '../../shared/errors.ts'
import { asAppError, AppError as Failure } from '../../shared/errors.ts'
import { StatementError } from './db.ts'
import type { ServerError } from './faults.ts'
import { keepsTrying, PostgresFault, type Remedy, storeError, toStoreError } from './faults.ts'

const check = 'Check DATABASE_URL'
const restart = keepsTrying('Mailtide keeps trying; check that the server is running')

/** What to tell, by SQLSTATE or by Node's code. Never quotes the URL: it can hold a password. */
const known: Readonly<Record<string, readonly [string, Remedy]>> = {
  ECONNREFUSED: ['No PostgreSQL server answers at the address of DATABASE_URL', `${check}, or start the server`],
  ENOENT: ['The socket named by DATABASE_URL does not exist', `${check}, or start the server`],
  ENOTFOUND: ['The host named by DATABASE_URL does not exist', check],
  EAI_AGAIN: ['The host named by DATABASE_URL cannot be looked up now', restart],
  ETIMEDOUT: ['The database server does not answer', restart],
  '28P01': ['The database server refused the password of DATABASE_URL', check],
  '28000': ['The database server refused the user of DATABASE_URL', `${check} and the server's pg_hba.conf`],
  '3D000': ['The database named by DATABASE_URL does not exist', `Create it (\`createdb\`), or ${check.toLowerCase()}`],
  '42501': ['The user of DATABASE_URL may not do this', 'Give it the ownership of the database'],
  '25006': ['The database is read-only', keepsTrying('Mailtide keeps trying; use a server that accepts writes')],
  '53300': ['The database server has no free connection', 'Raise its max_connections, or stop other programs'],
  '57014': ['The database took too long over a request', keepsTrying('Mailtide keeps trying')],
  '57P03': ['The database server is starting or stopping', restart],
  DEPTH_ZERO_SELF_SIGNED_CERT: [
    'The certificate of the database server is self-signed',
    'Use sslmode=no-verify, or give its certificate by sslrootcert',
  ],
  SELF_SIGNED_CERT_IN_CHAIN: [
    'The certificate of the database server is of an unknown authority',
    'Give the authority by sslrootcert',
  ],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: [
    'The certificate of the database server cannot be verified',
    'Give its authority by sslrootcert',
  ],
  ERR_TLS_CERT_ALTNAME_INVALID: ['The certificate of the database server is for another host', check],
}

/** Any failure of the `pg` driver as the error that `Sql.query` promises. */
export function fromPg(error: unknown): AppError | StatementError {
  if (error instanceof Failure || error instanceof StatementError) return error
  if (!(error instanceof Error)) return asAppError(error)
  const { code, severity, constraint } = error as Error & Partial<ServerError>
  const server: ServerError = { message: error.message, code, severity, constraint }
  const words = code === undefined ? undefined : known[code]
  if (words !== undefined) return storeError(words[0], words[1], new PostgresFault(server))
  if (error.message.includes('does not support SSL')) {
    return storeError(
      'The database server does not offer TLS',
      'Set sslmode=disable in DATABASE_URL if the network is yours',
      error,
    )
  }
  if (code === '53100') {
    const remedy = 'Free some space there; syncing then resumes automatically'
    return new Failure('disk', 'The disk of the database server is full', { remedy, cause: new PostgresFault(server) })
  }
  if (isConnectionLoss(error))
    return storeError('The connection to the database was lost', restart, new PostgresFault(server))
  return toStoreError(server)
}

/** A server that takes no writes any more: after a failover, behind a name or proxy that leads to the new primary by now. */
const READ_ONLY = '25006'

/** The client cannot be used again, or leads to the wrong server: another connection may do. */
export function isConnectionLoss(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, severity } = error as Error & Partial<ServerError>
  if (code === undefined) return /connection|timeout|terminated|closed/i.test(error.message)
  if (code === READ_ONLY) return true
  return severity === 'FATAL' || severity === 'PANIC' || /^(08|57P0)/.test(code) || /^E[A-Z]{3,}/.test(code)
}

/** Looks at DATABASE_URL before anything is sent. Throws `AppError('bad_settings')`, never with the URL in it. */
export function checkDatabaseUrl(text: string): void {
  const refuse = (what: string) =>
    new Failure('bad_settings', `DATABASE_URL ${what}`, {
      remedy: 'Write it as postgresql://user:password@host:5432/database, or unset it to use the embedded database',
    })
  if (text.trim() !== text || text === '') throw refuse('is empty or has blanks around it')
  const scheme = /^([a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase()
  if (scheme !== 'postgres' && scheme !== 'postgresql') throw refuse('does not begin with postgresql://')
  let url: URL
  try {
    url = new URL(text.replace('@/', '@localhost/').replace(/^(\w+):\/\/\//, '$1://localhost/'))
  } catch {
    throw refuse('cannot be read; characters such as @ : / # in the password must be percent-encoded')
  }
  const database = decodeURIComponent(url.pathname.slice(1))
  if (database === '') throw refuse('names no database')
  if (database.includes('/')) throw refuse('names a database with a slash in it')
  if (['template0', 'template1'].includes(database))
    throw refuse(`names ${database}, which is a pattern for new databases`)
  const sslmode = url.searchParams.get('sslmode')
  const modes = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify']
  if (sslmode !== null && !modes.includes(sslmode)) throw refuse('has an unknown sslmode')
}
