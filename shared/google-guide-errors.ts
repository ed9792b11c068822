import type { personalSteps, workspaceSteps } from './google-guide-steps.ts'

type StepId = (typeof personalSteps | typeof workspaceSteps)[number]['id']

/** One thing that can be behind an error. */
export interface GuideCase {
  /** How to tell it from the other cases, where there are several: the words that Google shows, or when it comes. */
  readonly when?: string
  readonly means: string
  readonly remedy: string
  /** The step that was left out or went wrong. */
  readonly step?: StepId
}

/** An error of Google's, or something of Google's that surprises. */
export interface GuideError {
  readonly id: string
  /** Other names for the same: codes in answers and in older pages. */
  readonly aliases: readonly string[]
  /** What one sees. */
  readonly shown: string
  readonly cases: readonly GuideCase[]
}

/**
 * In the order in which one can meet them. Sources: https://developers.google.com/identity/protocols/oauth2/native-app#authorization-errors,
 * https://developers.google.com/identity/protocols/oauth2#expiration, https://support.google.com/cloud/answer/15549945 (who may sign in),
 * https://support.google.com/cloud/answer/15549257 (clients that Google deletes), https://developers.google.com/workspace/gmail/api/reference/quota
 */
export const guideErrors = [
  {
    id: 'unverified',
    aliases: ['hasnt_verified', 'unsafe'],
    shown: 'Google hasn’t verified this app',
    cases: [
      {
        means:
          'No error: Google has not examined the app, because it is your own. Google’s warning is about apps of strangers.',
        remedy:
          'Click **Advanced**, then **Go to Mailtide (unsafe)**. Inside a Workspace, an internal app has no such page.',
        step: 'sign-in',
      },
    ],
  },
  {
    id: 'access_denied',
    aliases: [],
    shown: 'Error 403: access_denied',
    cases: [
      {
        when: 'Google says that the app “has not completed the Google verification process”, or is “being tested”',
        means: 'The app is in testing, and this address is not one of its test users.',
        remedy: 'Publish the app. (Or add the address under **Test users**; its sign-in then ends every seven days.)',
        step: 'publish',
      },
      {
        when: 'The browser came back here and said so',
        means: 'On Google’s page somebody clicked **Cancel** or **Back to safety**.',
        remedy: 'Sign in again, and choose **Continue** or **Allow**.',
        step: 'sign-in',
      },
      {
        when: 'It was published, and worked for others',
        means: 'An app that is not verified can have 100 users in its whole life, and this project has had them.',
        remedy: 'Make a project of your own for these accounts.',
        step: 'project',
      },
    ],
  },
  {
    id: 'redirect_uri_mismatch',
    aliases: ['web_client'],
    shown: 'Error 400: redirect_uri_mismatch',
    cases: [
      {
        means:
          'The OAuth client is not of the type desktop app: only that one leads the browser back to any port here.',
        remedy: 'Make a client of the type **Desktop app**, give it to Mailtide, and sign in with it.',
        step: 'client',
      },
    ],
  },
  {
    id: 'invalid_request',
    aliases: [],
    shown: 'Error 400: invalid_request',
    cases: [
      {
        when: 'The address was copied by hand',
        means: 'Google did not get the whole address of the sign-in.',
        remedy: 'Sign in again, and open the whole address: in a terminal it can go over several lines.',
        step: 'sign-in',
      },
      {
        when: 'It comes back with the whole address',
        means: 'The OAuth client is of a type that may not sign in like this.',
        remedy: 'Make a client of the type **Desktop app**.',
        step: 'client',
      },
    ],
  },
  {
    id: 'invalid_scope',
    aliases: [],
    shown: 'Error 400: invalid_scope',
    cases: [
      {
        means: 'The project does not list the right to read mail.',
        remedy: 'Add the scope on the page **Data Access**, wait a few minutes, and sign in again.',
        step: 'scope',
      },
    ],
  },
  {
    id: 'restricted_client',
    aliases: [],
    shown: 'Error 401: restricted_client',
    cases: [
      {
        when: 'The page **Branding** is empty or asks for something',
        means: 'The app is not set up yet.',
        remedy: 'Say what the app is, and sign in again.',
        step: 'app',
      },
      {
        when: 'That is all filled in',
        means: 'The project does not list the right to read mail.',
        remedy: 'Add the scope on the page **Data Access**, wait a few minutes, and sign in again.',
        step: 'scope',
      },
    ],
  },
  {
    id: 'invalid_client',
    aliases: [],
    shown: 'Error 401: invalid_client',
    cases: [
      {
        when: 'Google’s page says “The OAuth client was not found”',
        means: 'The client id is wrong, or its client was deleted a while ago.',
        remedy: 'Make a new client, and give its JSON to Mailtide.',
        step: 'client',
      },
      {
        when: 'Mailtide says that the id or the secret is wrong',
        means: 'The secret was replaced in the console, or is not the one of this client.',
        remedy:
          'Open the client in the console, add a new secret, download the JSON at once, and give it to: `mailtide clients add FILE`. The same client again replaces its secret. Then sign in again.',
        step: 'client',
      },
    ],
  },
  {
    id: 'deleted_client',
    aliases: ['disabled_client'],
    shown: 'Error 401: deleted_client (or disabled_client)',
    cases: [
      {
        means:
          'The OAuth client was deleted or disabled in the console. Google itself deletes clients that nobody used for six months, after a warning by mail.',
        remedy:
          'Restore or enable it where the page **Clients** still offers that, or make a new client. Then sign the accounts in with it: `mailtide accounts reauth ADDRESS --client NAME`. Mail and where the syncing was are kept.',
        step: 'client',
      },
    ],
  },
  {
    id: 'lost_secret',
    aliases: ['client_secret', 'no_secret'],
    shown: 'The JSON has no client secret, or its beginning is hidden',
    cases: [
      {
        means: 'Google shows a secret only at the moment when it is made.',
        remedy:
          'Open the client in the console, click **Add secret**, download the JSON at once, and give it to Mailtide.',
        step: 'client',
      },
    ],
  },
  {
    id: 'org_internal',
    aliases: [],
    shown: 'Error 403: org_internal',
    cases: [
      {
        means: 'The audience of the app is **Internal**, and this address does not belong to its organisation.',
        remedy: 'Sign in with an account of the organisation, or make the app **External** on the page **Audience**.',
        step: 'app',
      },
    ],
  },
  {
    id: 'admin_policy_enforced',
    aliases: ['access_not_configured'],
    shown: 'Error 400: admin_policy_enforced, or “Your institution’s admin needs to review Mailtide”',
    cases: [
      {
        means: 'The administrator of this Google Workspace lets only chosen apps read mail.',
        remedy:
          'Ask the administrator to trust the client id: in the Admin console under Security, API controls, **Manage third-party app access**, **Configure new app**. `mailtide clients list` shows the id.',
        step: 'internal',
      },
    ],
  },
  {
    id: 'policy_enforced',
    aliases: ['advanced_protection'],
    shown: 'Error 400: policy_enforced',
    cases: [
      {
        means:
          'The Google account is in the Advanced Protection Program, which keeps other programs from reading mail.',
        remedy:
          'Take the account out of the program at https://myaccount.google.com/advanced-protection/landing, if you want that. In a Workspace the administrator can trust the client id instead.',
        step: 'sign-in',
      },
    ],
  },
  {
    id: 'disallowed_useragent',
    aliases: [],
    shown: 'Error 403: disallowed_useragent',
    cases: [
      {
        means: 'Google does not show its sign-in inside other programs.',
        remedy: 'Open the address in a browser of its own: Firefox, Chrome, Edge or Safari.',
        step: 'sign-in',
      },
    ],
  },
  {
    id: 'api_disabled',
    aliases: ['accessnotconfigured', 'service_disabled'],
    shown: 'The Gmail API is not enabled (accessNotConfigured)',
    cases: [
      {
        means: 'The sign-in went well, but in the project the Gmail API is off, or was switched on a moment ago.',
        remedy: 'Switch it on. Mailtide tries again by itself every five minutes.',
        step: 'api',
      },
    ],
  },
  {
    id: 'unticked',
    aliases: ['insufficient_scope', 'insufficientpermissions', 'access_token_scope_insufficient'],
    shown: 'The sign-in does not permit reading mail',
    cases: [
      {
        means: 'On Google’s page the box for reading mail was not ticked, or a token of another tool has fewer rights.',
        remedy: 'Sign in again, and tick the box.',
        step: 'sign-in',
      },
    ],
  },
  {
    id: 'wrong_account',
    aliases: [],
    shown: 'You signed in as one address, but the mailbox asked for is another',
    cases: [
      {
        means: 'The browser was signed in to several accounts, and another one was chosen. Nothing was stored.',
        remedy:
          'Sign in again, and choose the right account on Google’s first page (**Use another account** adds one).',
        step: 'sign-in',
      },
    ],
  },
  {
    id: 'testing',
    aliases: ['seven_days', '7_days'],
    shown: 'The sign-in ends after seven days',
    cases: [
      {
        means: 'The app is in testing. Google then ends every sign-in seven days after it was made.',
        remedy: 'Publish the app first, then sign in once more: a sign-in keeps the end that it was made with.',
        step: 'publish',
      },
    ],
  },
  {
    id: 'invalid_grant',
    aliases: ['expired', 'revoked'],
    shown: 'Google no longer accepts the sign-in (invalid_grant)',
    cases: [
      {
        when: 'Every seven days',
        means: 'The app is in testing.',
        remedy: 'Publish it, and sign in once more.',
        step: 'publish',
      },
      {
        when: 'Once',
        means:
          'The password was changed, the access was taken back at https://myaccount.google.com/connections (for one client of a project Google takes it back for all of them), it rested for six months, or more than 100 sign-ins of this account were made with this client.',
        remedy: 'Sign in again: `mailtide accounts reauth ADDRESS`. Mail and where the syncing was are kept.',
        step: 'sign-in',
      },
    ],
  },
  {
    id: 'session_control',
    aliases: ['invalid_rapt', 'rapt_required'],
    shown: 'The Google Workspace asks for a fresh sign-in (invalid_rapt)',
    cases: [
      {
        means: 'The administrator limits how long a sign-in lasts.',
        remedy:
          'Sign in again. So that it lasts, the administrator can trust the client id under Security, API controls, and exempt trusted apps in **Google Cloud session control**.',
        step: 'internal',
      },
    ],
  },
  {
    id: 'not_delegated',
    aliases: ['unauthorized_client', 'delegation'],
    shown: 'The service account may not read this mailbox (unauthorized_client)',
    cases: [
      {
        when: 'With a service account',
        means:
          'Its client id is not in the list of the domain, stands there with another scope, or was added less than a day ago.',
        remedy:
          'Compare the client id and the scope in the list. Mailtide tries again by itself; `mailtide sync` does so at once.',
        step: 'delegate',
      },
      {
        when: 'When signing in',
        means: 'The OAuth client is of a type that may not sign in like this.',
        remedy: 'Make a client of the type **Desktop app**.',
        step: 'client',
      },
    ],
  },
  {
    id: 'quota',
    aliases: ['ratelimitexceeded', 'userratelimitexceeded', 'slow'],
    shown: 'The first download is slow',
    cases: [
      {
        when: 'The project was made after April 2026',
        means:
          'Google allows 6,000 units a minute for each account, and a message costs 20: 5 messages a second, about 18,000 an hour, 100,000 in under six hours.',
        remedy:
          'Nothing makes it faster: Google does not raise this limit, and forbids spreading one user over several projects. The newest mail comes first, new mail goes ahead of old, and accounts do not slow each other down.',
        step: 'project',
      },
      {
        when: 'The project used the Gmail API between November 2025 and April 2026',
        means:
          'It still has the old quota of 15,000 units at 5 a message: 50 messages a second. Google has said that it will move these projects too.',
        remedy:
          'If you have such a project, make the client in it. Mailtide finds out by itself which quota holds, and `mailtide status --json` shows it.',
        step: 'client',
      },
    ],
  },
] as const satisfies readonly GuideError[]
