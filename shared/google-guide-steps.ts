/**
 * What one does in Google's consoles, as they are in 2026 ("Google Auth Platform"). In texts, **bold** is what stands on the page and
 * `code` is typed. Sources: https://support.google.com/cloud/answer/15544987 and the pages it leads to, and
 * https://developers.google.com/workspace/guides/create-credentials.
 */
export interface GuideStep {
  readonly id: string
  /** An imperative sentence without its full stop. */
  readonly title: string
  /** Why it must be, in a sentence. */
  readonly why: string
  /** The page where it is done. */
  readonly link?: string
  /** What to click and enter, in order. */
  readonly actions: readonly string[]
  /** Values to copy into Google's pages. */
  readonly copy?: readonly { readonly label: string; readonly value: string }[]
  /** What to type here. */
  readonly commands?: readonly string[]
  /** How one sees that it is done. */
  readonly result: string
}

/** The only right that Mailtide asks for. */
export const READING = 'https://www.googleapis.com/auth/gmail.readonly'

const scopeValue = { label: 'The scope', value: READING } as const

/** Google calls it a desktop app; everybody who has a Google account can make one. */
export const personalSteps = [
  {
    id: 'project',
    title: 'Make a Google project',
    why: 'Google counts what a program may ask of Gmail per project, so yours is shared with nobody, and nobody stands between you and your mail.',
    link: 'https://console.cloud.google.com/projectcreate',
    actions: [
      'Sign in with any Google account of yours; it need not be the one whose mail you want.',
      'Enter a **Project name**. No organisation and no billing is needed.',
      'Click **Create**, wait for the notice at the top right, and click **Select project** in it. All further pages must show this project at the top.',
    ],
    copy: [{ label: 'Project name', value: 'Mailtide' }],
    result: 'The name of the project stands at the top of the console.',
  },
  {
    id: 'api',
    title: 'Switch the Gmail API on',
    why: 'In a new project every API is off, and Gmail then refuses each request.',
    link: 'https://console.cloud.google.com/apis/library/gmail.googleapis.com',
    actions: ['Check that your project stands at the top.', 'Click **Enable**.'],
    result: 'The page says **API Enabled**. It can take a few minutes until Gmail knows.',
  },
  {
    id: 'app',
    title: 'Say what the app is',
    why: 'Google shows this to whoever signs in, which is you.',
    link: 'https://console.cloud.google.com/auth/overview',
    actions: [
      'Click **Get started**.',
      'Enter the **App name**, choose your address as **User support email**, and click **Next**.',
      'As **Audience** choose **External**, and click **Next**. (Where every account belongs to your own Google Workspace, **Internal** is better: see the step `internal`.)',
      'Enter your address as contact, click **Next**, agree to the policy, click **Continue** and **Create**.',
    ],
    copy: [{ label: 'App name', value: 'Mailtide' }],
    result:
      'The page shows **OAuth Overview**, with **Branding**, **Audience**, **Clients** and **Data Access** on the left.',
  },
  {
    id: 'scope',
    title: 'Name the right to read mail',
    why: 'A client may ask only for what the project lists, and Mailtide asks for reading alone: it cannot send, change or delete.',
    link: 'https://console.cloud.google.com/auth/scopes',
    actions: [
      'Click **Add or remove scopes**.',
      'Paste the scope into the box under **Manually add scopes**, and click **Add to table**.',
      'Click **Update**, then **Save** at the bottom of the page.',
    ],
    copy: [scopeValue],
    result: 'The scope stands under **Your restricted scopes**.',
  },
  {
    id: 'publish',
    title: 'Publish the app',
    why: 'While an app is in testing, Google ends every sign-in after seven days. Publishing changes that and nothing else: nobody can use your app without your client.',
    link: 'https://console.cloud.google.com/auth/audience',
    actions: [
      'Under **Publishing status** click **Publish app**, and **Confirm**.',
      'Ask for no verification: for your own use none is needed. An app that is not verified can have 100 users in its whole life.',
    ],
    result: 'The publishing status is **In production**.',
  },
  {
    id: 'client',
    title: 'Make the OAuth client, and download it at once',
    why: 'In its name Mailtide asks Google for access; its secret can be seen only now.',
    link: 'https://console.cloud.google.com/auth/clients',
    actions: [
      'Click **Create client**.',
      'As **Application type** choose **Desktop app**. No other type can bring the sign-in back to your computer.',
      'Enter a name and click **Create**.',
      'Click **Download JSON** in the window that appears, before you close it: later Google shows only the last four characters of the secret.',
    ],
    result: 'A file `client_secret_….json` is in your downloads.',
  },
  {
    id: 'add-client',
    title: 'Give the client to Mailtide',
    why: 'It is kept on this computer, sealed like your sign-ins, and serves for all your accounts.',
    actions: ['The downloaded file can be deleted afterwards.'],
    commands: ['mailtide start', 'mailtide clients add ~/Downloads/client_secret_….json'],
    result: 'Mailtide names the client that it keeps.',
  },
  {
    id: 'sign-in',
    title: 'Sign in',
    why: 'Google asks whether your own app may read your mail.',
    actions: [
      'In the browser choose the account whose mail you want.',
      'Google says that it **hasn’t verified this app**: it is yours, and nobody has examined it. Click **Advanced**, then **Go to Mailtide (unsafe)**.',
      'Where a box for reading mail is shown, tick it. Click **Continue** or **Allow**.',
      'For each further account do only this step again.',
    ],
    commands: ['mailtide accounts add'],
    result: 'The browser says **Signed in**, and the first download begins.',
  },
] as const satisfies readonly GuideStep[]

