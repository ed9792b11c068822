import { type SettingName, settingNamed } from '../../shared/settings.ts'

type Rule = readonly [RegExp, string | ((...found: string[]) => string)]

const clients = 'in Settings, OAuth clients'
const complete = '“Is it complete?” in the menu of the account'

/** What the service tells everybody to do with a command, as one does it in the window. The first that fits comes first. */
const rules: readonly Rule[] = [
  [
    /: `?mailtide accounts reauth (\S+) --client ([^\s`]+)`?/g,
    (_, account = '', client = '') =>
      account === 'ADDRESS'
        ? ': in Settings, Accounts, in the menu of each'
        : `: in Settings, Accounts, in the menu of ${account}, “Sign in with the client ${client}”`,
  ],
  [/(Sign in again): `?mailtide accounts reauth [^\s`]+`?/g, '$1'],
  [/(import it): mailtide accounts import-token \S+/g, '$1 under Add account, “A sign-in of another tool”'],
  [/Use it with: mailtide accounts import-token/g, 'Bring it under Add account, “A sign-in of another tool”'],
  [/(Add an account first|Add your own account): mailtide accounts add/g, '$1'],
  [/ with: mailtide accounts add/g, ' under Add account'],
  [/: mailtide accounts add/g, ': Add account'],
  [/All steps: mailtide guide/g, 'All steps: Add account'],
  [/(?<=Resume it first): mailtide accounts resume \S+/g, ''],
  [/See:? mailtide accounts list/g, 'See the Overview'],
  [/See:? mailtide clients list/g, 'See Settings, OAuth clients'],
  [/`mailtide clients list` shows the ID/g, 'Settings, OAuth clients, shows the ID'],
  [/first run: mailtide clients remove (\S+)/g, 'first remove the client $1 in Settings, OAuth clients'],
  [/run `mailtide clients add FILE`/g, `add it ${clients}`],
  [/(?: here| with)?:? mailtide clients add(?: FILE)?/g, ` ${clients}`],
  [/Then: mailtide sync/g, 'Then choose Sync now'],
  [/`mailtide sync` tries at once/g, 'Sync now on the Overview tries at once'],
  [/To see which: mailtide verify/g, `To see which: ${complete}`],
  [/Repair it: mailtide verify --repair/g, `Repair it: ${complete}`],
  [/Check that nothing is missing: mailtide verify/g, `Check that nothing is missing: ${complete}`],
  [/then run: mailtide verify --repair/g, `then repair them: ${complete}`],
  [/See: mailtide logs/g, 'See the log'],
  [/see mailtide status/g, 'see the Overview'],
]

/** A text of the service in the window's own terms: no command where a button does it, and no setting by the name it has in files. Pure. */
export function commandsInWindow(names: Readonly<Record<SettingName, string>>) {
  return (text: string): string => {
    let said = text
    // Most texts name neither.
    if (said.includes('mailtide ')) {
      for (const [pattern, instead] of rules) said = said.replaceAll(pattern, instead as string)
    }
    return said.replaceAll(/the setting (\w+)/g, (whole, name: string) =>
      settingNamed(name) === undefined ? whole : `“${names[name as SettingName]}” in Settings`,
    )
  }
}
