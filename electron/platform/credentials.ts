import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Credential, Log, SecretBox, TokenStore } from '../ports.ts'
import { syncFolder } from './durable-file.ts'
import { readSealed, sealedBy, writeSealed } from './sealed-file.ts'

const anyCredential = {
  client_id: z.string(),
  scopes: z.array(z.string()),
  access_token: z.string().exactOptional(),
  access_token_expires_at: z.string().exactOptional(),
}

/** A credential as it is kept in a file. */
export const StoredCredential: z.ZodType<Credential> = z.union([
  z.object({
    ...anyCredential,
    type: z.literal('service_account'),
    client_email: z.string().min(1),
    private_key_id: z.string(),
    private_key: z.string().min(1),
    subject: z.string().min(1),
  }),
  z.object({
    ...anyCredential,
    client_secret: z.string(),
    refresh_token: z.string().min(1),
    refresh_token_expires_at: z.string().exactOptional(),
  }),
])

/**
 * Credentials as one file per account, readable by the owner alone and sealed by `box`. Files that another box sealed
 * are never changed by reading, so the host that made them can still use them.
 */
export function createTokenStore(folder: string, box: SecretBox, log: Log): TokenStore {
  let queue: Promise<unknown> = Promise.resolve()
  let isWarned = false

  /** One change at a time: two refreshes of one token must not overtake each other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work)
    queue = result.catch(() => undefined)
    return result
  }

  const warnOnce = (): void => {
    if (isWarned || box.kind !== 'plain') return
    isWarned = true
    log.warning('Refresh tokens are kept unencrypted, readable only by your user', {
      folder,
      remedy: 'Set MAILTIDE_PASSPHRASE_FILE to seal them',
    })
  }

  return {
    read: async (account) => {
      const path = pathOf(folder, account)
      const file = await readSealed(path, box, log).catch((error: unknown) => {
        throw error instanceof AppError ? error : unreadable(account, path, error)
      })
      if (file.kind === 'missing') throw signInAgain(account, `There are no credentials for account ${account}`)
      if (file.kind === 'elsewhere') throw sealedElsewhere(account, file.box)
      if (file.kind === 'newer') throw writtenByNewer(account, path)
      const credential = StoredCredential.safeParse(file.kind === 'open' ? file.value : null)
      if (credential.success) return credential.data
      throw signInAgain(account, `The credentials of account ${account} in ${path} are damaged`)
    },
    write: (account, credential) =>
      inTurn(async () => {
        warnOnce()
        const path = pathOf(folder, account)
        try {
          await writeSealed(path, box, credential)
        } catch (error) {
          throw unwritable(account, path, error)
        }
      }),
    remove: (account) =>
      inTurn(async () => {
        await rm(pathOf(folder, account), { force: true })
        await syncFolder(folder)
      }),
  }
}

function pathOf(folder: string, account: AccountId): string {
  if (/^[A-Za-z0-9_-][A-Za-z0-9_.@+-]*$/.test(account)) return join(folder, `${account}.json`)
  throw new AppError('bad_input', 'An account id is made of letters, digits and _ . @ + -')
}

/** The sign-in itself is well: nobody is asked for another one, and it is tried again. */
const unreadable = (account: AccountId, path: string, cause: unknown) =>
  new AppError('disk', `The credentials of account ${account} in ${path} cannot be read`, {
    remedy: 'Give your user permission to read that file; the sync then continues automatically',
    cause,
  })

const unwritable = (account: AccountId, path: string, cause: unknown) =>
  new AppError('disk', `The credentials of account ${account} cannot be written to ${path}`, {
    remedy: 'Free some space, make the folder writable for your user, and move away what is not a file',
    cause,
  })

const writtenByNewer = (account: AccountId, path: string) =>
  new AppError(
    'sealed_elsewhere',
    `The credentials of account ${account} in ${path} were written by a newer version of Mailtide`,
    { remedy: 'Install the newest version, or sign in again here' },
  )

const signInAgain = (account: AccountId, message: string) =>
  new AppError('needs_reauth', message, {
    remedy: `Sign in again: mailtide accounts reauth ${account}`,
  })

const sealedElsewhere = (account: AccountId, kind: string) =>
  new AppError('sealed_elsewhere', `The credentials of account ${account} are ${sealedBy(kind).why}`, {
    remedy: `${sealedBy(kind).remedy}, or sign in again here`,
  })
