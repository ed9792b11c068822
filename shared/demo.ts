import { accountId } from './ids.ts'

/**
 * The demo account: made-up mail from a Gmail of our own on this computer. Its address ends in `.example`, which nobody can own
 * (https://www.rfc-editor.org/rfc/rfc2606#section-2), so no account of a person is ever taken for it.
 */
export const DEMO_EMAIL = 'ada@demo.mailtide.example'

/** One at most, so it has a name of its own. */
export const DEMO_ID = accountId('demo')

/** Both must be right: whoever plants one of them makes no account of a person speak to the demo. */
export const isDemo = ({ id, email }: { readonly id: string; readonly email: string }): boolean =>
  id === DEMO_ID && email === DEMO_EMAIL
