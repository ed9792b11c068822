import type { CommandContext } from '../command.ts'

/** `mailtide sync`: a cycle now, for all accounts or one. */
export async function sync({ connect, print }: CommandContext, account: string | undefined): Promise<void> {
  const client = await connect()
  const answer = await client.syncNow(account === undefined ? {} : { account })
  print(`${answer.message}. See the progress with: mailtide status\n`, answer)
}
