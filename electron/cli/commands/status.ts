import type { CommandContext } from '../command.ts'
import { statusText } from '../output.ts'

/** `mailtide status`: what the service does now. */
export async function status({ connect, print, now, paint }: CommandContext): Promise<void> {
  const client = await connect()
  const answer = await client.status({})
  print(statusText(answer.sync_status, now(), paint), answer)
}
