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
    title: 'Create a Google project',
    why: 'Google limits Gmail requests per project. With your own, you share that limit with no one, and no one stands between you and your mail.',
    link: 'https://console.cloud.google.com/projectcreate',
    actions: [
      'Sign in with any of your Google accounts. It does not have to be the one whose mail you want.',
      'Enter a **Project name**. You need neither an organisation nor billing.',
      'Click **Create**, wait for the notification at the top right, and click **Select project** in it. Every page from here on must show this project at the top.',
    ],
    copy: [{ label: 'Project name', value: 'Mailtide' }],
    result: 'The top of the console shows the name of the project.',
  },
  {
    id: 'api',
    title: 'Turn on the Gmail API',
    why: 'In a new project every API is off, and Gmail refuses every request.',
    link: 'https://console.cloud.google.com/apis/library/gmail.googleapis.com',
    actions: ['Check that your project is selected at the top.', 'Click **Enable**.'],
    result: 'The page says **API Enabled**. Gmail may need a few minutes to notice.',
  },
  {
    id: 'app',
    title: 'Describe the app',
    why: 'Google shows this to whoever signs in, and that is you.',
    link: 'https://console.cloud.google.com/auth/overview',
    actions: [
      'Click **Get started**.',
      'Enter the **App name**, choose your address as **User support email**, and click **Next**.',
      'As **Audience** choose **External**, and click **Next**. (If all accounts belong to your own Google Workspace, **Internal** is better: see the step `internal`.)',
      'Enter your address as the contact, click **Next**, agree to the policy, then click **Continue** and **Create**.',
    ],
    copy: [{ label: 'App name', value: 'Mailtide' }],
    result:
      'The page shows **OAuth Overview**, with **Branding**, **Audience**, **Clients** and **Data Access** on the left.',
  },
  {
    id: 'scope',
    title: 'Add the permission to read mail',
    why: 'A client can only ask for what its project lists. Mailtide asks for reading only: it cannot send, change or delete anything.',
    link: 'https://console.cloud.google.com/auth/scopes',
    actions: [
      'Click **Add or remove scopes**.',
      'Paste the scope into the box under **Manually add scopes**, and click **Add to table**.',
      'Click **Update**, then **Save** at the bottom of the page.',
    ],
    copy: [scopeValue],
    result: 'The scope is listed under **Your restricted scopes**.',
  },
  {
    id: 'publish',
    title: 'Publish the app',
    why: 'While an app is in testing, Google ends every sign-in after seven days. Publishing changes only that: no one can use your app without your client.',
    link: 'https://console.cloud.google.com/auth/audience',
    actions: [
      'Under **Publishing status** click **Publish app**, and **Confirm**.',
      'Do not apply for verification: for your own use you need none. An unverified app can have 100 users over its lifetime.',
    ],
    result: 'The publishing status is **In production**.',
  },
  {
    id: 'client',
    title: 'Create the OAuth client and download it',
    why: 'Mailtide uses it to ask Google for access. Google shows its secret only now.',
    link: 'https://console.cloud.google.com/auth/clients',
    actions: [
      'Click **Create client**.',
      'As **Application type** choose **Desktop app**. No other type can return the sign-in to your computer.',
      'Enter a name and click **Create**.',
      'In the window that appears, click **Download JSON** before you close it: afterwards Google shows only the last four characters of the secret.',
    ],
    result: 'The file `client_secret_….json` is in your downloads.',
  },
  {
    id: 'add-client',
    title: 'Add the client to Mailtide',
    why: 'It stays on this computer, sealed like your sign-ins, and works for all your accounts.',
    actions: ['Afterwards you can delete the downloaded file.'],
    commands: ['mailtide start', 'mailtide clients add ~/Downloads/client_secret_….json'],
    result: 'Mailtide shows the name of the client.',
  },
  {
    id: 'sign-in',
    title: 'Sign in',
    why: 'Google asks whether your app may read your mail.',
    actions: [
      'In the browser, choose the account whose mail you want.',
      'Google says that it **hasn’t verified this app**. That is expected, because the app is your own. Click **Advanced**, then **Go to Mailtide (unsafe)**.',
      'If there is a box for reading mail, tick it. Click **Continue** or **Allow**.',
      'For each further account, repeat only this step.',
    ],
    commands: ['mailtide accounts add'],
    result: 'The browser says **Signed in**, and the first download starts.',
  },
] as const satisfies readonly GuideStep[]

/** Where the mailboxes belong to a Google Workspace. */
export const workspaceSteps = [
  {
    id: 'internal',
    title: 'Keep the app inside your organisation',
    why: 'Then Google shows no warning, does not count users, and does not end sign-ins after seven days.',
    link: 'https://console.cloud.google.com/auth/audience',
    actions: [
      'Create the project with an account of the organisation, and choose the organisation as its **Location**.',
      'As **Audience** choose **Internal** (later: **Make internal** on the page Audience).',
      'Skip the step `publish`; everything else is as above. Each person signs in once.',
      'If the administrator allows only selected apps, they must also trust the client ID: see `admin_policy_enforced`.',
    ],
    result: 'The user type is **Internal**.',
  },
  {
    id: 'service-account',
    title: 'Or: create a service account for many mailboxes',
    why: 'Its key can read every mailbox that the administrator delegates to it. No one has to sign in, and the access does not expire.',
    link: 'https://console.cloud.google.com/iam-admin/serviceaccounts',
    actions: [
      'In a project with the Gmail API turned on (steps `project` and `api`), click **Create service account**, enter a name, and click **Done**. It needs no roles.',
      'Open it and note its **Unique ID**: that is its client ID.',
      'Under **Keys**, click **Add key**, **Create new key**, **JSON**. An organisation can forbid keys (`iam.disableServiceAccountKeyCreation`); its administrator can allow them.',
    ],
    result: 'The key is in your downloads. Whoever has it can read the mailboxes: guard it like a password.',
  },
  {
    id: 'delegate',
    title: 'Delegate the mailboxes to it',
    why: 'Only a super administrator can allow a service account to read the mail of the domain.',
    link: 'https://admin.google.com/ac/owl/domainwidedelegation',
    actions: [
      'In the Admin console, this page is **Domain-wide delegation** under Security, API controls (in newer consoles under Apps & integrations).',
      'Click **Add new**, enter the service account’s client ID and the scope, and click **Authorize**.',
    ],
    copy: [scopeValue],
    result: 'The client ID is in the list. It can take up to a day to take effect.',
  },
  {
    id: 'import-key',
    title: 'Import the key once for each mailbox',
    why: 'A service account has no mailbox of its own, so you have to say whose mail to read.',
    actions: ['All mailboxes of one key share one quota, since Google counts them as one user.'],
    commands: ['mailtide accounts import-token key.json --email ada@example.com'],
    result: 'Mailtide shows the account that it added.',
  },
] as const satisfies readonly GuideStep[]
