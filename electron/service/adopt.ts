import { randomUUID } from 'node:crypto'
import { DEMO_EMAIL, DEMO_ID } from '../../shared/demo.ts'
import { AppError, isAbort } from '../../shared/errors.ts'
import { type AccountId, accountId } from '../../shared/ids.ts'
import { type ImportOptions, normaliseAddress, readToken, sameAddress } from '../gmail/import-token.ts'
import type { AccountTokens } from '../gmail/tokens.ts'
import type { Gmail } from '../gmail/types.ts'
import type { Clock, Credential, TokenStore } from '../ports.ts'
import { type Account, beginAdding, endAdding, findAccountByKey, giveUpAdding, saveAccount } from '../store/accounts.ts'
import type { Release } from '../store/db.ts'
import type { OpenStore } from '../store/open-store.ts'
import type { Demo } from './demo.ts'

/** A way to Gmail for a credential that is not stored yet. */
export interface Trial {
  readonly gmail: Gmail
  /** What became of the credential on it. */
  credential(): Credential
  /** It is over: nothing is remembered of it. */
  close(): void
}

export interface AdoptDeps {
  readonly store: OpenStore
  readonly clock: Clock
  readonly tokens: Pick<TokenStore, 'remove'>
  readonly lines: {
    forget(id: AccountId): void
    tokensOf(account: { readonly id: AccountId; readonly email: string }): Pick<AccountTokens, 'replace'>
    trial(credential: Credential, name: string): Trial
  }
}

/** Throws `bad_token_file`, and what `adopt` throws. */
export async function importToken(deps: AdoptDeps, token: unknown, given: ImportOptions): Promise<AccountId> {
  const expectedEmail = given.email
  const { id } = await adopt(deps, readToken(token, given), {
    name: expectedEmail ?? 'the account of this token',
    signal: new AbortController().signal,
    objection: (email) => {
      if (expectedEmail === undefined || sameAddress(email, expectedEmail)) return null
      return new AppError('wrong_account', `The token opens ${email}, but the mailbox asked for is ${expectedEmail}`, {
        remedy: `Use a token of ${expectedEmail}, or import this one for ${email}`,
      })
    },
  })
  return id
}

export function wrongSignIn(email: string, expected: string): AppError | null {
  if (sameAddress(email, expected)) return null
  return new AppError('wrong_account', `You signed in as ${email}, but the mailbox asked for is ${expected}`, {
    remedy: `Sign in again, and choose ${expected} on Google’s page`,
    guide: 'wrong_account',
  })
}

/**
 * Stores an account whose credential was shown to open it. The credential is tried before anything is stored: `getProfile` says whose
 * mailbox it is, and `objection` whether that is the wrong one. Throws `wrong_account`, `needs_reauth`, `aborted`, or what keeps Gmail
 * from answering.
 */
export async function adopt(
  deps: AdoptDeps,
  credential: Credential,
  {
    name,
    signal,
    objection,
    patienceMs = PATIENCE_MS,
  }: {
    /** For messages, until the address is known. */
    readonly name: string
    readonly signal: AbortSignal
    readonly objection: (email: string) => AppError | null
    /** How long Gmail may take to say whose mailbox it is: a person waits for it. */
    readonly patienceMs?: number
  },
): Promise<{ readonly id: AccountId; readonly email: string }> {
  const { email, tried } = await tryOn(deps, credential, name, { signal, patienceMs })
  const objected = objection(email) ?? (normaliseAddress(email) === DEMO_EMAIL ? takenForDemo() : null)
  if (objected !== null) throw objected
  if (signal.aborted) throw new AppError('aborted', 'Stopped')
  const release = await claimAddress(deps, normaliseAddress(email), signal)
  try {
    return await keep(deps, tried, email)
  } finally {
    await release()
  }
}

const PATIENCE_MS = 60_000

