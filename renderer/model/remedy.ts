import type { AccountSnapshot, Snapshot } from '../../shared/status.ts'
import type { Words } from '../words/words.ts'
import { isClockWait, signInEndsSoon } from './needs-you.ts'

/** What the person can do about an account, in the order of the buttons; the last one is filled. */
export type RemedyAction =
  | { readonly kind: 'sign_in'; readonly label: string }
  | { readonly kind: 'bring_client' }
  | { readonly kind: 'show_how' }
  | { readonly kind: 'open_url'; readonly label: string; readonly url: string }
  | { readonly kind: 'copy_client_id' }
  | { readonly kind: 'open_folder' }
  | { readonly kind: 'try_again' }

export interface RemedyView {
  readonly tone: 'turn' | 'bad'
  /** The cause, and what follows from it. */
  readonly text: string
  readonly actions: readonly RemedyAction[]
}

/** How the service begins or says what it means; test/renderer/model/remedy.test.ts holds them to its documented words. */
const causes = {
  withdrawn: /^Google no longer accepts the sign-in\b/,
  testing: /\btesting mode, where it lasts seven days\b/,
  session: /\basks for a fresh sign-in\b/,
  scope: /\b(does not permit reading mail|box for it was left empty)\b/,
  client: /\bOAuth client\b.*\b(deleted|disabled|wrong|may not be used|another client)\b/,
  blocked: /\badministrator\b.*\bdoes not allow\b|\bonly for members of its own organisation\b/,
  serviceAccount: /\bservice account\b/,
} as const

const gmailApi = 'https://console.cloud.google.com/apis/library/gmail.googleapis.com'

/**
 * What an account that needs the person says, and its buttons; null for one that does not. Known causes are told in the window's own words,
 * all others in the service's.
 */
export function remedyView(
  account: AccountSnapshot,
  snapshot: Pick<Snapshot, 'alerts'>,
  words: Words,
): RemedyView | null {
  const strip = remedyOfState(account, words)
  if (strip !== null || !signInEndsSoon(account, snapshot)) return strip
  const signIn = { kind: 'sign_in', label: words.remedies.action.signIn } as const
  return { tone: 'turn', text: words.remedies.text.endsSoon, actions: [{ kind: 'show_how' }, signIn] }
}

function remedyOfState(account: AccountSnapshot, words: Words): RemedyView | null {
  switch (account.state) {
    case 'needs_reauth':
      return reauth(account, words)
    case 'error':
      return failure(account, words)
    case 'waiting':
      if (account.reason === 'disk') {
        return { tone: 'turn', text: told(account), actions: [{ kind: 'try_again' }, { kind: 'open_folder' }] }
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
  // The address could hold any word.
  const message = account.message.replace(` (${account.email})`, '')
  const signIn: RemedyAction = { kind: 'sign_in', label: action.signIn }
  const view = (said: string, ...actions: readonly RemedyAction[]): RemedyView => ({
    tone: 'turn',
    text: said,
    actions,
  })
  if (account.reason === 'sealed_elsewhere') return view(text.sealed, signIn)
  if (account.reason === 'wrong_account') {
    return view(told(account), { kind: 'sign_in', label: action.signInAs(account.email) })
  }
  // Its key is a file, no sign-in: what the service says of it names it.
  if (causes.serviceAccount.test(message)) return view(told(account), { kind: 'try_again' })
  if (causes.withdrawn.test(message)) return view(text.withdrawn, signIn)
  if (causes.testing.test(message)) return view(text.testing, signIn, { kind: 'show_how' })
  if (causes.session.test(message)) return view(text.session, signIn)
  if (causes.scope.test(message)) return view(text.scope, signIn)
  if (causes.blocked.test(message)) return view(text.blocked, signIn, { kind: 'copy_client_id' })
  if (causes.client.test(message)) return view(text.client, { kind: 'bring_client' })
  return view(told(account), signIn)
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
        url: googleAddress(account.remedy) ?? gmailApi,
      })
    case 'mailbox_off':
      if (causes.serviceAccount.test(account.message)) return view(told(account), again)
      return view(text.noMailbox, again, { kind: 'open_url', label: action.openGmail, url: 'https://mail.google.com/' })
    case 'policy':
      if (causes.serviceAccount.test(account.message)) return view(told(account), again)
      return view(text.blocked, again, { kind: 'copy_client_id' })
    default:
      return view(told(account), again)
  }
}

/** An address of Google's console in a text; nothing else is ever opened from a message. */
const googleAddress = (text: string): string | undefined =>
  /https:\/\/console\.(?:developers|cloud)\.google\.com\/[\w\-./?=&]*[\w/=]/
    .exec(text)?.[0]
    // The same console by its present name, the one that the desktop opens.
    .replace('console.developers.', 'console.cloud.')

/** What the service says: cause and remedy as two sentences, without the address, which the card already shows. */
function told({ message, remedy, email }: { message: string; remedy: string | null; email: string }): string {
  const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)
  const cause = sentence(message.replace(` (${email})`, ''))
  return remedy === null ? cause : `${cause} ${sentence(remedy)}`
}
