import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { z } from 'zod'
import { isSealedCredentials, SealedCredentials } from '../../shared/credentials.ts'
import { AppError } from '../../shared/errors.ts'
import { StoredCredential } from '../platform/credentials.ts'
import { StoredClient } from '../platform/oauth-clients.ts'
import { passphraseBox } from '../platform/secret-boxes.ts'

const Content = z.object({
  accounts: z.array(z.object({ email: z.string(), credential: StoredCredential })),
  clients: z.array(z.object({ name: z.string(), client: StoredClient })),
})
/** What a file of exported credentials holds. */
export type CredentialContent = z.infer<typeof Content>

/** So much is read of a file, and sent in a request. */
const MOST_SEALED = 45_000
/** Far more than fits a file in earnest: a small one must not blow up. */
const MOST_CONTENT = 16 * 1024 * 1024

const [pack, unpack] = [promisify(gzip), promisify(gunzip)]

/** Seals credentials with a passphrase. Packed first: mailboxes of one service account repeat its key. Throws `conflict` when they are too many. */
export async function sealCredentials(content: CredentialContent, passphrase: string): Promise<SealedCredentials> {
  const packed = (await pack(JSON.stringify(content))).toString('base64url')
  const sealed = await passphraseBox(passphrase).seal(packed)
  if (sealed.length <= MOST_SEALED) return { kind: 'mailtide-credentials', version: 1, box: 'passphrase', sealed }
  throw new AppError('conflict', `${content.accounts.length} accounts are too many for one credentials file`, {
    remedy: 'Export them one by one, with --account ADDRESS',
  })
}

/** Throws `bad_token_file` for what is no such file, and `bad_input` when the passphrase does not open it. */
export async function openCredentials(
  file: Readonly<Record<string, unknown>>,
  passphrase: string,
): Promise<CredentialContent> {
  const parsed = SealedCredentials.safeParse(file)
  if (!parsed.success) throw notOurs(file)
  const packed = await passphraseBox(passphrase)
    .open(parsed.data.sealed)
    .catch((cause: unknown) => {
      throw new AppError('bad_input', 'The passphrase does not open this file: it is wrong, or the file was changed', {
        remedy: 'Give the passphrase that the file was exported with, or export it again',
        cause,
      })
    })
  try {
    const text = await unpack(Buffer.from(packed, 'base64url'), { maxOutputLength: MOST_CONTENT })
    return Content.parse(JSON.parse(text.toString('utf8')))
  } catch {
    // Without its cause, which could quote a secret.
    throw new AppError('bad_token_file', 'The file contains credentials that this version does not know', {
      remedy: 'Use the same version of Mailtide on both computers',
    })
  }
}

function notOurs(file: Readonly<Record<string, unknown>>): AppError {
  if (isSealedCredentials(file) && file['version'] !== 1) {
    return new AppError('bad_token_file', 'The file was exported by a newer Mailtide', {
      remedy: 'Update Mailtide here, or export with the version that is here',
    })
  }
  return new AppError('bad_token_file', 'The file contains no exported credentials, or only part of them', {
    remedy: 'Export them again: mailtide accounts export-credentials FILE',
  })
}
