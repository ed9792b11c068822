import { assertNever } from '../../shared/describe.ts'
import { isClockWait, signInEndsSoon } from '../../shared/needs-you.ts'
import type { AccountSnapshot, Snapshot } from '../../shared/status.ts'
import { sentence } from '../words/text.ts'
import type { Words } from '../words/words.ts'

/** What the person can do about an account, in the order of the buttons; the last one is filled. */
export type RemedyAction =
  | { readonly kind: 'sign_in'; readonly label: string }
  | { readonly kind: 'bring_client' }
  | { readonly kind: 'show_how' }
  | { readonly kind: 'open_url'; readonly label: string; readonly url: string }
  | { readonly kind: 'copy_client_id' }
  | { readonly kind: 'open_folder' }
  /** Where one says how much room may be used. */
  | { readonly kind: 'settings' }
  | { readonly kind: 'try_again' }

export interface RemedyView {
  readonly tone: 'turn' | 'bad'
  /** The cause, and what follows from it. */
  readonly text: string
  readonly actions: readonly RemedyAction[]
}

const gmailApi = 'https://console.cloud.google.com/apis/library/gmail.googleapis.com'

/**
 * What an account that needs the person says, and its buttons; null for one that does not. Known causes are told in the window's own words,
 * all others in the service's.
 */
export function remedyView(
  account: AccountSnapshot,
  snapshot: Pick<Snapshot, 'alerts'>,
  words: Words,
  now: Date,
): RemedyView | null {
  const strip = remedyOfState(account, words)
  if (strip !== null || !signInEndsSoon(account, snapshot)) return strip
  const signIn = { kind: 'sign_in', label: words.remedies.action.signIn } as const
  return {
    tone: 'turn',
    text: words.remedies.endsSoon(words.times.when(new Date(account.sign_in_ends_at ?? now), now)),
    actions: [{ kind: 'show_how' }, signIn],
  }
}

function remedyOfState(account: AccountSnapshot, words: Words): RemedyView | null {
  switch (account.state) {
    case 'needs_reauth':
      return reauth(account, words)
    case 'error':
      return failure(account, words)
    case 'waiting':
      if (account.reason === 'disk' || account.reason === 'originals') {
        const actions: readonly RemedyAction[] = [
          { kind: 'try_again' },
          ...(account.action?.kind === 'change_setting' ? [{ kind: 'settings' } as const] : []),
        ]
        return { tone: 'turn', text: told(account, words), actions: [...actions, { kind: 'open_folder' }] }
      }
      return isClockWait(account)
        ? { tone: 'turn', text: words.remedies.text.clock, actions: [{ kind: 'try_again' }] }
        : null
    default:
      return null
  }
}

function reauth(account: AccountSnapshot & { readonly state: 'needs_reauth' }, words: Words): RemedyView {
  const { text, action } = words.remedies
  const signIn: RemedyAction = { kind: 'sign_in', label: action.signIn }
  const view = (said: string, ...actions: readonly RemedyAction[]): RemedyView => ({
    tone: 'turn',
    text: said,
    actions,
  })
  if (account.reason === 'sealed_elsewhere') return view(text.sealed, signIn)
  if (account.reason === 'wrong_account') {
    return view(told(account, words), { kind: 'sign_in', label: action.signInAs(account.email) })
  }
  switch (account.cause) {
    // Its key is a file, no sign-in: what the service says of it names it.
    case 'service_account':
      return view(told(account, words), { kind: 'try_again' })
    case 'withdrawn':
      return view(text.withdrawn, signIn)
    case 'testing_mode':
      return view(text.testing, signIn, { kind: 'show_how' })
    case 'session_control':
      return view(text.session, signIn)
    case 'scope':
      return view(text.scope, signIn)
    case 'blocked':
      return view(text.blocked, signIn, { kind: 'copy_client_id' })
    case 'client':
      return view(text.client, { kind: 'bring_client' })
    case 'clock':
    case undefined:
      return view(told(account, words), signIn)
    default:
      return assertNever(account.cause)
  }
}

function failure(account: AccountSnapshot & { readonly state: 'error' }, words: Words): RemedyView {
  const { text, action } = words.remedies
  const again: RemedyAction = { kind: 'try_again' }
  const view = (said: string, ...actions: readonly RemedyAction[]): RemedyView => ({ tone: 'bad', text: said, actions })
  switch (account.code) {
    case 'api_disabled':
      return view(text.apiOff, again, {
        kind: 'open_url',
        label: action.turnOnApi,
        url: account.action?.kind === 'open_page' && isOfConsole(account.action.url) ? account.action.url : gmailApi,
      })
    case 'mailbox_off':
      if (account.cause === 'service_account') return view(told(account, words), again)
      return view(text.noMailbox, again, { kind: 'open_url', label: action.openGmail, url: 'https://mail.google.com/' })
    case 'policy':
      if (account.cause === 'service_account') return view(told(account, words), again)
      return view(text.blocked, again, { kind: 'copy_client_id' })
    default:
      return view(told(account, words), again)
  }
}

/** Google wrote the address into its answer: nothing but its console is opened. */
const isOfConsole = (url: string): boolean =>
  URL.canParse(url) && new URL(url).origin === 'https://console.cloud.google.com'

/** What the service says: cause and remedy as two sentences, without the address, which the card already shows. */
function told(
  { message, remedy, email }: { message: string; remedy: string | null; email: string },
  words: Words,
): string {
  const cause = sentence(words.told(message.replace(` (${email})`, '')))
  return remedy === null ? cause : `${cause} ${sentence(words.told(remedy))}`
}
