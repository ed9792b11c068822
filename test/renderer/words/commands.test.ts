import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { settingNames } from '../../../shared/settings.ts'
import { words } from '../words.ts'

const root = join(import.meta.dirname, '../../..')

/** What the service can tell a window: everything that names a command, as it is written in the source. */
function remediesWithCommands(): readonly string[] {
  const files = globSync(['electron/{platform,gmail,service,sync,store}/**/*.ts', 'shared/google-guide-errors.ts'], {
    cwd: root,
  })
  return files.flatMap((file) =>
    [
      ...readFileSync(join(root, file), 'utf8').matchAll(
        /(['`])((?:(?!\1)[^\n\\])*[^\w-]mailtide [a-z](?:(?!\1)[^\n\\])*)\1/g,
      ),
    ]
      .filter(([, , text = '']) => /^[A-Z]/.test(text))
      .map(([, , text = '']) => text.replaceAll(/\$\{[^}]*\}/g, 'X')),
  )
}

/** What only a command does, or only where no window is. */
const onlyCommands = [
  // Of another computer, or of the one that has the other host's key.
  /export-credentials/,
  // While somebody else owns the data folder there is no window onto this one.
  /Use that one: mailtide status/,
  /mailtide (?:start|stop|restart)/,
  // So rare, and so grave when chosen by mistake, that the window has no button for it.
  /mailtide verify --repair --new-originals/,
  // A figure that nobody needs in a window.
  /mailtide status --json` shows it/,
  // Of the database, which a window cannot be without.
  /mailtide (?:rebuild|restore|backup|reparse|recover)/,
]

describe('what the service says, in the window', () => {
  it('names a command only where nothing in the window does the same', () => {
    const all = remediesWithCommands()
    expect(all.length).toBeGreaterThan(15)
    const left = all.map(words.told).filter((text) => /mailtide [a-z]/.test(text))
    expect(left.filter((text) => !onlyCommands.some((pattern) => pattern.test(text)))).toEqual([])
  })

  it.each([
    ['Sign in again: mailtide accounts reauth ada@example.test', 'Sign in again'],
    ['Add it again: mailtide clients add', 'Add it again in Settings, OAuth clients'],
    [
      'Install the newest version, or add the client again here: mailtide clients add',
      'Install the newest version, or add the client again in Settings, OAuth clients',
    ],
    [
      'Download the client’s JSON again and add it with: mailtide clients add; or create a new client',
      'Download the client’s JSON again and add it in Settings, OAuth clients; or create a new client',
    ],
    [
      'Use that name, or first run: mailtide clients remove home',
      'Use that name, or first remove the client home in Settings, OAuth clients',
    ],
    ['Ask the administrator. Then: mailtide sync', 'Ask the administrator. Then choose Sync now'],
    ['Resume it first: mailtide accounts resume ada@example.test', 'Resume it first'],
    ['Repair it: mailtide verify --repair', 'Repair it: “Is it complete?” in the menu of the account'],
    [
      'Free some space, or lower the setting minFreeBytes',
      'Free some space, or lower “Leave free on the disk” in Settings',
    ],
    ['Raise the setting maxFolderBytes, or set it to 0', 'Raise “Take no more than” in Settings, or set it to 0'],
    ['Free some space', 'Free some space'],
  ])('%s', (said, shown) => {
    expect(words.told(said)).toBe(shown)
  })

  it('calls every setting what its row is called', () => {
    for (const name of settingNames)
      expect(words.told(`Change the setting ${name}`)).toBe(`Change “${words.settings.name(name)}” in Settings`)
    expect(words.told('the setting of the sun')).toBe('the setting of the sun')
  })

  it('parts no number from its unit', () => {
    expect(words.told('Only 0.2 GB are free; it took 10 s, 3 accounts')).toBe(
      'Only 0.2\u00A0GB are free; it took 10\u00A0s, 3 accounts',
    )
  })
})
