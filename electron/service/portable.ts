import { counted } from '../../shared/describe.ts'
import { AppError, asAppError, isAbort, toProblem } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { AccountSnapshot } from '../../shared/status.ts'
import type { ClientStore, Credential, Log, TokenStore } from '../ports.ts'
import { type CredentialContent, openCredentials, sealCredentials } from './credential-file.ts'
import { freeName } from './oauth-clients.ts'
import type { Member } from './roster.ts'
import type { Service } from './types.ts'

export interface PortableDeps {
  readonly tokens: TokenStore
  readonly clients: ClientStore
  readonly log: Log
  /** The account of that address or id, or all of them. Throws `not_found`. */
  readonly chosen: (account: string | undefined) => readonly Member[]
  /** Tries the credential on Gmail and stores its account. */
  readonly adopt: (credential: Credential) => Promise<AccountId>
  readonly welcome: (id: AccountId) => Promise<AccountSnapshot>
}

/** Credentials on their way to another computer, or to another passphrase. */
export function createPortable(deps: PortableDeps): Pick<Service, 'exportCredentials' | 'importCredentials'> {
  const { tokens, log } = deps

  return {
    exportCredentials: async (passphrase, account) => {
      const accounts: { email: string; credential: Credential }[] = []
      const left_out = []
      for (const member of deps.chosen(account)) {
        const { id, email } = member.account
        try {
          accounts.push({ email, credential: lasting(await tokens.read(id)) })
        } catch (error) {
          // One that cannot be opened must not keep the others here, unless it alone was asked for.
          if (account !== undefined || isAbort(error)) throw error
          left_out.push({ email, problem: toProblem(error) })
        }
      }
      const kept = account === undefined ? await deps.clients.list() : []
      const clients = kept.flatMap(({ name, client }) => (client === null ? [] : [{ name, client }]))
      if (accounts.length + clients.length === 0) throw nothing(left_out.length)
      const file = await sealCredentials({ accounts, clients }, passphrase)
      log.info(`Exported credentials into a sealed file: ${amounts(accounts, clients)}`)
      return { file, accounts: accounts.map(({ email }) => email), clients: clients.map(({ name }) => name), left_out }
    },
    importCredentials: async (file, passphrase) => {
      const content = await openCredentials(file, passphrase)
      const clients = await keepClients(deps.clients, content.clients)
      const accounts: AccountSnapshot[] = []
      const failed = []
      let offline: AppError | null = null
      for (const { email, credential } of content.accounts) {
        try {
          // Without a network the others would only wait for the same.
          if (offline !== null) throw offline
          accounts.push(await deps.welcome(await deps.adopt(credential)))
        } catch (error) {
          if (isAbort(error)) throw error
          const failure = asAppError(error)
          if (failure.code === 'network') offline = failure
          failed.push({ email, problem: toProblem(error) })
        }
      }
      log.info(`Imported credentials from a sealed file: ${amounts(accounts, clients)}`)
      return { accounts, clients, failed }
    },
  }
}

const amounts = (accounts: readonly unknown[], clients: readonly unknown[]): string =>
  `${counted(accounts.length, 'account')}, ${counted(clients.length, 'OAuth client')}`

/** What is good for an hour only is left here. */
function lasting(credential: Credential): Credential {
  const { access_token: _, access_token_expires_at: __, ...rest } = credential
  return rest
}

/** A client that is here already keeps its name and takes the secret of the file; one whose name is taken by another gets a number. */
async function keepClients(store: ClientStore, given: CredentialContent['clients']): Promise<string[]> {
  const names: string[] = []
  for (const { name, client } of given) {
    const kept = await store.list()
    const same = kept.find((each) => each.client?.client_id === client.client_id)
    const chosen = same?.name ?? freeName(name, new Set(kept.map((each) => each.name)))
    await store.write(chosen, client)
    names.push(chosen)
  }
  return names
}

function nothing(unreadable: number): AppError {
  if (unreadable === 0) {
    return new AppError('conflict', 'There is nothing to export: no sign-in and no OAuth client', {
      remedy: 'Add an account first: mailtide accounts add',
    })
  }
  return new AppError('sealed_elsewhere', 'None of the credentials can be opened here', {
    remedy: 'Start Mailtide with the passphrase with which they were sealed, or export them where they were made',
  })
}
