import { readFile, stat } from 'node:fs/promises'
import { AppError } from '../../../shared/errors.ts'
import { type CommandContext, connectIfRunning } from '../command.ts'

/** Token files are a few hundred bytes. */
const MAX_BYTES = 50_000

/** `mailtide accounts import-token FILE`: Google's `authorized_user` JSON from a file, or from standard input with `-`. */
export async function importToken(context: CommandContext, file: string, email: string | undefined): Promise<void> {
  const authorizedUser = parse(file, await read(context, file))
  const client = await connectIfRunning(context)
  const account =
    client === null
      ? await context.offline.importToken({ env: context.env, authorizedUser, email })
      : (await client.accountsAdd({ authorized_user: authorizedUser, ...(email === undefined ? {} : { email }) }))
          .account
  const next = client === null ? 'Start syncing with: mailtide start' : 'Its first download begins with the next cycle'
  context.print(`Added ${account.email}. ${next}\n`, { account })
}

async function read({ readStdin }: CommandContext, file: string): Promise<string> {
  if (file === '-') return readStdin()
  try {
    if ((await stat(file)).size > MAX_BYTES) throw notToken(`${file} is too large to be a token file`)
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof AppError) throw error
    throw new AppError('bad_token_file', `The token file ${file} cannot be read`, {
      remedy: 'Check its name, and that your user may read it',
      cause: error,
    })
  }
}

function parse(file: string, text: string): Record<string, unknown> {
  const shown = file === '-' ? 'Standard input' : file
  try {
    const value: unknown = JSON.parse(text.startsWith('\ufeff') ? text.slice(1) : text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  } catch {
    // The parser's own words would quote the secret.
  }
  throw notToken(`${shown} does not hold a JSON object`)
}

const notToken = (message: string) =>
  new AppError('bad_token_file', message, {
    remedy: 'Give Google’s authorized_user JSON: client_id, client_secret and refresh_token',
  })
