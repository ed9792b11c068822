import { AppError, asAppError } from '../../shared/errors.ts'
import type { ClientInfo } from '../../shared/sign-in.ts'
import { readOAuthClient } from '../gmail/oauth-client.ts'
import { isServiceAccountId } from '../gmail/service-account.ts'
import { isClientName } from '../platform/oauth-clients.ts'
import type { ClientStore, Log, OAuthClient, TokenStore } from '../ports.ts'
import type { Member, Roster } from './roster.ts'
import type { Service } from './types.ts'

export interface OAuthClients extends Pick<Service, 'clients' | 'addClient' | 'removeClient'> {
  /**
   * The client to sign in with: the named one, the one that the account was signed in with, or the only one there is. Throws `not_found`,
   * `conflict` when it is not clear which, and `sealed_elsewhere`.
   */
  choose(name: string | undefined, member: Member | undefined): Promise<OAuthClient>
  /** Whether the account would change its client by a sign-in with this one. Throws `not_found`, `sealed_elsewhere`, and `conflict` for a service account. */
  isAnother(name: string, member: Member): Promise<boolean>
}

type Kept = Awaited<ReturnType<ClientStore['list']>>[number]

/** The OAuth clients that the person gave, and who uses which. */
export function createOAuthClients(deps: {
  readonly store: ClientStore
  readonly tokens: TokenStore
  readonly roster: Roster
  readonly log: Log
  /** Has an account go on with the present secret of its client; false when it has that. */
  readonly changeSecret: (member: Member, clientSecret: string) => Promise<boolean>
}): OAuthClients {
  const { store, roster, log } = deps
  const shown = ({ name, client }: Kept): ClientInfo => ({
    name,
    client_id: client?.client_id ?? null,
    project_id: client?.project_id ?? null,
    accounts: [...roster.members.values()]
      .filter(({ account }) => account.client_id === client?.client_id)
      .map(({ account }) => account.email),
  })

  /** The account's own copy: accounts that were imported brought one along. */
  const copyOf = async ({ account }: Member): Promise<OAuthClient | null> => {
    try {
      const credential = await deps.tokens.read(account.id)
      // A service account's key is no client to sign in with.
      if ('type' in credential) return null
      const { client_id, client_secret } = credential
      return client_id === '' || client_secret === '' ? null : { client_id, client_secret, project_id: null }
    } catch (error) {
      if (error instanceof AppError) return null
      throw error
    }
  }

  /** Google takes secrets away when others are made: accounts that were signed in with an older one would ask for a sign-in that nobody needs. */
  const tellAccounts = async ({ client_id, client_secret }: OAuthClient): Promise<void> => {
    for (const member of roster.members.values()) {
      const { id, email, client_id: own } = member.account
      if (own !== client_id) continue
      try {
        if (await deps.changeSecret(member, client_secret)) log.info(`${email} goes on with the new client secret`)
      } catch (error) {
        log.warning(`${email} keeps the client secret that it has: ${asAppError(error).message}`, { account: id })
      }
    }
  }

  return {
    clients: async () => (await store.list()).map(shown),
    addClient: async (json, wanted) => {
      const client = readOAuthClient(json)
      const kept = await store.list()
      const same = kept.find((each) => each.client?.client_id === client.client_id)
      if (same !== undefined && wanted !== undefined && same.name !== wanted) {
        throw new AppError('conflict', `This OAuth client is already here, as ${same.name}`, {
          remedy: `Use that name, or first run: mailtide clients remove ${same.name}`,
        })
      }
      const own = same?.name ?? nameFor(client)
      // What cannot be opened here may be this very client, and whoever sealed it may want it again.
      const isShut = kept.some((each) => each.name === own && each.client === null)
      const name = wanted ?? (isShut ? freeName(own, new Set(kept.map((each) => each.name))) : own)
      const holder = kept.find((each) => each.name === name && each !== same)
      if (holder !== undefined) {
        const what = holder.client === null ? 'an OAuth client that cannot be opened here' : 'another OAuth client'
        throw new AppError('conflict', `There is ${what} named ${name}`, {
          remedy: `Give this one another name, or first run: mailtide clients remove ${name}`,
        })
      }
      await store.write(name, client)
      log.info(`${same === undefined ? 'Added' : 'Replaced'} the OAuth client ${name}`)
      await tellAccounts(client)
      return shown({ name, client })
    },
    removeClient: async (name) => {
      await store.remove(name)
      log.info(`Removed the OAuth client ${name}`)
    },
    isAnother: async (name, { account }) => {
      const { client_id } = await store.read(name)
      if (!isServiceAccountId(account.client_id)) return client_id !== account.client_id
      throw new AppError(
        'conflict',
        `${account.email} is read with a service account’s key, which uses no OAuth client`,
        {
          remedy: `To sign in instead of using the key: mailtide accounts reauth ${account.email} --client ${name}`,
        },
      )
    },
    choose: async (name, member) => {
      if (name !== undefined) return store.read(name)
      const kept = await store.list()
      if (member !== undefined) {
        const used = kept.find(({ client }) => client?.client_id === member.account.client_id)?.client
        const own = used ?? (await copyOf(member))
        if (own !== null) return own
      }
      if (kept[0] === undefined) throw noClient()
      const usable = kept.filter(({ client }) => client !== null)
      // Reading it says why it cannot be used.
      if (usable.length === 0) return store.read(kept[0].name)
      // One can be here twice: sealed with another passphrase, and imported.
      const [first, ...others] = usable.filter(
        ({ client }, at) => usable.findIndex((each) => each.client?.client_id === client?.client_id) === at,
      )
      if (first?.client && others.length === 0) return first.client
      throw new AppError('conflict', `There are several OAuth clients: ${usable.map((each) => each.name).join(', ')}`, {
        remedy: 'Say which one to use, with --client NAME',
      })
    },
  }
}

/** The name, with a number when it is taken. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name)) return name
  for (let number = 2; ; number++) {
    const next = `${name.slice(0, 36)}-${number}`
    if (!taken.has(next)) return next
  }
}

/** Named after its project, which the person named. */
function nameFor({ project_id }: OAuthClient): string {
  const name = (project_id ?? '').toLowerCase()
  return isClientName(name) ? name : 'default'
}

const noClient = () =>
  new AppError('conflict', 'There is no OAuth client to sign in with yet', {
    remedy:
      'Create a desktop app client at https://console.cloud.google.com/auth/clients, download its JSON, and add it with: mailtide clients add FILE. All steps: mailtide guide',
  })
