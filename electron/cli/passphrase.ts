import { AppError } from '../../shared/errors.ts'
import { readPassphraseFile } from '../platform/secret-boxes.ts'
import { type CommandContext, interruptible, UsageError } from './command.ts'

/** The variable for scripts. Another one than the service's, so that nothing is sealed by accident with what the service runs with. */
export const PASSPHRASE_VARIABLE = 'MAILTIDE_EXPORT_PASSPHRASE'

/**
 * The passphrase of a file of credentials: from the file that was named, from the environment, or asked for on the terminal (twice where it
 * is `isNew`). Throws `UsageError` when it comes from nowhere.
 */
export async function exportPassphrase(
  { env, askSecret }: Pick<CommandContext, 'env' | 'askSecret'>,
  { file, isNew }: { readonly file: string | undefined; readonly isNew: boolean },
): Promise<string> {
  if (file !== undefined) return readPassphraseFile(file, 'Name another file with --passphrase-file')
  const given = env[PASSPHRASE_VARIABLE]
  if (given !== undefined && given !== '') return given
  const asked = await interruptible((signal) =>
    isNew
      ? askSecret('Passphrase for the file: ', { signal, again: 'Repeat it: ' })
      : askSecret('Passphrase of the file: ', { signal }),
  )
  if (asked === null) {
    throw new UsageError(
      'A passphrase is needed, and there is no terminal to ask on',
      `Give a file that contains it with --passphrase-file, or set ${PASSPHRASE_VARIABLE}`,
    )
  }
  if (asked !== '') return asked
  throw new AppError('bad_input', 'The passphrase is empty', { remedy: 'Choose one: it is all that protects the file' })
}
