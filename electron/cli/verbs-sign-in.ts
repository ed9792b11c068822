import { guideTopics } from '../../shared/google-guide.ts'
import { type OptionDefinition, textOption, type VerbDefinition } from './verb.ts'

const notRunning = [3, 'Mailtide is not running.'] as const
const client: OptionDefinition = { long: '--client', value: 'name', summary: 'The OAuth client to sign in with.' }
const noBrowser: OptionDefinition = { long: '--no-browser', summary: 'Do not open a browser; print the address.' }
const pasting =
  'Where no browser can be opened (on a server, over SSH), open the printed address in any browser, and paste the address it ends on. You can also paste the address of one of Google’s error pages to have it explained. Ctrl-C cancels the sign-in.'

/** Commands that sign in with Google, and on the OAuth clients they use. */
export const signInVerbs: readonly VerbDefinition[] = [
  {
    name: 'guide',
    group: 'Mail',
    summary: 'Show how to set up Google, step by step, and what its errors mean.',
    notes: [
      'Without a topic, this shows every step from a new Google project to the first sign-in. A topic is the number or name of a step, one of Google’s errors such as access_denied (or a line copied from its page), workspace, or errors for all of them.',
    ],
    args: [
      {
        name: 'topic',
        summary: 'A step, or an error.',
        required: false,
        variadic: true,
        suggestions: ['workspace', 'errors', ...guideTopics],
      },
    ],
    run: async (context, given) => {
      const { guide } = await import('./commands/guide.ts')
      await guide(
        context,
        given.args.flatMap((word) => word ?? []),
      )
      return undefined
    },
  },
  {
    name: 'accounts add',
    group: 'Mail',
    summary: 'Sign in with Google in a browser, and add the account.',
    notes: [
      pasting,
      'With --demo there is no sign-in: this adds an account with made-up mail from a Gmail simulated on this computer, where new mail keeps arriving. Remove it like any account.',
    ],
    options: [
      { long: '--demo', summary: 'Add the demo account, with made-up mail.' },
      { long: '--hint', value: 'address', summary: 'The address to sign in with; any other is refused.' },
      client,
      noBrowser,
    ],
    exits: [notRunning],
    run: async (context, given) => {
      const { accountsAdd, accountsAddDemo } = await import('./commands/accounts-add.ts')
      if (given.options['demo'] === true) {
        await accountsAddDemo(context, given)
        return undefined
      }
      await accountsAdd(context, {
        client: textOption(given, 'client'),
        hint: textOption(given, 'hint'),
        opensBrowser: given.options['no-browser'] !== true,
      })
      return undefined
    },
  },
  {
    name: 'accounts reauth',
    group: 'Mail',
    summary: 'Sign in to an account again; its mail is kept.',
    notes: [pasting],
    args: [{ name: 'account', summary: 'Its address or id.', required: true }],
    options: [client, noBrowser],
    exits: [notRunning],
    run: async (context, given) => {
      const { accountsReauth } = await import('./commands/accounts-add.ts')
      await accountsReauth(context, given.args[0] ?? '', {
        client: textOption(given, 'client'),
        opensBrowser: given.options['no-browser'] !== true,
      })
      return undefined
    },
  },
  {
    name: 'accounts use-client',
    group: 'Mail',
    summary: 'Switch an account to another OAuth client; its mail is kept.',
    notes: [
      'Google grants access to a client, so another client needs a new sign-in. Mail, settings and the sync position are kept. The current sign-in stays in use until the new one is complete, or if it is cancelled.',
      pasting,
    ],
    args: [
      { name: 'account', summary: 'Its address or id.', required: true },
      { name: 'client', summary: 'The name of the OAuth client.', required: true },
    ],
    options: [noBrowser],
    exits: [notRunning],
    run: async (context, given) => {
      const { accountsUseClient } = await import('./commands/accounts-add.ts')
      await accountsUseClient(context, given.args[0] ?? '', given.args[1] ?? '', {
        opensBrowser: given.options['no-browser'] !== true,
      })
      return undefined
    },
  },
  {
    name: 'clients add',
    group: 'Mail',
    summary: 'Add an OAuth client from the JSON downloaded from the Google console.',
    notes: ['Adding the same client again replaces its secret.'],
    args: [{ name: 'file', summary: 'The file, or - for standard input.', required: true, isFile: true }],
    options: [{ long: '--name', value: 'name', summary: 'A name for it. [its project]' }],
    exits: [notRunning],
    run: async (context, given) => {
      const { clientsAdd } = await import('./commands/clients.ts')
      await clientsAdd(context, given.args[0] ?? '-', textOption(given, 'name'))
      return undefined
    },
  },
  {
    name: 'clients list',
    group: 'Mail',
    summary: 'List the OAuth clients and the accounts that use them.',
    exits: [notRunning],
    run: async (context) => {
      const { clientsList } = await import('./commands/clients.ts')
      await clientsList(context)
      return undefined
    },
  },
  {
    name: 'clients remove',
    group: 'Mail',
    summary: 'Remove an OAuth client; accounts signed in with it keep working.',
    args: [{ name: 'name', summary: 'Its name.', required: true }],
    exits: [notRunning],
    run: async (context, given) => {
      const { clientsRemove } = await import('./commands/clients.ts')
      await clientsRemove(context, given.args[0] ?? '')
      return undefined
    },
  },
]
