import { counted } from '../../../shared/describe.ts'
import { type CommandContext, interruptible } from '../command.ts'

/** `mailtide backup`: a verified copy of the embedded database; with a file, the database as SQL in it. */
export async function backup(
  { offline, env, print, progress }: CommandContext,
  file: string | undefined,
): Promise<void> {
  if (file === undefined) {
    const made = await progress('Copying the database and checking the copy', () => offline.takeSnapshot({ env }))
    print(`Created the snapshot ${made.name} with ${counted(made.messages, 'message')}\n`, made)
    return
  }
  const report = await progress(`Writing the database to ${file}`, () =>
    interruptible((signal) => offline.writeBackup({ env, file, signal })),
  )
  print(
    `Wrote ${file} with ${counted(report.messages, 'message')}. The originals are separate files: keep the folder raw as well\n`,
    report,
  )
}