/** Where the mailboxes belong to a Google Workspace. */
export const workspaceSteps = [
  {
    id: 'internal',
    title: 'Keep the app inside your organisation',
    why: 'Google then shows no warning, counts no users, and no sign-in ends after seven days.',
    link: 'https://console.cloud.google.com/auth/audience',
    actions: [
      'Make the project with an account of the organisation, and choose the organisation as its **Location**.',
      'As **Audience** choose **Internal** (later: **Make internal** on the page Audience).',
      'Leave out the step `publish`; everything else is as above. Each person signs in once.',
      'Where the administrator lets only chosen apps in, the client id must be trusted too: see `admin_policy_enforced`.',
    ],
    result: 'The user type is **Internal**.',
  },
  {
    id: 'service-account',
    title: 'Or: make a service account for many mailboxes',
    why: 'Its key reads every mailbox that the administrator delegates to it, without anybody signing in, and does not end by itself.',
    link: 'https://console.cloud.google.com/iam-admin/serviceaccounts',
    actions: [
      'In a project with the Gmail API switched on (steps `project` and `api`) click **Create service account**, enter a name, and click **Done**: it needs no roles.',
      'Open it, and note its **Unique ID**: that is its client id.',
      'Under **Keys** click **Add key**, **Create new key**, **JSON**. An organisation can forbid keys (`iam.disableServiceAccountKeyCreation`); its administrator can allow them.',
    ],
    result: 'The key is in your downloads. Whoever has it can read the mailboxes: keep it as you keep passwords.',
  },
  {
    id: 'delegate',
    title: 'Delegate the mailboxes to it',
    why: 'Only a super administrator can say that a service account may read the mail of the domain.',
    link: 'https://admin.google.com/ac/owl/domainwidedelegation',
    actions: [
      'In the Admin console this page is **Domain-wide delegation**, under Security, API controls (in newer consoles under Apps & integrations).',
      'Click **Add new**, enter the client id of the service account and the scope, and click **Authorize**.',
    ],
    copy: [scopeValue],
    result: 'The client id stands in the list. It can take a day until it holds.',
  },
  {
    id: 'import-key',
    title: 'Import the key, once for each mailbox',
    why: 'A service account has no mailbox of its own, so it must be said whose mail is meant.',
    actions: ['All mailboxes of one key share one quota, since Google counts them as one user.'],
    commands: ['mailtide accounts import-token key.json --email ada@example.com'],
    result: 'Mailtide names the account that it added.',
  },
] as const satisfies readonly GuideStep[]
