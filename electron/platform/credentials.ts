import { chmod, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Credential, Log, SecretBox, TokenStore } from '../ports.ts'
import { errnoOf, isLeftover, PRIVATE_FILE, syncFolder, writeDurably } from './durable-file.ts'

/** A credential file. `box` names what sealed it, so that another host can tell that it cannot open it. */
const CredentialFile = z.object({ version: z.literal(1), box: z.string(), sealed: z.string() })

const StoredCredential: z.ZodType<Credential> = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  refresh_token: z.string().min(1),
  scopes: z.array(z.string()),
  access_token: z.string().exactOptional(),
  access_token_expires_at: z.string().exactOptional(),
  refresh_token_expires_at: z.string().exactOptional(),
})

/** Where another box's credentials can be opened, in words. */
const openers: Readonly<Record<string, string>> = {
  'safe-storage': 'the desktop app of the person who signed in, on this computer',
  passphrase: 'a service started with MAILTIDE_PASSPHRASE or MAILTIDE_PASSPHRASE_FILE',
}

/**
 * Credentials as one file per account, readable by the owner alone and sealed by `box`. Files that another box sealed
 * are never changed by reading, so the host that made them can still use them.
 */
export function createTokenStore(folder: string, box: SecretBox, log: Log): TokenStore {
  let queue: Promise<unknown> = Promise.resolve()
  let prepared = false

  /** One change at a time: two refreshes of one token must not overtake each other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work)
    queue = result.catch(() => undefined)
    return result
  }

  const prepare = async () => {
    if (prepared) return
    prepared = true
    const names = await readdir(folder)
    for (const name of names.filter(isLeftover)) await rm(join(folder, name), { force: true })
    if (box.kind !== 'plain') return
    log.warning('Refresh tokens are kept unencrypted, readable by your user alone', {
      folder,
      remedy: 'Set MAILTIDE_PASSPHRASE_FILE to seal them',
    })
  }

  return {
    read: async (account) => {
      const path = pathOf(folder, account)
      const text = await readOrNull(path)
      if (text === null) throw signInAgain(account, `There are no credentials for account ${account}`)
      await closeToOthers(path, log)
      const file = CredentialFile.safeParse(parseOrNull(text))
      if (!file.success) throw signInAgain(account, `The credentials of account ${account} in ${path} are damaged`)
      if (file.data.box !== box.kind) throw sealedElsewhere(account, file.data.box)
      const credential = StoredCredential.safeParse(parseOrNull(await box.open(file.data.sealed)))
      if (credential.success) return credential.data
      throw signInAgain(account, `The credentials of account ${account} in ${path} are damaged`)
    },
    write: (account, credential) =>
      inTurn(async () => {
        await prepare()
        const sealed = await box.seal(JSON.stringify(credential))
        const file = { version: 1, box: box.kind, sealed }
        await writeDurably(pathOf(folder, account), `${JSON.stringify(file, null, 2)}\n`)
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

async function readOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null
    throw new AppError('needs_reauth', `The credentials in ${path} cannot be read`, {
      remedy: 'Give your user permission to read that file, or sign in again',
      cause: error,
    })
  }
}

async function closeToOthers(path: string, log: Log): Promise<void> {
  if (process.platform === 'win32' || ((await stat(path)).mode & 0o077) === 0) return
  log.warning('A credential file was readable by others and has been closed to them', { file: path })
  await chmod(path, PRIVATE_FILE)
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

const signInAgain = (account: AccountId, message: string) =>
  new AppError('needs_reauth', message, {
    remedy: `Sign in again, or import its token: mailtide accounts import-token FILE (account ${account})`,
  })

const sealedElsewhere = (account: AccountId, kind: string) =>
  new AppError('sealed_elsewhere', `The credentials of account ${account} were sealed by another host (${kind})`, {
    remedy: `Only ${openers[kind] ?? 'the host that made them'} can open them; use that one, or sign in again here`,
  })
