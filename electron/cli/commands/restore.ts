import { counted } from '../../../shared/describe.ts'
import type { SnapshotInfo } from '../../../shared/snapshots.ts'
import { type CommandContext, interruptible } from '../command.ts'

const reasons: Readonly<Record<SnapshotInfo['reason'], string>> = {
  schedule: 'automatic',
  asked: 'manual',
  migration: 'before an update',
}

/** `mailtide restore` without a name. */
export async function listSnapshots({ offline, env, print }: CommandContext): Promise<void> {
  const snapshots = await offline.snapshots({ env })
  const lines = snapshots.map(
    ({ name, messages, bytes, reason }) =>
      `${name}  ${counted(messages, 'message')}, ${Math.ceil(bytes / 1_000_000)} MB, ${reasons[reason]}\n`,
  )
  const text = lines.length === 0 ? 'There are no snapshots. Create one with: mailtide backup\n' : lines.join('')
  print(text, snapshots)
}

/** `mailtide restore SNAPSHOT`, or a file that `mailtide backup FILE` wrote. */
export async function restore({ offline, env, print, progress }: CommandContext, what: string): Promise<void> {
  const isSnapshot = what === 'latest' || /^(snapshot|before-migration)-[^/\\]+(?<!\.sql)$/.test(what)
  const report = await progress(isSnapshot ? 'Restoring the snapshot' : `Reading ${what}`, () =>
    interruptible((signal) =>
      isSnapshot ? offline.restore({ env, snapshot: what, signal }) : offline.readBackup({ env, file: what, signal }),
    ),
  )
  const { snapshot, kept, messages } = report
  const source = snapshot === null ? what : `${snapshot.name} with ${counted(snapshot.messages, 'message')}`
  const newer = messages === 0 ? '' : `, and ${counted(messages, 'newer message')} from the originals`
  const aside = kept === null ? '' : `The previous database is kept as ${kept}. Delete it once you no longer need it\n`
  print(`Restored ${source}${newer}. The next sync brings it up to date\n${aside}`, report)
}
