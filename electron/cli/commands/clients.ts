import type { ClientInfo } from '../../../shared/sign-in.ts'
import type { CommandContext } from '../command.ts'
import { readJsonFile } from '../read-json-file.ts'

const wanted = {
  what: 'file of an OAuth client',
  remedy: 'Use the JSON of a desktop app client, as downloaded from https://console.cloud.google.com/auth/clients',
}

/** `mailtide clients add FILE`: keeps an OAuth client from the JSON that the Google console downloads, or from standard input with `-`. */
export async function clientsAdd(context: CommandContext, file: string, name: string | undefined): Promise<void> {
  const json = await readJsonFile(context, file, wanted)
  const service = await context.connect()
  const { client } = await service.clientsAdd({ client: json, ...(name === undefined ? {} : { name }) })
  const { clients } = await service.clientsList({})
  // Where there are several, a sign-in must be told which.
  const isOnly = new Set(clients.flatMap(({ client_id }) => client_id ?? [])).size <= 1
  const which = isOnly ? '' : ` --client ${client.name}`
  context.print(`Added the OAuth client ${client.name}. Sign in with: mailtide accounts add${which}\n`, { client })
}

/** `mailtide clients list` */
export async function clientsList(context: CommandContext): Promise<void> {
  const { clients } = await (await context.connect()).clientsList({})
  const text =
    clients.length === 0
      ? 'There are no OAuth clients yet. Add one with: mailtide clients add FILE\n'
      : listText(clients)
  context.print(text, { clients })
}

const listText = (clients: readonly ClientInfo[]): string =>
  clients
    .map(({ name, client_id, accounts }) => {
      const users = accounts.length === 0 ? 'used by no account' : `used by ${accounts.join(', ')}`
      return `${name}\n  ${client_id ?? 'cannot be opened here'}\n  ${users}\n`
    })
    .join('')

/** `mailtide clients remove NAME` */
export async function clientsRemove(context: CommandContext, name: string): Promise<void> {
  const answer = await (await context.connect()).clientsRemove({ name })
  context.print(`${answer.message}. Accounts signed in with it keep syncing\n`, answer)
}
