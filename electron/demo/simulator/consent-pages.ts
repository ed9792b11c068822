/** The pages between the program and its code: choose an account, be warned, consent. Each is a form that carries the request on. */
import type { Answer } from './answer.ts'
import { APP, escaped, htmlAnswer } from './consent-html.ts'

/** Google names the owner of the OAuth client's project: whoever made it in the console. */
const DEVELOPER = 'developer@example.test'

/** What Google calls the rights on its page: https://developers.google.com/workspace/gmail/api/auth/scopes */
const rights: Readonly<Record<string, string>> = {
  'https://www.googleapis.com/auth/gmail.readonly': 'View your email messages and settings',
  'https://www.googleapis.com/auth/gmail.modify': 'Read, compose, and send emails from your Gmail account',
  'https://www.googleapis.com/auth/gmail.labels': 'See and edit your email labels',
  'https://www.googleapis.com/auth/gmail.metadata':
    'View your email message metadata such as labels and headers, but not the email body',
  'https://mail.google.com/': 'Read, compose, send, and permanently delete all your email from Gmail',
}

const signInScopes = ['openid', 'email', 'profile']

/** Scopes that say who somebody is; Google grants them without a box. */
export const isSignInScope = (scope: string): boolean =>
  signInScopes.includes(scope) || scope.startsWith('https://www.googleapis.com/auth/userinfo.')

export const isKnownScope = (scope: string): boolean => isSignInScope(scope) || Object.hasOwn(rights, scope)

const hidden = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`)
    .join('')

/** The account of the hint comes first, and a bare Enter takes it. */
export function chooserPage(request: string, emails: readonly string[], hint: string | undefined): Answer {
  const rows = emails
    .toSorted((a, b) => Number(b === hint) - Number(a === hint))
    .map(
      (email) =>
        `<li><button class="row" name="email" value="${escaped(email)}"${email === hint ? ' autofocus' : ''}>${escaped(email)}</button></li>`,
    )
  return htmlAnswer(
    200,
    'Choose an account',
    `<p>to continue to <strong>${APP}</strong></p>
<form method="post" action="/oauth/auth/account">${hidden({ request })}
<ul class="rows">
${rows.join('\n')}
</ul>
</form>
${rows.length === 0 ? '<p>The simulator has no mailboxes.</p>' : ''}`,
  )
}

/** "Google hasn’t verified this app": with the way on hidden, or for the testers of an app in testing in the open. */
export function warningPage(request: string, email: string, kind: 'unverified' | 'testing'): Answer {
  const onward = `<button name="choice" value="go">${kind === 'testing' ? 'Continue' : `Go to ${APP} (unsafe)`}</button>`
  const back = '<button class="main" name="choice" value="back">Back to safety</button>'
  const form = `<form method="post" action="/oauth/auth/warning">${hidden({ request, email })}`
  const body =
    kind === 'testing'
      ? `<p>You’ve been given access to an app that’s currently being tested. You should only continue if you know the developer that invited you.</p>
${form}<div class="actions">${onward}${back}</div></form>`
      : `<p>The app is requesting access to sensitive info in your Google Account. Until the developer (${DEVELOPER}) verifies this app with Google, you shouldn’t use it.</p>
${form}<details><summary>Advanced</summary>
<p class="small">Continue only if you understand the risks and trust the developer (${DEVELOPER}).</p>
${onward}</details>
<div class="actions"><span></span>${back}</div></form>`
  return htmlAnswer(200, 'Google hasn’t verified this app', body)
}

/** With boxes the person chooses, and Google leaves them empty; without, all of it is allowed at once. */
export function consentPage(
  request: string,
  email: string,
  { scopes, hasBoxes }: { readonly scopes: readonly string[]; readonly hasBoxes: boolean },
): Answer {
  const asked = scopes.filter((scope) => !isSignInScope(scope))
  const rows = asked.map((scope) => {
    const right = escaped(rights[scope] ?? scope)
    return hasBoxes
      ? `<label><input type="checkbox" name="scope" value="${escaped(scope)}"><span>${right}</span></label>`
      : `<input type="hidden" name="scope" value="${escaped(scope)}"><li>${right}</li>`
  })
  const list = hasBoxes ? rows.join('\n') : `<ul>${rows.join('\n')}</ul>`
  return htmlAnswer(
    200,
    hasBoxes ? `Select what ${APP} can access` : `${APP} wants access to your Google Account`,
    `<p><span class="who">${escaped(email)}</span></p>
<form method="post" action="/oauth/auth/consent">${hidden({ request, email })}
<p>${hasBoxes ? '' : `When you allow this access, ${APP} will be able to`}</p>
${list}
<p class="small">Make sure you trust ${APP}. You may be sharing sensitive info with this site or app. You can always see or remove access in your Google Account.</p>
<div class="actions"><button name="choice" value="cancel">Cancel</button><button class="main" name="choice" value="continue">Continue</button></div></form>`,
  )
}
