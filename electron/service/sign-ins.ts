import { randomBytes, randomInt } from 'node:crypto'
import { isDemo } from '../../shared/demo.ts'
import { AppError, asAppError, isAbort, toProblem } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { SignIn } from '../../shared/sign-in.ts'
import type { AccountSnapshot } from '../../shared/status.ts'
import { type Loopback, listenForRedirect } from '../gmail/loopback.ts'
import {
  type Authorization,
  beginAuthorization,
  exchange,
  type Redirect,
  readPasted,
  redirectOf,
} from '../gmail/oauth.ts'
import { beginAgain } from '../gmail/oauth-errors.ts'
import { failedPage, type Page, signedInPage } from '../gmail/oauth-pages.ts'
import type { Clock, Credential, Log, OAuthClient } from '../ports.ts'
import { notForDemo } from './demo.ts'
import type { OAuthClients } from './oauth-clients.ts'
import type { Member, Roster } from './roster.ts'
import type { Service } from './types.ts'

export interface SignIns extends Pick<Service, 'beginSignIn' | 'signIn' | 'finishSignIn' | 'cancelSignIn'> {
  /** Gives everything up: the service ends. */
  close(): Promise<void>
}

export interface SignInsDeps {
  readonly clock: Clock
  readonly log: Log
  readonly roster: Roster
  /** Google's consent page, and the base of its token endpoint. */
  readonly authUrl: string
  readonly oauthUrl: string
  readonly clients: Pick<OAuthClients, 'choose'>
  /** Tries the credential on Gmail and stores the account. Throws `wrong_account` when it opens another mailbox than the expected one. */
  readonly adopt: (credential: Credential, expected: string | undefined, signal: AbortSignal) => Promise<AccountId>
  /** The account in the service, going on where it was. */
  readonly welcome: (id: AccountId) => Promise<AccountSnapshot>
}

const LIFE_MS = 5 * 60_000
/** How long one can see how a sign-in ended, the browser too that comes back late. */
const KEPT_MS = 15 * 60_000
const MOST_AT_ONCE = 16

interface Flow {
  readonly id: string
  readonly authorization: Authorization
  readonly client: OAuthClient
  readonly expected: string | undefined
  readonly expiresAt: Date
  /** Fires when it is given up. */
  readonly stop: AbortController
  /** Fires when it is over, however it went. */
  readonly over: AbortController
  readonly loopback: Loopback
  state: SignIn['state']
  account: AccountSnapshot | null
  error: AppError | null
  /** Resolves when what was begun by a redirect is over. */
  done: Promise<void>
}

