import { type FileHandle, open, rm } from 'node:fs/promises'
import { counted } from '../../../shared/describe.ts'
import { AppError } from '../../../shared/errors.ts'
import { errnoOf, PRIVATE_FILE } from '../../platform/durable-file.ts'
import { type CommandContext, connectIfRunning, UsageError } from '../command.ts'
import { exportPassphrase } from '../passphrase.ts'

export interface ExportOptions {
  readonly account: string | undefined
  readonly passphraseFile: string | undefined
}

/** `mailtide accounts export-credentials FILE`: writes credentials into a new file, sealed with a passphrase. */
export async function exportCredentials(context: CommandContext, path: string, options: ExportOptions): Promise<void> {
  if (path === '-') throw new UsageError('Credentials cannot be written to standard output', 'Name a file')
  // Taken first: nobody is asked for a passphrase in vain, and what is there is never overwritten.
  const file = await createFile(path)
  try {
    const passphrase = await exportPassphrase(context, { file: options.passphraseFile, isNew: true })
    const { account } = options
    const client = await connectIfRunning(context)
    const exported =
      client === null
        ? await context.offline.exportCredentials({ env: context.env, passphrase, account })
        : await client.credentialsExport({ passphrase, ...(account === undefined ? {} : { account }) })
    await file.writeFile(`${JSON.stringify(exported.file, null, 2)}\n`)
    await file.sync()
    const { accounts, clients, left_out } = exported
    for (const { email, problem } of left_out) context.note(`Left out: ${email}. ${problem.title}`)
    const what = [
      counted(accounts.length, 'account'),
      ...(clients.length > 0 ? [counted(clients.length, 'OAuth client')] : []),
    ]
    context.print(
      `The credentials of ${what.join(' and ')} are in ${path}, sealed with the passphrase.\nImport them elsewhere with: mailtide accounts import-token FILE\n`,
      { file: path, accounts, clients, left_out },
    )
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await file.close()
  }
}

async function createFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', PRIVATE_FILE)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') {
      throw new AppError('conflict', `${path} already exists and is not overwritten`, {
        remedy: 'Name another file',
      })
    }
    throw new AppError('disk', `${path} cannot be written`, {
      remedy: 'Check that its folder exists and that you may write to it',
      cause: error,
    })
  }
}
