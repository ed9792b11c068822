import { type CommandContext, connectIfRunning } from '../command.ts'
import { readJsonFile } from '../read-json-file.ts'

const wanted = {
  what: 'token file',
  remedy: 'Give Google’s authorized_user JSON, the token file of another tool, or the key of a service account',
}
const wantedClient = { what: 'OAuth client file', remedy: 'Give the client_secret.json from the Google console' }

/**
 * `mailtide accounts import-token FILE`: a token that another tool made, or a service account's key, from a file, or from standard input with
 * `-`.
 */
export async function importToken(
  context: CommandContext,
  file: string,
  { email, clientFile }: { readonly email: string | undefined; readonly clientFile: string | undefined },
): Promise<void> {
  const authorizedUser = await readJsonFile(context, file, wanted)
  const oauthClient = clientFile === undefined ? undefined : await readJsonFile(context, clientFile, wantedClient)
  const client = await connectIfRunning(context)
  const account =
    client === null
      ? await context.offline.importToken({ env: context.env, authorizedUser, email, oauthClient })
      : (
          await client.accountsAdd({
            authorized_user: authorizedUser,
            ...(email === undefined ? {} : { email }),
            ...(oauthClient === undefined ? {} : { oauth_client: oauthClient }),
          })
        ).account
  const next = client === null ? 'Start syncing with: mailtide start' : 'Its first download begins with the next cycle'
  context.print(`Added ${account.email}. ${next}\n`, { account })
}