/** Whose mailbox the credential opens, and the credential as Google left it: what may have changed on trial is what is kept. */
async function tryOn(
  { lines }: AdoptDeps,
  credential: Credential,
  name: string,
  { signal, patienceMs }: { readonly signal: AbortSignal; readonly patienceMs: number },
): Promise<{ readonly email: string; readonly tried: Credential }> {
  const trial = lines.trial(credential, name)
  // Real time on purpose: a person waits, and a real wire is waited for.
  const late = AbortSignal.timeout(patienceMs)
  try {
    const { email } = await trial.gmail.profile(AbortSignal.any([signal, late]))
    return { email, tried: trial.credential() }
  } catch (error) {
    // Nobody gave it up, and it must not be told as if somebody had.
    if (!isAbort(error) || signal.aborted || !late.aborted) throw error
    throw new AppError('network', `Gmail did not say within a minute whose mailbox it is (${name})`, {
      remedy: 'Check the internet connection, then try again',
      cause: error,
    })
  } finally {
    trial.close()
  }
}

const takenForDemo = (): AppError =>
  new AppError('wrong_account', `The sign-in opens ${DEMO_EMAIL}, which is the address of the demo alone`, {
    remedy: 'Use the sign-in of your own mailbox',
  })

/** Stores the demo account, once its Gmail runs. Throws `demo`, and `conflict` while mail of an earlier one is being deleted. */
export async function adoptDemo(deps: AdoptDeps & { readonly demo: Pick<Demo, 'open'> }): Promise<AccountId> {
  const { signal } = new AbortController()
  const release = await claimAddress(deps, DEMO_EMAIL, signal)
  try {
    const known = await findAccountByKey(deps.store.db.as('interactive'), DEMO_EMAIL)
    const createdAt = known?.created_at ?? deps.clock.now()
    if (known?.removed === 'deleting') throw stillDeleting(DEMO_EMAIL)
    const { credential } = await deps.demo.open(createdAt, signal)
    return (await keep(deps, credential, DEMO_EMAIL, { id: DEMO_ID, createdAt })).id
  } finally {
    await release()
  }
}

const stillDeleting = (email: string): AppError =>
  new AppError('conflict', `The mail of ${email} is still being deleted after the account was removed`, {
    remedy: 'Add it again once that is done; the log says when',
  })

const CLAIM_AGAIN_MS = 200

/** Another worker on the same database may be adding the same address: one account must come of it, not two that fight for the address. */
async function claimAddress({ store, clock }: AdoptDeps, key: string, signal: AbortSignal): Promise<Release> {
  for (;;) {
    const release = await store.db.claim(`address ${key}`)
    if (release !== null) return release
    await clock.sleep(CLAIM_AGAIN_MS, signal)
  }
}

async function keep(
  deps: AdoptDeps,
  credential: Credential,
  email: string,
  fresh?: { readonly id: AccountId; readonly createdAt: Date },
): Promise<{ readonly id: AccountId; readonly email: string }> {
  const db = deps.store.db.as('interactive')
  const key = normaliseAddress(email)
  const known = await findAccountByKey(db, key)
  if (known?.removed === 'deleting') throw stillDeleting(email)
  const id = known?.id ?? fresh?.id ?? accountId(randomUUID().replaceAll('-', '').slice(0, 12))
  const createdAt = known?.created_at ?? fresh?.createdAt ?? deps.clock.now()
  const account: Account = {
    id,
    email,
    email_key: key,
    client_id: credential.client_id,
    paused: known?.paused ?? false,
    created_at: createdAt,
  }
  // A credential of no account would lie there for good, should the program be killed before there is one.
  if (known === null) await beginAdding(db, account)
  try {
    // Credentials before the account: one in the store without them could only fail.
    await deps.lines.tokensOf({ id, email }).replace(credential)
    await deps.store.originals.ensure()
    await deps.store.raw.putAccount({ id, email, created_at: createdAt.toISOString() })
    await db.transaction(async (sql) => {
      await saveAccount(sql, account)
      if (known === null) await endAdding(sql, id)
    })
  } catch (error) {
    if (known === null || known.removed !== null) await takeBack(deps, id)
    if (known === null) await giveUpAdding(db, id).catch(() => undefined) // the next start does it
    throw error
  }
  return { id, email }
}

async function takeBack({ lines, tokens }: AdoptDeps, id: AccountId): Promise<void> {
  lines.forget(id)
  await tokens.remove(id).catch(() => undefined) // why the account could not be stored is told
}
