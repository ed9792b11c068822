import { type CommandContext, connectIfRunning } from '../command.ts'
import { accountsText } from '../status-text.ts'

/** `mailtide accounts list`: from the service, or from the data folder when none runs. */
export async function accountsList(context: CommandContext): Promise<void> {
  const client = await connectIfRunning(context)
  const accounts =
    client === null
      ? await context.offline.accountsList({ env: context.env })
      : (await client.accountsList({})).accounts
  context.print(accountsText(accounts), { accounts })
}
