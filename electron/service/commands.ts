import { DEMO_ID, isDemo } from '../../shared/demo.ts'
import { AppError, isAbort } from '../../shared/errors.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { AccountSnapshot } from '../../shared/status.ts'
import type { Clock } from '../ports.ts'
import { setPaused } from '../store/accounts.ts'
import { readFailures, retryFailuresNow } from '../store/queue.ts'
import { createMutex } from '../sync/deps.ts'
import type { Audits } from './audits.ts'
import { notForDemo } from './demo.ts'
import type { Engine } from './engine.ts'
import { inTurn } from './in-turn.ts'
import type { Loop } from './loop.ts'
import { restingState } from './machine.ts'
import { createOAuthClients, type OAuthClients } from './oauth-clients.ts'
import { createPortable } from './portable.ts'
import { factsOf, forgive, type Member } from './roster.ts'
import { createSignIns, type SignIns } from './sign-ins.ts'
import type { Service } from './types.ts'

/** A clean stop is given so long; then the store is closed under whatever still runs, which loses no committed chunk. */
const STOP_WITHIN_MS = 7_000

export type Commands = Pick<
  Service,
  | 'start'
  | 'stop'
  | 'syncNow'
  | 'changeSettings'
  | 'setPaused'
  | 'failures'
  | 'retryFailures'
  | 'importToken'
  | 'addDemo'
  | 'changeClient'
  | keyof Omit<OAuthClients, 'choose' | 'isAnother'>
  | keyof Omit<SignIns, 'close'>
  | 'exportCredentials'
  | 'importCredentials'
  | 'removeAccount'
  | 'checkHealth'
> & {
  isRunning(): boolean
  /** From now on nothing is started any more, and sign-ins are given up: everything is about to be closed. */
  retire(): Promise<void>
  /** Ends the loop without waiting: nothing it could still do would succeed. */
  abandon(): void
}

interface Running {
  readonly stop: AbortController
  readonly done: Promise<void>
}

