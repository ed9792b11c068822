import { counted } from '../../../shared/describe.ts'
import { type CommandContext, interruptible } from '../command.ts'

/** `mailtide rebuild`: the database made anew from the originals, without network. */
export async function rebuild({ offline, env, print, progress }: CommandContext): Promise<void> {
  const report = await progress('Recreating the database from the original mails', () =>
    interruptible((signal) => offline.rebuild({ env, signal })),
  )
  const { accounts, messages, damaged } = report
  const rest = damaged === 0 ? '' : `; ${counted(damaged, 'original')} could not be read and will be downloaded again`
  print(`Rebuilt ${counted(accounts, 'account')} with ${counted(messages, 'message')}${rest}\n`, report)
}
