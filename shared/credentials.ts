import { z } from 'zod'
import { Problem } from './errors.ts'
import { operation } from './operation.ts'
import { AccountSnapshot } from './status.ts'

/** Credentials sealed with a passphrase, to be taken to another computer. Everything of theirs is in `sealed`. */
export const SealedCredentials = z.object({
  kind: z.literal('mailtide-credentials'),
  version: z.literal(1),
  box: z.literal('passphrase'),
  /** scrypt and AES-256-GCM: see `passphraseBox`. */
  sealed: z.string(),
})
export type SealedCredentials = z.infer<typeof SealedCredentials>

/** Whether a file says that it is one of these, of whatever version and whether whole or not. */
export const isSealedCredentials = (file: Readonly<Record<string, unknown>>): boolean =>
  file['kind'] === SealedCredentials.shape.kind.value

/** An account whose credential could not be taken along, and why. */
const LeftOut = z.object({ email: z.string(), problem: Problem })

export const ExportedCredentials = z.object({
  file: SealedCredentials,
  /** Addresses. */
  accounts: z.array(z.string()),
  /** Names of OAuth clients; none when one account alone was asked for. */
  clients: z.array(z.string()),
  left_out: z.array(LeftOut),
})
export type ExportedCredentials = z.infer<typeof ExportedCredentials>

export const ImportedCredentials = z.object({
  accounts: z.array(AccountSnapshot),
  clients: z.array(z.string()),
  /** The same file can be given again: what went well is only done again. */
  failed: z.array(LeftOut),
})
export type ImportedCredentials = z.infer<typeof ImportedCredentials>

const passphrase = z.string().min(1).max(1_000)

/** Credentials that move to another computer, or to another passphrase: rows of the contract. */
export const credentialOperations = {
  credentialsExport: operation({
    summary: 'The credentials of one account, or of all with the OAuth clients, sealed with a passphrase',
    problems: ['not_found', 'conflict', 'sealed_elsewhere', 'needs_reauth'],
    method: 'POST',
    path: '/api/v1/credentials/export',
    auth: 'token',
    from: 'body',
    success: 200,
    input: z.strictObject({ passphrase, account: z.string().min(1).max(320).optional() }),
    output: ExportedCredentials,
  }),
  /** Each is tried on Gmail before it is stored. */
  credentialsImport: operation({
    summary: 'Import credentials that were exported elsewhere, and add or sign in their accounts',
    problems: ['bad_token_file', 'bad_input'],
    method: 'POST',
    path: '/api/v1/credentials/import',
    auth: 'token',
    from: 'body',
    success: 200,
    input: z.strictObject({ passphrase, file: z.record(z.string(), z.unknown()) }),
    output: ImportedCredentials,
  }),
}
