import type { VerbDefinition } from './verb.ts'
import { mailVerbs } from './verbs-mail.ts'
import { otherVerbs } from './verbs-other.ts'
import { serviceVerbs } from './verbs-service.ts'
import { settingVerbs } from './verbs-settings.ts'
import { signInVerbs } from './verbs-sign-in.ts'

/** The table of commands, in the order in which the help lists them. */
export const verbs: readonly VerbDefinition[] = [
  ...serviceVerbs,
  ...signInVerbs,
  ...mailVerbs,
  ...settingVerbs,
  ...otherVerbs,
]

/** What the first words of two-word commands are about. */
export const parents: Readonly<Record<string, string>> = {
  accounts: 'Manage the Gmail accounts.',
  clients: 'Manage the OAuth clients used to sign in.',
  config: 'Show and change settings.',
}
