import type { CommandContext } from '../command.ts'

/** `mailtide accounts pause` and `resume`. `id` is the address or the id of the account. */
export async function accountsChange(
  { connect, print }: CommandContext,
  id: string,
  change: { readonly paused: boolean },
): Promise<void> {
  const client = await connect()
  const { account } = await client.accountsChange({ id, paused: change.paused })
  const what = change.paused
    ? 'is paused: its mail is kept, and nothing new is downloaded until you run: mailtide accounts resume'
    : 'syncs again from the next cycle'
  print(`${account.email} ${what}\n`, { account })
}
