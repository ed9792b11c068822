import { mkdir, readFile, rm } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { writeDurably } from '../platform/durable-file.ts'
import { HIDDEN_FLAG, type LaunchCommand } from './launch-command.ts'

/** The file by which Linux desktops start a program at login: https://specifications.freedesktop.org/autostart-spec/latest/ */
export interface Autostart {
  /** Whether it is there and nobody switched it off, as desktops do within the file. */
  isOn(): Promise<boolean>
  /** Whether it starts the program that runs now. */
  isOurs(): Promise<boolean>
  /** Throws `AppError('disk')`. */
  write(): Promise<void>
  /** Throws `AppError('disk')`. */
  remove(): Promise<void>
}

export function createAutostart(system: {
  readonly command: LaunchCommand
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string
}): Autostart {
  const config = system.env['XDG_CONFIG_HOME']
  // The XDG specification says to ignore a relative path.
  const folder = join(config && isAbsolute(config) ? config : join(system.home, '.config'), 'autostart')
  const path = join(folder, 'mailtide.desktop')
  const exec = execLine([system.command.path, ...system.command.args, HIDDEN_FLAG])
  const entry = async (): Promise<ReadonlyMap<string, string> | null> => {
    const text = await readFile(path, 'utf8').catch(() => null)
    return text === null ? null : desktopEntry(text)
  }
  return {
    isOn: async () => {
      const found = await entry()
      if (found === null || !found.has('Exec')) return false
      return found.get('Hidden') !== 'true' && found.get('X-GNOME-Autostart-enabled') !== 'false'
    },
    isOurs: async () => (await entry())?.get('Exec') === exec,
    write: () =>
      onDisk(path, async () => {
        await mkdir(folder, { recursive: true })
        await writeDurably(path, entryText(exec))
      }),
    remove: () => onDisk(path, () => rm(path, { force: true })),
  }
}

async function onDisk(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new AppError('disk', `Start at login cannot be changed: ${reason}`, {
      remedy: `See that ${path} can be written`,
      cause: error,
    })
  }
}

const entryText = (exec: string): string => `[Desktop Entry]
Type=Application
Name=Mailtide
Comment=Keeps a copy of your Gmail accounts
Exec=${exec}
Icon=mailtide
Terminal=false
StartupNotify=false
X-GNOME-Autostart-enabled=true
`

/**
 * A command as the key `Exec` wants it: each argument quoted, its `"`, `` ` ``, `$` and `\` escaped, `%` doubled; then all backslashes doubled and line breaks
 * spelled, since the value is a string. https://specifications.freedesktop.org/desktop-entry-spec/latest/exec-variables.html
 */
export function execLine(command: readonly string[]): string {
  const quoted = command.map((argument) => `"${argument.replaceAll(/["`$\\]/g, '\\$&').replaceAll('%', '%%')}"`)
  return quoted
    .join(' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r')
    .replaceAll('\t', '\\t')
}

/** The keys of the group that counts, as written. The first of a name wins. */
function desktopEntry(text: string): ReadonlyMap<string, string> {
  const entries = new Map<string, string>()
  let isInside = false
  for (const line of text.split(/\r?\n/)) {
    if (line.startsWith('[')) isInside = line.trim() === '[Desktop Entry]'
    const pair = isInside ? /^([A-Za-z0-9-]+)\s*=\s*(.*?)\s*$/.exec(line) : null
    const [, key, value] = pair ?? []
    if (key !== undefined && value !== undefined && !entries.has(key)) entries.set(key, value)
  }
  return entries
}
