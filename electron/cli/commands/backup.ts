import { counted } from '../../../shared/describe.ts'
import { type CommandContext, interruptible } from '../command.ts'

/** `mailtide backup`: a verified copy of the embedded database; with a file, the database as SQL in it. */
export async function backup(
  { offline, env, print, progress }: CommandContext,
  file: string | undefined,
): Promise<void> {
  if (file === undefined) {
    const made = await progress('Copying the database, and verifying the copy', () => offline.takeSnapshot({ env }))
    print(`Made the snapshot ${made.name} with ${counted(made.messages, 'message')}\n`, made)
    return
  }
  const report = await progress(`Writing the database into ${file}`, () =>
    interruptible((signal) => offline.writeBackup({ env, file, signal })),
  )
  print(
    `Wrote ${file} with ${counted(report.messages, 'message')}. The originals are files of their own: keep the folder raw with it\n`,
    report,
  )
}
