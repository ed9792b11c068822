import { type CliDeps, runCli } from '../../electron/cli/main.ts'
import type { OfflineCommands } from '../../electron/cli/offline.ts'

const nobody = async (): Promise<never> => {
  throw new Error('This test needs no offline command')
}
/** Fails whatever is asked of it. */
export const nobodyOffline: OfflineCommands = {
  run: nobody,
  accountsList: nobody,
  importToken: nobody,
  exportCredentials: nobody,
  importCredentials: nobody,
  removeAccount: nobody,
  reparse: nobody,
  verify: nobody,
  rebuild: nobody,
  snapshots: nobody,
  takeSnapshot: nobody,
  writeBackup: nobody,
  readBackup: nobody,
  restore: nobody,
}

export interface Seen {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs the command in this process, as a person would, on a data folder; gives back all that can be seen of it. */
export async function mailtide(
  home: string,
  line: string,
  changes: Partial<CliDeps> & { readonly tty?: boolean } = {},
): Promise<Seen> {
  let out = ''
  let err = ''
  const code = await runCli(line.split(' ').filter(Boolean), {
    offline: nobodyOffline,
    stdout: {
      write: (text) => {
        out += text
      },
      isTTY: changes.tty ?? false,
    },
    stderr: {
      write: (text) => {
        err += text
      },
    },
    env: { MAILTIDE_HOME: home },
    version: '0.1.0',
    self: [process.execPath, 'nowhere.mjs'],
    readStdin: async () => '',
    ask: async () => null,
    askSecret: async () => null,
    now: () => new Date('2026-01-01T00:01:00.000Z'),
    ...changes,
  })
  return { code, out, err }
}
