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
          'This is not an error. Google has not reviewed the app, because it is your own; the warning is meant for other people’s apps.',
        remedy:
          'Click **Advanced**, then **Go to Mailtide (unsafe)**. An internal app of a Workspace does not show this page.',
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
        when: 'The browser returned here with this error',
        means: 'Someone clicked **Cancel** or **Back to safety** on Google’s page.',
        remedy: 'Sign in again, and choose **Continue** or **Allow**.',
        step: 'sign-in',
      },
      {
        when: 'The app is published and worked for other accounts',
        means: 'An unverified app can have 100 users over its lifetime, and this project has reached that limit.',
        remedy: 'Create another project for these accounts.',
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
          'The OAuth client is not a desktop app. Only that type can return the browser to any port on this computer.',
        remedy: 'Create a client of type **Desktop app**, add it to Mailtide, and sign in with it.',
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
        when: 'You copied the address by hand',
        means: 'Google did not get the whole sign-in address.',
        remedy: 'Sign in again and open the whole address. In a terminal it may span several lines.',
        step: 'sign-in',
      },
      {
        when: 'It happens again with the whole address',
        means: 'This type of OAuth client cannot sign in this way.',
        remedy: 'Create a client of type **Desktop app**.',
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
        means: 'The project does not list the permission to read mail.',
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
        when: 'The page **Branding** is empty or incomplete',
        means: 'The app is not set up yet.',
        remedy: 'Describe the app, and sign in again.',
        step: 'app',
      },
      {
        when: 'It is complete',
        means: 'The project does not list the permission to read mail.',
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
        means: 'The client ID is wrong, or the client was deleted some time ago.',
        remedy: 'Create a new client, and add its JSON to Mailtide.',
        step: 'client',
      },
      {
        when: 'Mailtide says that the ID or the secret is wrong',
        means: 'The secret was replaced in the console, or belongs to another client.',
        remedy:
          'Open the client in the console, add a new secret, download the JSON immediately, and run `mailtide clients add FILE`. Adding the same client again replaces its secret. Then sign in again.',
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
          'The OAuth client was deleted or disabled in the console. Google deletes clients that have not been used for six months, after a warning by mail.',
        remedy:
          'Restore or enable it if the page **Clients** still offers that, or create a new client. Then sign in to each account with it: `mailtide accounts reauth ADDRESS --client NAME`. Stored mail and the sync position are kept.',
        step: 'client',
      },
    ],
  },
  {
    id: 'lost_secret',
    aliases: ['client_secret', 'no_secret'],
    shown: 'The JSON has no client secret, or only the end of it',
    cases: [
      {
        means: 'Google shows a secret only when it is created.',
        remedy:
          'Open the client in the console, click **Add secret**, download the JSON immediately, and add it to Mailtide.',
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
        means: 'The administrator of this Google Workspace allows only selected apps to read mail.',
        remedy:
          'Ask the administrator to trust the client ID: in the Admin console under Security, API controls, **Manage third-party app access**, **Configure new app**. `mailtide clients list` shows the ID.',
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
          'Leave the program at https://myaccount.google.com/advanced-protection/landing, if you want to. In a Workspace, the administrator can trust the client ID instead.',
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
        means: 'Google does not show its sign-in page inside other programs.',
        remedy: 'Open the address in a regular browser: Firefox, Chrome, Edge or Safari.',
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
        means: 'The sign-in worked, but the Gmail API is off in the project, or was turned on only a moment ago.',
        remedy: 'Turn it on. Mailtide tries again every five minutes.',
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
        means:
          'The box for reading mail was not ticked on Google’s page, or the token of another tool has fewer permissions.',
        remedy: 'Sign in again and tick the box.',
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
        remedy: 'Sign in again and choose the right account on Google’s first page (**Use another account** adds one).',
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
        means: 'The app is in testing, and Google then ends every sign-in after seven days.',
        remedy: 'Publish the app first, then sign in once more: publishing does not extend a sign-in made before.',
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
          'The password was changed, the access was revoked at https://myaccount.google.com/connections (Google revokes it for all clients of a project), it was unused for six months, or this account was signed in with this client more than 100 times.',
        remedy: 'Sign in again: `mailtide accounts reauth ADDRESS`. Stored mail and the sync position are kept.',
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
          'Sign in again. To make sign-ins last, the administrator can trust the client ID under Security, API controls, and exempt trusted apps in **Google Cloud session control**.',
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
        means: 'Its client ID is not in the domain’s list, has another scope there, or was added less than a day ago.',
        remedy: 'Check the client ID and the scope in the list. Mailtide keeps trying; `mailtide sync` tries at once.',
        step: 'delegate',
      },
      {
        when: 'When signing in',
        means: 'This type of OAuth client cannot sign in this way.',
        remedy: 'Create a client of type **Desktop app**.',
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
          'Nothing makes it faster: Google does not raise this limit, and forbids splitting one user across several projects. The newest mail comes first, new mail takes precedence, and accounts do not slow each other down.',
        step: 'project',
      },
      {
        when: 'The project used the Gmail API between November 2025 and April 2026',
        means:
          'It still has the old quota of 15,000 units at 5 a message: 50 messages a second. Google has announced that it will change these projects too.',
        remedy:
          'If you have such a project, create the client in it. Mailtide detects which quota applies, and `mailtide status --json` shows it.',
        step: 'client',
      },
    ],
  },
] as const satisfies readonly GuideError[]