/** Sign-ins under way. They share nothing: each has its own state, verifier, port and end. */
export function createSignIns(deps: SignInsDeps): SignIns {
  const { clock, log } = deps
  const flows = new Map<string, Flow>()
  /** Sign-ins whose client is looked up or whose port is opened. */
  let beginning = 0
  const closing = new AbortController()

  const shown = (flow: Flow): SignIn => ({
    id: flow.id,
    url: flow.authorization.url,
    state: flow.state,
    expires_at: flow.expiresAt.toISOString(),
    account: flow.account,
    problem: flow.error === null ? null : toProblem(flow.error),
  })

  const find = (id: string): Flow => {
    const flow = flows.get(id)
    if (flow !== undefined) return flow
    throw new AppError('not_found', 'There is no such sign-in, or it ended some time ago', {
      remedy: 'Begin a new one',
    })
  }

  /** Whoever asks is told how it ended: by its id, and after a failure at its address, for a browser that is still on Google's page. */
  const keepForAWhile = (flow: Flow): void => {
    if (flow.error === null) flow.loopback.close()
    const failed = [...flows.values()].filter(({ state }) => state === 'failed')
    for (const { loopback } of failed.slice(0, -MOST_AT_ONCE)) loopback.close()
    clock.sleep(KEPT_MS, closing.signal).then(
      () => {
        flow.loopback.close()
        flows.delete(flow.id)
      },
      () => flow.loopback.close(),
    )
  }

  const end = (flow: Flow, error: AppError | null): void => {
    flow.state = error === null ? 'done' : 'failed'
    flow.error = error
    flow.over.abort()
    keepForAWhile(flow)
    if (error === null) return
    if (isAbort(error)) log.info('A sign-in was cancelled')
    else if (error.code === 'bug') log.error('A sign-in failed because of a bug', { error: stackOf(error) })
    // Its words can name somebody's address; whoever signs in is told them.
    else log.warning('A sign-in failed', { code: error.code })
  }

  /** From here on no other redirect counts. */
  const take = (flow: Flow, redirect: Redirect): Promise<void> => {
    flow.state = 'finishing'
    flow.done = finish(flow, redirect).then(
      () => end(flow, null),
      (error: unknown) => end(flow, isAbort(error) ? givenUp() : beginAgain(error)),
    )
    return flow.done
  }

  const finish = async (flow: Flow, redirect: Redirect): Promise<void> => {
    const { client, authorization, expected } = flow
    const { signal } = flow.stop
    const name = expected ?? 'the account that signs in'
    const credential = await exchange({ oauthUrl: deps.oauthUrl, name, signal, client, authorization, redirect, clock })
    if (signal.aborted) throw givenUp()
    flow.account = await deps.welcome(await deps.adopt(credential, expected, signal))
  }

  /** Asked of each request to the listener: the page to come, when it is the redirect of the sign-in. One that is over takes nothing. */
  const hit = (flow: Flow | null, params: URLSearchParams): Promise<Page> | null => {
    const redirect = redirectOf(params)
    if (flow === null || redirect === null) return null
    if (redirect.state === null || !flow.authorization.isState(redirect.state)) return null
    return (flow.state === 'waiting' ? take(flow, redirect) : flow.done).then(() =>
      flow.account === null ? failedPage(flow.error ?? givenUp()) : signedInPage(flow.account.email),
    )
  }

  /** Without a port of our own one can still paste: nothing answers at the address, which is all that is needed of it. */
  const listen = async (paste: boolean, take: Parameters<typeof listenForRedirect>[0]): Promise<Loopback> => {
    if (!paste) {
      try {
        return await listenForRedirect(take)
      } catch (error) {
        log.warning('No port can be opened for the browser to return to; its address can be pasted instead', {
          error: asAppError(error).message,
        })
      }
    }
    return { redirectUri: `http://127.0.0.1:${randomInt(49_152, 65_536)}/`, close: () => undefined }
  }

  const begin = async (
    member: Member | undefined,
    {
      name,
      email,
      paste,
    }: { readonly name: string | undefined; readonly email: string | undefined; readonly paste: boolean },
  ): Promise<Flow> => {
    const expected = member?.account.email ?? email
    const client = await deps.clients.choose(name, member)
    let flow: Flow | null = null
    const loopback = await listen(paste, (params) => hit(flow, params))
    // The service may have ended meanwhile, and nobody would close the port any more.
    if (closing.signal.aborted) {
      loopback.close()
      throw stopping()
    }
    const { redirectUri } = loopback
    flow = {
      id: randomBytes(12).toString('base64url'),
      authorization: beginAuthorization({ authUrl: deps.authUrl, client, redirectUri, loginHint: expected }),
      client,
      expected,
      expiresAt: new Date(clock.now().getTime() + LIFE_MS),
      stop: new AbortController(),
      over: new AbortController(),
      loopback,
      state: 'waiting',
      account: null,
      error: null,
      done: Promise.resolve(),
    }
    flows.set(flow.id, flow)
    return flow
  }

  return {
    beginSignIn: async ({ client: name, email, account, paste }) => {
      if (closing.signal.aborted) throw stopping()
      const member = deps.roster.find(account ?? email ?? '')
      if (account !== undefined && member === undefined) {
        throw new AppError('not_found', `There is no account ${account}`, { remedy: 'See mailtide accounts list' })
      }
      if (member !== undefined && isDemo(member.account)) throw notForDemo('nobody signs in to it')
      const unfinished = beginning + [...flows.values()].filter(({ over }) => !over.signal.aborted).length
      if (unfinished >= MOST_AT_ONCE) {
        throw new AppError('concurrency', `${unfinished} sign-ins are already waiting`, {
          remedy: 'Finish them, or wait five minutes until they expire',
        })
      }
      beginning++
      const begun = await begin(member, { name, email, paste }).finally(() => {
        beginning--
      })
      clock.sleep(LIFE_MS, begun.over.signal).then(
        () => {
          if (begun.state === 'waiting') end(begun, tooLate())
        },
        () => undefined,
      )
      return shown(begun)
    },
    signIn: (id) => shown(find(id)),
    finishSignIn: async (id, pasted) => {
      const flow = find(id)
      if (flow.state !== 'waiting') throw isOver(flow)
      const redirect = readPasted(pasted)
      if (redirect.state !== null && !flow.authorization.isState(redirect.state)) {
        throw new AppError('bad_input', 'The pasted address belongs to another sign-in', {
          remedy: 'Open the address of this sign-in in the browser, and paste the address it ends on',
        })
      }
      await take(flow, redirect)
      return shown(flow)
    },
    cancelSignIn: async (id) => {
      const flow = find(id)
      flow.stop.abort()
      if (flow.state === 'waiting') end(flow, givenUp())
      await flow.done
      return shown(flow)
    },
    close: async () => {
      closing.abort()
      for (const flow of flows.values()) {
        flow.stop.abort()
        if (flow.state === 'waiting') end(flow, givenUp())
      }
      await Promise.all([...flows.values()].map(({ done }) => done))
    },
  }
}

const stopping = () => new AppError('aborted', 'Mailtide is stopping', { remedy: 'Start it again' })

const givenUp = () =>
  new AppError('aborted', 'The sign-in was cancelled in Mailtide', { remedy: 'To sign in after all, start a new one' })

const tooLate = () =>
  new AppError('needs_reauth', 'The sign-in was not finished within five minutes', {
    remedy:
      'Begin a new one. Where Google’s page shows an error, paste the address of that page: Mailtide says what it means',
  })

function isOver({ state }: Flow): AppError {
  return new AppError('conflict', state === 'finishing' ? 'The sign-in is being finished' : 'The sign-in is over', {
    remedy: state === 'failed' ? 'Begin a new one' : 'See how it went',
  })
}

function stackOf({ cause, message }: AppError): string {
  return cause instanceof Error ? (cause.stack ?? cause.message) : message
}
