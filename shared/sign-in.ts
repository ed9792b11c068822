import { z } from 'zod'
import { Problem } from './errors.ts'
import { operation } from './operation.ts'
import { AccountSnapshot } from './status.ts'

/** A sign-in with Google, from the address for the browser to its end. Secrets are not part of it. */
export const SignIn = z.object({
  id: z.string(),
  /** Google's page, for a browser of the person's own. */
  url: z.string(),
  /** `finishing`: the browser came back, and Google is asked for the token. The last two are final. */
  state: z.enum(['waiting', 'finishing', 'done', 'failed']),
  /** When it is given up. Timestamps are ISO 8601 UTC. */
  expires_at: z.iso.datetime(),
  /** The account that was added or signed in again; null before `done`. */
  account: AccountSnapshot.nullable(),
  /** Why it failed; null unless `failed`. */
  problem: Problem.nullable(),
})
export type SignIn = z.infer<typeof SignIn>

/** An OAuth client as it is shown: never with its secret. */
export const ClientInfo = z.object({
  name: z.string(),
  /** Null when it cannot be opened here: another host sealed it, or its file is damaged. */
  client_id: z.string().nullable(),
  project_id: z.string().nullable(),
  /** The addresses of the accounts that were signed in with it. */
  accounts: z.array(z.string()),
})
export type ClientInfo = z.infer<typeof ClientInfo>

/** The name of an OAuth client. Which ones there can be, the service knows. */
export const clientName = z.string().min(1).max(100)
const address = z.string().min(1).max(320)
const signInId = z.string().min(1).max(100)
const howItEnds = {
  client: clientName.optional(),
  /** Nothing listens for the browser: its last address is given to the service by the person. */
  paste: z.boolean().optional(),
}

/** OAuth clients and signing in: rows of the contract. */
export const signInOperations = {
  clientsList: operation({
    summary: 'The OAuth clients, without their secrets',
    method: 'GET',
    path: '/api/v1/oauth-clients',
    auth: 'token',
    from: 'query',
    success: 200,
    input: z.object({}),
    output: z.object({ clients: z.array(ClientInfo) }),
  }),
  /** Another client under a name that is taken is refused; the same client again brings a new secret. */
  clientsAdd: operation({
    summary: 'Add an OAuth client, as the JSON downloaded from the Google console',
    problems: ['bad_token_file', 'conflict', 'disk'],
    method: 'POST',
    path: '/api/v1/oauth-clients',
    auth: 'token',
    from: 'body',
    success: 201,
    input: z.strictObject({ client: z.record(z.string(), z.unknown()), name: clientName.optional() }),
    output: z.object({ client: ClientInfo }),
  }),
  clientsRemove: operation({
    summary: 'Remove an OAuth client; accounts signed in with it keep syncing',
    problems: ['not_found'],
    method: 'DELETE',
    path: '/api/v1/oauth-clients/{name}',
    auth: 'token',
    from: 'query',
    success: 200,
    input: z.strictObject({ name: clientName }),
    output: z.object({ message: z.string() }),
  }),
  signInBegin: operation({
    summary: 'Start a sign-in with Google, to add an account or to sign in to an existing one again',
    problems: ['not_found', 'conflict', 'concurrency', 'sealed_elsewhere'],
    method: 'POST',
    path: '/api/v1/sign-in',
    auth: 'token',
    from: 'body',
    success: 201,
    input: z.strictObject({
      ...howItEnds,
      /** The address to sign in with; any other is refused. */
      login_hint: address.optional(),
      /** A known account, by address or id: only it can be signed in. */
      account: address.optional(),
    }),
    output: SignIn,
  }),
  signInShow: operation({
    summary: 'The progress of a sign-in',
    problems: ['not_found'],
    method: 'GET',
    path: '/api/v1/sign-in/{id}',
    auth: 'token',
    from: 'query',
    success: 200,
    input: z.strictObject({ id: signInId }),
    output: SignIn,
  }),
  /** What cannot be the right text is refused and may be given again; what Google refuses ends the sign-in. */
  signInCode: operation({
    summary: 'Finish a sign-in with the address that the browser ended on, or with the code in it',
    problems: ['not_found', 'conflict'],
    method: 'POST',
    path: '/api/v1/sign-in/{id}/code',
    auth: 'token',
    from: 'body',
    success: 200,
    input: z.strictObject({ id: signInId, redirect: z.string().max(20_000) }),
    output: SignIn,
  }),
  signInCancel: operation({
    summary: 'Cancel a sign-in; nothing of it is stored',
    problems: ['not_found'],
    method: 'DELETE',
    path: '/api/v1/sign-in/{id}',
    auth: 'token',
    from: 'query',
    success: 200,
    input: z.strictObject({ id: signInId }),
    output: SignIn,
  }),
  accountsReauth: operation({
    summary: 'Start signing in to an existing account again; its mail is kept, and syncing continues where it left off',
    problems: ['not_found', 'conflict', 'concurrency', 'sealed_elsewhere'],
    method: 'POST',
    path: '/api/v1/accounts/{id}/reauth',
    auth: 'token',
    from: 'body',
    success: 201,
    input: z.strictObject({ id: address, ...howItEnds }),
    output: SignIn,
  }),
}
