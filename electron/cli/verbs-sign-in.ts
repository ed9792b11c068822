import { guideTopics } from '../../shared/google-guide.ts'
import { type OptionDefinition, textOption, type VerbDefinition } from './verb.ts'

const notRunning = [3, 'Mailtide is not running.'] as const
const client: OptionDefinition = { long: '--client', value: 'name', summary: 'The OAuth client to sign in with.' }
const noBrowser: OptionDefinition = { long: '--no-browser', summary: 'Open no browser; print the address alone.' }
const pasting =
  'Where no browser can be opened (a server, a session over SSH), open the printed address in any browser, and paste the address on which it ends. That of an error page of Google’s can be pasted too, and is explained. Ctrl-C gives the sign-in up.'

/** Commands that sign in with Google, and on the OAuth clients they use. */
export const signInVerbs: readonly VerbDefinition[] = [
  {
    name: 'guide',
    group: 'Mail',
    summary: 'Show how to set Google up, step by step, and what its errors mean.',
    notes: [
      'Without a topic it shows every step, from a new Google project to the first sign-in. A topic is the number or name of a step, an error of Google’s such as access_denied (or a line copied from its page), workspace, or errors for all of them.',
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
    summary: 'Sign in with Google in the browser, and add the account.',
    notes: [
      pasting,
      'With --demo nobody signs in: an account with made-up mail is added beside the others, from a Gmail on this computer in which things go on happening. It is removed like any account.',
    ],
    options: [
      { long: '--demo', summary: 'Add the demo account instead, with made-up mail.' },
      { long: '--hint', value: 'address', summary: 'The address to sign in with; another one is refused.' },
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
    summary: 'Sign an account in again; its mail is kept.',
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
    summary: 'Sign an account in with another OAuth client; its mail is kept.',
    notes: [
      'Google gives its permission to a client, so another client needs a sign-in. Mail, settings and where the syncing was stay; the present sign-in is used until the new one is done, and for good when it is given up.',
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
    summary: 'Keep an OAuth client from the JSON that the Google console downloads.',
    notes: ['The same client again replaces its secret.'],
    args: [{ name: 'file', summary: 'The file; - reads standard input.', required: true, isFile: true }],
    options: [{ long: '--name', value: 'name', summary: 'What to call it. [its project]' }],
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
    summary: 'List the OAuth clients, and who uses them.',
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
    summary: 'Forget an OAuth client; accounts signed in with it go on.',
    args: [{ name: 'name', summary: 'Its name.', required: true }],
    exits: [notRunning],
    run: async (context, given) => {
      const { clientsRemove } = await import('./commands/clients.ts')
      await clientsRemove(context, given.args[0] ?? '')
      return undefined
    },
  },
]
