import { isSealedCredentials } from '../../../shared/credentials.ts'
import { counted } from '../../../shared/describe.ts'
import { type Connection, ServiceGone } from '../../remote/client.ts'
import { type CommandContext, connectIfRunning, exitCodes, UsageError } from '../command.ts'
import type { AccountLine } from '../offline.ts'
import { exportPassphrase } from '../passphrase.ts'
import { readJsonFile } from '../read-json-file.ts'

const wanted = {
  what: 'token file',
  remedy: 'Use Google’s authorized_user JSON, the token file of another tool, or the key of a service account',
}
const wantedClient = { what: 'OAuth client file', remedy: 'Give the client_secret.json from the Google console' }

export interface ImportTokenOptions {
  readonly email: string | undefined
  readonly clientFile: string | undefined
  /** For exported credentials. */
  readonly passphraseFile: string | undefined
}

/**
 * `mailtide accounts import-token FILE`: a token that another tool made, a service account's key, or credentials that were exported, from a
 * file, or from standard input with `-`. The exit code.
 */
export async function importToken(
  context: CommandContext,
  file: string,
  { email, clientFile, passphraseFile }: ImportTokenOptions,
): Promise<number> {
  const authorizedUser = await readJsonFile(context, file, wanted)
  if (isSealedCredentials(authorizedUser)) {
    if (email !== undefined || clientFile !== undefined) {
      throw new UsageError(
        `${file} holds exported credentials, which say whose they are`,
        'Leave out --email and --client',
      )
    }
    return importCredentials(context, authorizedUser, passphraseFile)
  }
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
  context.print(`${added(account, client === null)}\n`, { account })
  return exitCodes.ok
}

/** One that was synced before is known: it has its mail, and may be paused. */
function added({ email, state, last_synced_at }: AccountLine, isOffline: boolean): string {
  if (state === 'paused') return `${email} is signed in, and stays paused until: mailtide accounts resume ${email}`
  const next =
    last_synced_at === null ? 'Its first download starts with the next cycle' : 'It continues where it left off'
  return `Added ${email}. ${isOffline ? 'Start syncing with: mailtide start' : next}`
}

/** Every account is tried on Gmail, one after the other. */
const IMPORT_PATIENCE_MS = 10 * 60_000

async function importCredentials(
  context: CommandContext,
  file: Record<string, unknown>,
  passphraseFile: string | undefined,
): Promise<number> {
  const passphrase = await exportPassphrase(context, { file: passphraseFile, isNew: false })
  const connection = await context.connectTo(IMPORT_PATIENCE_MS).catch((error: unknown): Connection | null => {
    if (error instanceof ServiceGone) return null
    throw error
  })
  const imported =
    connection === null
      ? await context.offline.importCredentials({ env: context.env, passphrase, file })
      : await connection.client.credentialsImport({ passphrase, file })
  const { accounts, clients, failed } = imported
  for (const { email, problem } of failed) {
    context.note(`Not added: ${email}. ${problem.title}`)
    if (problem.remedy !== undefined) context.note(`What to do: ${problem.remedy}`)
  }
  const lines = [
    ...accounts.map(({ email }) => `Added ${email}`),
    ...(clients.length > 0 ? [`${counted(clients.length, 'OAuth client')} kept: ${clients.join(', ')}`] : []),
    ...(connection === null && accounts.length > 0 ? ['Start syncing with: mailtide start'] : []),
  ]
  context.print(lines.map((line) => `${line}\n`).join(''), imported)
  return failed.length === 0 ? exitCodes.ok : exitCodes.failure
}
