import { randomBytes } from 'node:crypto'
import { chmod, stat } from 'node:fs/promises'
import { AppError } from '../../shared/errors.ts'
import { isOfAnother } from './data-folder.ts'
import { errnoOf, PRIVATE_FILE, writeDurably } from './durable-file.ts'
import { NotAFile, readPlainFile } from './plain-file.ts'
import { sameToken } from './same-token.ts'
import { createProver, type TokenProof } from './token-proof.ts'

/** The bearer token of the HTTP API in `api-token`; made when there is none, and when another user put it there, who knows it. 256 random bits in base64url. */
export async function ensureApiToken(path: string): Promise<string> {
  const present = await readApiToken(path)
  if (present !== null && !isOfAnother((await stat(path)).uid)) {
    await chmod(path, PRIVATE_FILE)
    return present
  }
  const token = randomBytes(32).toString('base64url')
  await writeToken(path, token)
  return token
}

async function writeToken(path: string, token: string): Promise<void> {
  try {
    await writeDurably(path, `${token}\n`)
  } catch (error) {
    throw new AppError('disk', `The API token cannot be written to ${path}`, {
      remedy: 'Free some space, or give your user write permission there',
      cause: error,
    })
  }
}

/** The token that a running service uses; null when there is none that could be one. */
export async function readApiToken(path: string): Promise<string | null> {
  try {
    const token = (await readPlainFile(path)).trim()
    return /^[\w-]{32,}$/.test(token) ? token : null
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    if (error instanceof NotAFile) {
      throw new AppError('disk', `The API token cannot be read: ${error.message}`, {
        remedy: 'Move it away, and restart Mailtide, which then makes a new token',
        cause: error,
      })
    }
    throw new AppError('forbidden', `The API token in ${path} cannot be read`, {
      remedy: 'Run this as the user who runs Mailtide',
      cause: error,
    })
  }
}

/** The token of a running service, which can be replaced while it runs. */
export interface ApiToken {
  present(): string
  /**
   * Whether this is the present token, or the key of this process that whoever had it proven was left with. Takes a time that says nothing of how
   * much was right.
   */
  matches(given: string): boolean
  /** Shows that this process has the token, without showing it. */
  prove(challenge: string): TokenProof
  /** Puts a new token into the file, whole or not at all, and in force: the old one is refused from then on. Throws `disk`, with the old one in force. */
  renew(): Promise<string>
}

/** Opens the token of a data folder. `hide` is given each token before it is used anywhere, for the log to keep out. */
export async function openApiToken(path: string, hide: (token: string) => void): Promise<ApiToken> {
  let present = await ensureApiToken(path)
  hide(present)
  const replace = async (): Promise<string> => {
    const token = randomBytes(32).toString('base64url')
    hide(token)
    await writeToken(path, token)
    present = token
    return token
  }
  const prover = createProver(() => present)
  let renewing: Promise<unknown> = Promise.resolve()
  return {
    present: () => present,
    matches: (given) => {
      const isToken = sameToken(given, present)
      return prover.isSessionKey(given) || isToken
    },
    prove: prover.prove,
    renew: () => {
      // One after the other: the token in force must be the one in the file.
      const renewed = renewing.then(replace)
      renewing = renewed.catch(() => undefined)
      return renewed
    },
  }
}
