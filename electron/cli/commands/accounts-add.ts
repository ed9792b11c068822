import type { AccountSnapshot } from '../../../shared/status.ts'
import { type CommandContext, UsageError } from '../command.ts'
import { followSignIn } from '../follow-sign-in.ts'
import type { Given } from '../verb.ts'

export interface AddOptions {
  readonly client: string | undefined
  readonly hint: string | undefined
  readonly opensBrowser: boolean
}

/** `mailtide accounts add`: signs in with Google, and adds the account. One that is there already is signed in again. */
export async function accountsAdd(context: CommandContext, options: AddOptions): Promise<void> {
  const client = await context.connect()
  const known = new Set((await client.accountsList({})).accounts.map(({ id }) => id))
  const begun = await client.signInBegin({
    ...(options.client === undefined ? {} : { client: options.client }),
    ...(options.hint === undefined ? {} : { login_hint: options.hint }),
  })
  const account = await followSignIn(context, client, begun, options)
  context.print(
    known.has(account.id)
      ? `${account.email} was already here. It is signed in again and ${goesOn(account)}\n`
      : `Added ${account.email}. Its first download starts with the next cycle\n`,
    { account },
  )
}

/** `mailtide accounts add --demo`: made-up mail to look around with, which needs no Google account. */
export async function accountsAddDemo(context: CommandContext, { options }: Given): Promise<void> {
  // Whoever says how to sign in means something else.
  const beside = ['hint', 'client'].find((name) => options[name] !== undefined)
  if (beside !== undefined) {
    throw new UsageError(`With --demo nobody signs in, so --${beside} means nothing`, 'Leave one of the two out')
  }
  const { account, added } = await (await context.connect()).demoAdd({})
  const text = added
    ? `Added ${account.email}, the demo account: made-up mail from a Gmail simulated on this computer. It is arriving now`
    : `The demo account is already here: ${account.email}`
  context.print(`${text}\nTo remove it: mailtide accounts remove ${account.email} --mail delete\n`, { account, added })
}

/** `mailtide accounts use-client ADDRESS CLIENT`: signs it in with another OAuth client; nothing changes unless that succeeds. */
export async function accountsUseClient(
  context: CommandContext,
  id: string,
  name: string,
  options: Pick<AddOptions, 'opensBrowser'>,
): Promise<void> {
  const client = await context.connect()
  const { account: before, sign_in } = await client.accountsChange({ id, client: name })
  if (sign_in === null) {
    context.print(`${before.email} already uses the OAuth client ${name}; nothing was changed\n`, { account: before })
    return
  }
  try {
    const account = await followSignIn(context, client, sign_in, options)
    context.print(`${account.email} is now signed in with ${name} and ${goesOn(account)}\n`, { account })
  } catch (error) {
    context.note(`Nothing was changed: ${before.email} keeps its current sign-in.`)
    throw error
  }
}

/** `mailtide accounts reauth ADDRESS`: signs a known account in again. `id` is its address or id. */
export async function accountsReauth(
  context: CommandContext,
  id: string,
  options: Pick<AddOptions, 'client' | 'opensBrowser'>,
): Promise<void> {
  const client = await context.connect()
  const begun = await client.accountsReauth({
    id,
    ...(options.client === undefined ? {} : { client: options.client }),
  })
  const account = await followSignIn(context, client, begun, options)
  context.print(`${account.email} is signed in again and ${goesOn(account)}\n`, { account })
}

const goesOn = ({ email, state }: AccountSnapshot): string =>
  state === 'paused' ? `stays paused until: mailtide accounts resume ${email}` : 'continues where it left off'