/** What people and scripts ask of the service. */
export function createCommands(engine: Engine, run: Loop, audits: Pick<Audits, 'rest' | 'leave'>): Commands {
  const { deps, facts, publisher } = engine
  const interactive = deps.db.as('interactive')
  let loop: Running | null = null
  let draining: Promise<void> = Promise.resolve()
  let stopping: Promise<void> | null = null
  let isRetired = false
  let hasRun = false
  let probing: Promise<unknown> | null = null
  /** Adding and removing the same account at once must leave it with its credential, or without both. */
  const oneByOne = createMutex()

  const memberOf = (account: string): Member => {
    const member = deps.roster.find(account)
    if (member === undefined) {
      throw new AppError('not_found', `There is no account ${account}`, { remedy: 'See mailtide accounts list' })
    }
    return member
  }
  const chosen = (account: string | undefined): Member[] =>
    account === undefined ? [...deps.roster.members.values()] : [memberOf(account)]
  const shown = (member: Member): AccountSnapshot => {
    const account = publisher.current().accounts.find(({ id }) => id === member.account.id)
    if (account === undefined) throw new AppError('bug', 'The account is not shown')
    return account
  }

  /** An account that was added or signed in again goes on where it was. */
  const welcome = async (id: AccountId): Promise<AccountSnapshot> => {
    await deps.roster.load(interactive)
    const member = deps.roster.members.get(id)
    if (member === undefined) throw new AppError('bug', 'The account was stored but cannot be read')
    if (member.state.state === 'needs_reauth' || member.state.state === 'error') {
      member.state = restingState(factsOf(member))
      // It has waited long enough.
      member.forced = true
    }
    // A turn that began with the old sign-in may yet end by saying that it is dead.
    if (engine.turns.has(id)) member.forced = true
    forgive(member)
    publisher.changed()
    engine.poke()
    return shown(member)
  }
  const { roster, clock, signIn } = deps
  const { choose, isAnother, ...clients } = createOAuthClients({
    store: signIn.clients,
    tokens: signIn.tokens,
    roster,
    log: deps.log.named('accounts'),
    changeSecret: async ({ account }, clientSecret) => {
      if (!(await signIn.changeSecret(account, clientSecret))) return false
      await welcome(account.id)
      return true
    },
  })
  const { close: endSignIns, ...signIns } = createSignIns({
    ...signIn,
    // Given up, it must not wait until another account's Gmail answers.
    adopt: (credential, expected, signal) => inTurn(oneByOne, signal, () => signIn.adopt(credential, expected, signal)),
    clients: { choose },
    roster,
    clock,
    log: deps.log.named('accounts'),
    welcome,
  })

  const portable = createPortable({
    tokens: signIn.tokens,
    clients: signIn.clients,
    log: deps.log.named('accounts'),
    // The demo's is good for nothing elsewhere, and nothing here once it ends.
    chosen: (account) => {
      const members = chosen(account)
      if (account !== undefined) for (const member of members) refuseDemo(member, 'it has no sign-in to export')
      return members.filter((member) => !isDemo(member.account))
    },
    // Whose mailbox it is, Google says: the account may have another address by now.
    adopt: (credential) => oneByOne(() => signIn.adopt(credential, undefined, new AbortController().signal)),
    welcome,
  })

  /** Nothing works any more: nothing may look as if it did. */
  const settle = (): void => {
    facts.nextCycle = null
    facts.startedAt = null
    facts.current = null
    for (const member of deps.roster.members.values()) {
      const { state } = member.state
      if (state === 'syncing' || state === 'backfilling') member.state = restingState(factsOf(member))
    }
  }

  /** What cannot be read shows at once, not when the account is due: somebody may just have started without the passphrase. */
  const lookAt = async (member: Member): Promise<void> => {
    if (await deps.lookAtSignIn(member)) return
    member.forced = true
    engine.poke()
  }

  const intervalChanged = (): void => {
    deps.log.named('sync.engine').info(`Interval changed to ${deps.settings().intervalMinutes} minutes`)
  }

  const end = async (ending: Running): Promise<void> => {
    // A late end must be over before anything starts again: two loops would share one store.
    draining = ending.done
    facts.nextCycle = null
    engine.setState('stopping')
    ending.stop.abort()
    const ended = Promise.all([ending.done, audits.rest()])
    if (!(await endsWithin(deps.clock, ended)))
      deps.log.warning('Stopping takes long; closing the store during a chunk, which is rolled back')
    loop = null
    settle()
    if (facts.state !== 'failed') engine.setState('stopped')
  }

  const remove: Service['removeAccount'] = async (account, choice) => {
    const member = deps.roster.find(account)
    const leaving = member?.account ?? (await deps.removal.find(account)) ?? memberOf(account).account
    const { id, email } = leaving
    if ('removed' in leaving && (choice.revoke || choice.mail === 'keep')) {
      const mail = leaving.removed === 'kept' ? 'kept' : 'being deleted'
      throw new AppError('conflict', `${email} was removed before: its credential is gone, and its mail is ${mail}`, {
        remedy: 'To delete the kept mail, remove it again with --mail delete, without revoking',
      })
    }
    if (member !== undefined) {
      if (choice.revoke) await deps.removal.revoke(member.account)
      // No further turn begins, and the present one ends after its chunk.
      member.account = { ...member.account, paused: true }
      const turn = engine.turns.get(id)
      turn?.stop.abort()
      if (turn !== undefined && !(await endsWithin(deps.clock, turn.done))) {
        await deps.roster.load(interactive)
        throw new AppError('conflict', `${email} is still being synced`, { remedy: 'Try again in a moment' })
      }
      if (!(await endsWithin(deps.clock, audits.leave(id)))) {
        await deps.roster.load(interactive)
        throw new AppError('conflict', `${email} is still being verified`, { remedy: 'Try again in a moment' })
      }
    }
    try {
      await deps.removal.leave(leaving, choice.mail)
    } finally {
      // Also when only a part of it went well: what is marked is gone.
      await deps.roster.load(interactive)
      publisher.changed()
      engine.poke()
    }
    deps.log
      .named('accounts')
      .info(`Removed ${email}; its mail is ${choice.mail === 'keep' ? 'kept' : 'being deleted'}`)
    const deleted = choice.mail === 'keep' ? Promise.resolve() : deps.removal.deleteMail(id, email)
    deleted.catch(() => undefined) // whoever wants to know waits for it himself
    return { email, deleted }
  }

  return {
    isRunning: () => loop !== null,
    retire: async () => {
      isRetired = true
      await endSignIns()
    },
    start: async (intervalMinutes) => {
      // What is about to end is not running any more: whoever starts now wants it to run afterwards.
      do {
        await stopping
        await draining
      } while (stopping !== null)
      if (isRetired) throw new AppError('aborted', 'Mailtide is stopping', { remedy: 'Start it again' })
      if (facts.failure !== null) throw new AppError('store', facts.failure.message, { remedy: facts.failure.remedy })
      const before = deps.settings().intervalMinutes
      const changes = intervalMinutes !== undefined && intervalMinutes !== before
      if (loop !== null && !changes) throw new AppError('already_running', 'Service is already running')
      if (changes) deps.saveInterval(intervalMinutes)
      if (loop !== null) {
        intervalChanged()
        publisher.changed()
        engine.poke()
        return { changed: 'interval', intervalMinutes: deps.settings().intervalMinutes }
      }
      if (hasRun) deps.log.named('service').info('Syncing was started again')
      hasRun = true
      const stop = new AbortController()
      facts.startedAt = deps.clock.now()
      facts.startedMonotonic = deps.clock.monotonic()
      const done = run(stop.signal).catch((error: unknown) => {
        if (!isAbort(error)) throw error
      })
      loop = { stop, done }
      void Promise.all([...deps.roster.members.values()].map(lookAt)).then(publisher.changed)
      return { changed: 'started', intervalMinutes: deps.settings().intervalMinutes }
    },
    stop: async () => {
      if (loop === null) throw new AppError('not_running', 'The service is not running')
      // When everything is closed, whoever closes it says so.
      if (stopping === null && !isRetired)
        deps.log.named('service').info('Syncing was stopped; the service keeps answering')
      stopping ??= end(loop).finally(() => {
        stopping = null
      })
      await stopping
    },
    abandon: () => {
      loop?.stop.abort()
      loop = null
      settle()
    },
    syncNow: async (account) => {
      if (loop === null || stopping !== null)
        throw new AppError('not_running', 'The service is not running', { remedy: 'Start it first' })
      for (const member of chosen(account)) {
        const { id, email, paused } = member.account
        if (paused && account !== undefined) throw isPaused(email, 'nothing was synced')
        if (paused) continue
        await retryFailuresNow(interactive, id, deps.clock.now())
        member.forced = true
      }
      engine.poke()
    },
    changeSettings: async (patch) => {
      const before = deps.settings().intervalMinutes
      deps.changeSettings(patch)
      if (deps.settings().intervalMinutes !== before) intervalChanged()
      deps.log.named('settings').info(`Settings changed: ${Object.keys(patch).join(', ')}`)
      await deps.holds.look()
      publisher.changed()
      engine.poke()
    },
    setPaused: async (account, paused) => {
      const member = memberOf(account)
      const { id, email } = member.account
      if (member.account.paused === paused) return shown(member)
      const now = deps.clock.now()
      await setPaused(interactive, id, paused, now)
      member.account = { ...member.account, paused, paused_at: paused ? now : null }
      forgive(member)
      member.forced = false
      if (paused) {
        engine.moveTo(member, restingState(factsOf(member)))
        const turn = engine.turns.get(id)
        turn?.stop.abort()
        await endsWithin(deps.clock, Promise.all([turn?.done, audits.rest(id)]))
      } else {
        await deps.roster.refresh(interactive, id)
        engine.moveTo(member, restingState(factsOf(member)))
        engine.poke()
      }
      deps.log.named('sync.engine').info(`${paused ? 'Paused' : 'Resumed'} ${email}`)
      return shown(member)
    },
    changeClient: async (account, client, paste) => {
      const member = memberOf(account)
      refuseDemo(member, 'it uses no OAuth client')
      if (!(await isAnother(client, member))) return { account: shown(member), signIn: null }
      const signIn = await signIns.beginSignIn({ client, email: undefined, account: member.account.id, paste })
      return { account: shown(member), signIn }
    },
    failures: async ({ account, limit }) =>
      await readFailures(interactive, {
        email: account === undefined ? null : memberOf(account).account.email,
        limit,
      }),
    retryFailures: async (account) => {
      let count = 0
      for (const member of chosen(account)) {
        // Another worker may have paused it, or let it go on.
        await deps.roster.refresh(interactive, member.account.id)
        const { email, paused } = member.account
        if (paused && account !== undefined) throw isPaused(email, 'nothing is tried again')
        // It takes no turns: a try that does not come must not be promised.
        if (paused) continue
        count += await retryFailuresNow(interactive, member.account.id, deps.clock.now())
        await deps.roster.refresh(interactive, member.account.id)
      }
      publisher.changed()
      engine.poke()
      return count
    },
    removeAccount: (account, choice) => oneByOne(() => remove(account, choice)),
    addDemo: () =>
      oneByOne(async () => {
        const present = deps.roster.find(DEMO_ID)
        if (present !== undefined) return { account: shown(present), added: false }
        const account = await welcome(await deps.addDemo())
        deps.log.named('accounts').info('Added the demo account')
        return { account, added: true }
      }),
    importToken: (token, expectedEmail, oauthClient) =>
      oneByOne(async () => welcome(await deps.importToken(token, expectedEmail, oauthClient))),
    ...clients,
    ...signIns,
    ...portable,
    checkHealth: async () => {
      if (facts.failure !== null) throw new AppError('store', facts.failure.message, { remedy: facts.failure.remedy })
      // It would wait for minutes; whether the upkeep itself hangs is for its own watchdog to tell.
      if (deps.db.isInUpkeep()) return
      // However many ask: one question waits in the database's queue.
      probing ??= interactive.query('select 1 as alive').finally(() => {
        probing = null
      })
      await probing
    },
  }
}

const refuseDemo = ({ account }: Member, what: string): void => {
  if (isDemo(account)) throw notForDemo(what)
}

const isPaused = (email: string, what: string): AppError =>
  new AppError('conflict', `${email} is paused; ${what}`, {
    remedy: `Resume it first: mailtide accounts resume ${email}`,
  })

/** Whether the work ended in the time that a stop is given. */
async function endsWithin(clock: Clock, work: Promise<unknown>): Promise<boolean> {
  const limit = new AbortController()
  const late = clock.sleep(STOP_WITHIN_MS, limit.signal).then(
    () => false,
    () => true,
  )
  const inTime = await Promise.race([work.then(() => true), late])
  limit.abort()
  return inTime
}
