import { type CommandContext, connectIfRunning } from '../command.ts'
import { readJsonFile } from '../read-json-file.ts'

const wanted = {
  what: 'token file',
  remedy: 'Give Google’s authorized_user JSON: client_id, client_secret and refresh_token',
}

/** `mailtide accounts import-token FILE`: Google's `authorized_user` JSON from a file, or from standard input with `-`. */
export async function importToken(context: CommandContext, file: string, email: string | undefined): Promise<void> {
  const authorizedUser = await readJsonFile(context, file, wanted)
  const client = await connectIfRunning(context)
  const account =
    client === null
      ? await context.offline.importToken({ env: context.env, authorizedUser, email })
      : (await client.accountsAdd({ authorized_user: authorizedUser, ...(email === undefined ? {} : { email }) }))
          .account
  const next = client === null ? 'Start syncing with: mailtide start' : 'Its first download begins with the next cycle'
  context.print(`Added ${account.email}. ${next}\n`, { account })
}
