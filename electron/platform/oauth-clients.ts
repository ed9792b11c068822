import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import type { ClientStore, Log, OAuthClient, SecretBox } from '../ports.ts'
import { errnoOf, PRIVATE_FOLDER, syncFolder } from './durable-file.ts'
import { readSealed, sealedBy, writeSealed } from './sealed-file.ts'

/** An OAuth client as it is kept in a file. */
export const StoredClient: z.ZodType<OAuthClient> = z.object({
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  project_id: z.string().nullable(),
})

/** File systems that do not tell capitals apart must not mix two clients up. */
const namePattern = /^[a-z0-9][a-z0-9._-]{0,39}$/

/** Whether a text can name an OAuth client. */
export const isClientName = (name: string): boolean => namePattern.test(name)

/** OAuth clients as one file each, readable by the owner alone and sealed by `box`, as credentials are. */
export function createClientStore(folder: string, box: SecretBox, log: Log): ClientStore {
  let queue: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = queue.then(work)
    queue = result.catch(() => undefined)
    return result
  }

  const read: ClientStore['read'] = async (name) => {
    const path = pathOf(folder, name)
    const file = await readSealed(path, box, log).catch((error: unknown) => {
      if (!(error instanceof AppError)) throw unreadable(name, path, error)
      throw error.code === 'sealed_elsewhere' ? shut(name, error) : error
    })
    if (file.kind === 'missing') throw notFound(name)
    if (file.kind === 'elsewhere') throw sealedElsewhere(name, file.box)
    if (file.kind === 'newer') throw writtenByNewer(name, path)
    const client = StoredClient.safeParse(file.kind === 'open' ? file.value : null)
    if (client.success) return client.data
    throw damaged(name, path)
  }

  return {
    read,
    list: async () => {
      const names = (await namesIn(folder)).flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? [])
      const known = names.filter(isClientName).sort()
      return Promise.all(
        known.map(async (name) => {
          try {
            return { name, client: await read(name) }
          } catch (error) {
            if (!(error instanceof AppError)) throw error
            return { name, client: null }
          }
        }),
      )
    },
    write: (name, client) =>
      inTurn(async () => {
        const path = pathOf(folder, name)
        try {
          await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER })
          await writeSealed(path, box, client)
        } catch (error) {
          if (error instanceof AppError) throw error
          throw new AppError('disk', `The OAuth client cannot be written to ${path}`, {
            remedy: 'Free some space, or give your user write permission there',
            cause: error,
          })
        }
      }),
    remove: (name) =>
      inTurn(async () => {
        const path = pathOf(folder, name)
        await stat(path).catch((error: unknown) => {
          throw errnoOf(error) === 'ENOENT' ? notFound(name) : error
        })
        await rm(path, { force: true })
        await syncFolder(folder)
      }),
  }
}

function pathOf(folder: string, name: string): string {
  if (isClientName(name)) return join(folder, `${name}.json`)
  throw new AppError('bad_input', 'The name of an OAuth client is made of up to 40 small letters, digits and . _ -', {
    remedy: 'Give another name, such as work or private-mail',
  })
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    throw error
  }
}

const notFound = (name: string) =>
  new AppError('not_found', `There is no OAuth client ${name}`, { remedy: 'See: mailtide clients list' })

const damaged = (name: string, path: string) =>
  new AppError('bad_token_file', `The OAuth client ${name} in ${path} is damaged`, {
    remedy: 'Add it again: mailtide clients add',
  })

const unreadable = (name: string, path: string, cause: unknown) =>
  new AppError('bad_token_file', `The OAuth client ${name} in ${path} cannot be read`, {
    remedy: 'Give your user permission to read that file, or add the client again: mailtide clients add',
    cause,
  })

const writtenByNewer = (name: string, path: string) =>
  new AppError('sealed_elsewhere', `The OAuth client ${name} in ${path} was written by a newer version of Mailtide`, {
    remedy: 'Install the newest version, or add the client again here: mailtide clients add',
  })

/** What the box says of it is meant for accounts: to sign in, which it advises, is what needs the client. */
const shut = (name: string, cause: AppError) =>
  new AppError('sealed_elsewhere', `The passphrase or key store that is here does not open the OAuth client ${name}`, {
    remedy:
      'Start Mailtide with the passphrase of before, or with the key store unlocked; or add the client again here: mailtide clients add',
    cause,
  })

const sealedElsewhere = (name: string, kind: string) =>
  new AppError('sealed_elsewhere', `The OAuth client ${name} is ${sealedBy(kind).why}`, {
    remedy: `${sealedBy(kind).remedy}, or add the client again here: mailtide clients add`,
  })
