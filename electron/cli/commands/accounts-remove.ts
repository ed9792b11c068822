import { type CommandContext, connectIfRunning, interruptible, UsageError } from '../command.ts'
import { wrap } from '../lines.ts'

export interface RemoveOptions {
  readonly mail: string | undefined
  readonly revoke: boolean
  /** Do not ask. */
  readonly yes: boolean
}

/** `mailtide accounts remove ADDRESS`: on a terminal it asks what it was not told, and once more before it acts. */
export async function accountsRemove(
  context: CommandContext,
  account: string,
  options: RemoveOptions,
): Promise<number> {
  const mail = await mailChoice(context, account, options)
  const { revoke } = options
  if (!options.yes && !(await isSure(context, account, { mail, revoke }))) {
    context.note('Nothing was removed.')
    return 1
  }
  const client = await connectIfRunning(context)
  const { email } =
    client === null
      ? await context.offline.removeAccount({ env: context.env, account, mail, revoke })
      : await client.accountsRemove({ id: account, mail, revoke: revoke ? 'true' : 'false' })
  const rest =
    mail === 'keep'
      ? 'Its mail stays readable; adding it again continues from there'
      : client === null
        ? 'Its mail is deleted'
        : 'Its mail is being deleted, even across a restart; the log says when it is done'
  context.print(`Removed ${email}. ${rest}\n`, {
    email,
    mail: mail === 'keep' ? 'kept' : client === null ? 'deleted' : 'deleting',
    revoked: revoke,
  })
  return 0
}

async function mailChoice(
  { ask }: CommandContext,
  account: string,
  { mail }: RemoveOptions,
): Promise<'keep' | 'delete'> {
  if (mail === 'keep' || mail === 'delete') return mail
  const answer = (
    await interruptible((signal) =>
      ask(`Keep the mail of ${account} that is stored here, or delete it? [keep/delete] `, signal),
    )
  )?.trim()
  if (answer === 'keep' || answer === 'delete') return answer
  throw new UsageError('What to do with the mail was not given', 'Give --mail keep or --mail delete')
}

async function isSure(
  { ask, note }: CommandContext,
  account: string,
  { mail, revoke }: { readonly mail: 'keep' | 'delete'; readonly revoke: boolean },
): Promise<boolean> {
  if (ask === null)
    throw new UsageError(
      'This needs confirmation, and there is no terminal to ask on',
      'Add --yes to do it without asking',
    )
  if (mail === 'delete') note('Its mail is deleted from this computer, including the originals. Gmail keeps it.')
  if (revoke) {
    const warning =
      'Google revokes for the whole project of the OAuth client: every other program and computer of yours that signed in with a client of ' +
      'that project must sign in again.'
    for (const line of wrap(warning)) note(line)
  }
  const answer = await interruptible((signal) => ask(`Remove ${account}? [y/N] `, signal))
  if (answer === null)
    throw new UsageError(
      'This needs confirmation, and there is no terminal to ask on',
      'Add --yes to do it without asking',
    )
  return /^y(es)?$/i.test(answer.trim())
}
