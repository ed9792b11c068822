import { counted } from '../../../shared/describe.ts'
import { type CommandContext, interruptible } from '../command.ts'

export interface ReparseOptions {
  readonly all: boolean
  readonly account: string | undefined
}

/** `mailtide reparse`: everything but the originals derived anew. */
export async function reparse(
  { offline, env, print, progress }: CommandContext,
  options: ReparseOptions,
): Promise<void> {
  const report = await progress('Parsing the original mails again', () =>
    interruptible((signal) => offline.reparse({ env, ...options, signal })),
  )
  const { messages, changed, failed } = report
  const rest = failed === 0 ? '' : `; ${counted(failed, 'original')} could not be read, see mail.sync_failures`
  print(`Read ${counted(messages, 'message')} again, ${counted(changed, 'row')} changed${rest}\n`, report)
}
