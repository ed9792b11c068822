import type { Handlers } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'

/** Where the guide, the remedies and the message lists lead. */
const known: ReadonlySet<string> = new Set([
  'accounts.google.com',
  'admin.google.com',
  'console.cloud.google.com',
  'developers.google.com',
  'github.com',
  'mail.google.com',
  'myaccount.google.com',
  'support.google.com',
  'workspace.google.com',
])

/** Which pages the window may have opened in the person's own browser. */
export interface OutsidePages {
  /** Throws `forbidden` for a page that nothing in Mailtide leads to. The address as the browser is given it. */
  check(url: string): string
  /** The same handlers, with the consent pages of sign-ins that they begin allowed: a stand-in of Google has an address of its own. */
  remembering(handlers: Handlers): Handlers
}

/** A sign-in lives five minutes; so many at once are refused by the service. */
const REMEMBERED = 32

export function createOutsidePages(): OutsidePages {
  const consentPages: string[] = []
  const remember = <Begun extends { readonly url: string }>(begun: Begun): Begun => {
    consentPages.push(begun.url)
    if (consentPages.length > REMEMBERED) consentPages.shift()
    return begun
  }
  return {
    check: (text) => {
      if (consentPages.includes(text)) return text
      const url = URL.canParse(text) ? new URL(text) : null
      const isPlain = url !== null && url.username === '' && url.password === '' && url.port === ''
      if (isPlain && url.protocol === 'https:' && known.has(url.hostname)) return url.href
      throw new AppError('forbidden', 'Mailtide opens no such page', { remedy: 'Open it in your browser yourself' })
    },
    remembering: (handlers) => ({
      ...handlers,
      signInBegin: async (input) => remember(await handlers.signInBegin(input)),
      accountsReauth: async (input) => remember(await handlers.accountsReauth(input)),
    }),
  }
}
