import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fillMailbox } from '../../../electron/demo/generator.ts'
import { randomChange } from '../../../electron/demo/live-changes.ts'
import { createRandom, type Random } from '../../../electron/demo/random.ts'
import { startSimulator } from '../../../electron/demo/simulator.ts'
import type { Dials, TokenDeath } from '../../../electron/demo/types.ts'
import { accountId } from '../../../shared/ids.ts'
import { defaultSettings } from '../../../shared/settings.ts'
import type { Snapshot } from '../../../shared/status.ts'
import { compareMailbox, countDifferences } from '../compare-mailbox.ts'
import { buildService } from '../harness.ts'
import { plantMailbox } from '../plant-mailbox.ts'
import { silentLog } from '../silent-log.ts'
import { createLockstep } from './lockstep.ts'
import { chooseWay, signInAgain } from './person.ts'
import { createWatch } from './watch.ts'

export interface LifeOptions {
  readonly hours: number
  readonly seed: number
  /** How often things go wrong, compared with the long run. */
  readonly hurry?: number
  /** How many people sign in, beside the service account, 2 to 5, and how many mails each mailbox holds at first. */
  readonly people?: number
  readonly mails?: number
  readonly say?: (text: string) => void
}

/** What happened, and what must not have. */
export interface LifeFigures {
  readonly cycles: number
  readonly deaths: number
  readonly signIns: number
  readonly mistakes: number
  readonly cuts: number
  readonly clocks: number
  readonly restarts: number
  readonly changes: number
  /** Differences between the mailboxes and their copies in the end. */
  readonly lost: number
  readonly faults: readonly string[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const EVERYBODY = ['ada', 'bob', 'charles', 'eve', 'grace'].map((name) => `${name}@example.test`)
/** Read by a service account. */
const ZOE = 'zoe@example.test'
const INTERVAL_MINUTES = 30

const causes: readonly TokenDeath[] = [
  'revoked',
  'unused_six_months',
  'password_changed',
  'too_many_tokens',
  'testing_mode_expired',
  'grant_time_ended',
  'account_deleted',
  'admin_policy',
  'invalid_rapt',
  'rapt_required',
  'client_deleted',
  'client_unauthorized',
  'client_secret_wrong',
]
/** Ways in which nothing gets through for a while. */
const cuts: readonly Partial<Dials>[] = [{ reset: 1 }, { serverError: 1 }, { cut: 1 }, { garbage: 1 }]
const noCut: Partial<Dials> = { reset: 0, serverError: 0, cut: 0, garbage: 0 }

/**
 * Days in the life of the whole service on a real store: five people and a service account, whose sign-ins die by every cause, while the
 * network is cut, Google's sign-in service is down, the clock is set wrong, the computer sleeps, the service is restarted, and people take
 * their time to sign in again, and make mistakes. What must hold is looked at whenever the service rests.
 */
export async function liveThrough({
  hours,
  seed,
  hurry = 1,
  people = EVERYBODY.length,
  mails = 12,
  say,
}: LifeOptions): Promise<LifeFigures> {
  /** Each kind of event has its chance for itself: what happens does not depend on who is the faster. */
  const chanceOf = (kind: string): Random => createRandom('sign-ins', seed, kind)
  const persons = EVERYBODY.slice(0, people)
  // Two of three lives are at Google, where refresh tokens stay; in one of those the OAuth client is in testing mode.
  const kind = seed % 3
  const simulator = await startSimulator({ seed, timeScale: 0, dials: { testingMode: kind === 1 } })
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-sign-ins-'))
  const home = join(folder, 'data')
  const mailboxes = [...persons, ZOE].map((email) => simulator.addMailbox(email))
  for (const [at, mailbox] of mailboxes.entries()) fillMailbox(mailbox, { count: mails, seed: seed * 10 + at })
  // The first two were signed in days ago: in testing mode their end comes.
  simulator.advance(5 * DAY)
  for (const mailbox of mailboxes.slice(2, persons.length)) mailbox.signIn()
  const lockstep = createLockstep(simulator, seed)
  const { clock } = lockstep
  const settings = {
    ...defaultSettings,
    pacing: 'off' as const,
    minFreeBytes: 0,
    intervalMinutes: INTERVAL_MINUTES,
    resyncAfterMinutes: 0,
  }
  const build = () =>
    buildService({
      home,
      rootUrl: simulator.url,
      oauthUrl: simulator.oauthUrl,
      settings,
      clock,
      log: silentLog,
      databaseUrl: undefined,
    })
  let built = await build()
  const watch = createWatch({
    simulator,
    credentials: join(home, 'credentials'),
    intervalMinutes: INTERVAL_MINUTES,
  })
  const figures = { cycles: 0, deaths: 0, signIns: 0, mistakes: 0, cuts: 0, clocks: 0, restarts: 0, changes: 0 }
  const events: { readonly at: number; readonly run: () => void | Promise<void> }[] = []
  const signingIn = new Set<string>()
  const asked = new Set<string>()
  const acts = new Set<Promise<unknown>>()
  const broken: string[] = []
  let clockOffMs = 0
  let networkWorks = true

  const after = (ms: number, run: () => void | Promise<void>): void => {
    events.push({ at: clock.elapsed() + ms, run })
    events.sort((a, b) => a.at - b.at)
  }
  /** At random times, so often on average. */
  const everySoOften = (kind: string, meanMs: number, run: (random: Random) => void | Promise<void>): void => {
    const random = chanceOf(kind)
    const next = (): void =>
      after((-Math.log(1 - random.next()) * meanMs) / hurry, async () => {
        await run(random)
        next()
      })
    next()
  }
  const mailboxOf = (email: string) => simulator.mailbox(email)
  /** As it was last told: asking for it anew would cost more than all else. */
  let latest: Snapshot = built.service.snapshot()
  const snapshot = () => latest
  const listen = (): void => {
    built.service.subscribe((told) => {
      latest = told
    })
  }
  listen()
  const isAtRest = () => (snapshot().state === 'idle' || !snapshot().running) && acts.size === 0
  const act = (email: string, work: () => Promise<void>): void => {
    signingIn.add(email)
    const done = work()
      .catch((error: unknown) => broken.push(error instanceof Error ? (error.stack ?? error.message) : String(error)))
      .finally(() => {
        acts.delete(done)
        signingIn.delete(email)
      })
    acts.add(done)
  }

  const chances = new Map([...persons, ZOE].map((email) => [email, chanceOf(email)]))
  const chanceOfPerson = (email: string): Random => chances.get(email) ?? chanceOf(email)

  const signIn = (email: string): void => {
    const account = snapshot().accounts.find((each) => each.email === email)
    if (account?.state !== 'needs_reauth') {
      asked.delete(email)
      return
    }
    act(email, async () => {
      const random = chanceOfPerson(email)
      const way = chooseWay(random)
      const done =
        email === ZOE
          ? await built.service.importToken(simulator.serviceAccountKey(), ZOE).then(
              () => true,
              () => false,
            )
          : await signInAgain(built.service, simulator, account, {
              way,
              other: random.pick(persons.filter((each) => each !== email)),
            })
      if (done) figures.signIns++
      else figures.mistakes++
      if (done) asked.delete(email)
      else after((1 * MINUTE + random.int(30 * MINUTE)) / hurry, () => signIn(email))
    })
  }
  const notice = (): void => {
    for (const { email, state } of snapshot().accounts) {
      if (state !== 'needs_reauth' || asked.has(email)) continue
      asked.add(email)
      after((5 * MINUTE + chanceOfPerson(email).int(6 * HOUR)) / hurry, () => signIn(email))
    }
  }

  /** Time passes until there is something to do, and no further than `most`. */
  const goOn = async (most: number): Promise<void> => {
    await lockstep.quiet(isAtRest, () => snapshot().revision)
    await watch.look(snapshot(), {
      at: clock.elapsed(),
      networkWorks,
      clockOffMs,
      isSigningIn: (email) => signingIn.has(email),
    })
    notice()
    const toEvent = (events[0]?.at ?? Number.POSITIVE_INFINITY) - clock.elapsed()
    await lockstep.pass(Math.max(1, Math.min(most, toEvent, INTERVAL_MINUTES * MINUTE)), isAtRest)
    while (events[0] !== undefined && events[0].at <= clock.elapsed()) await events.shift()?.run()
  }
  /** Ends what goes on by letting time pass where it must. */
  const finish = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false
    const over = work.finally(() => {
      isOver = true
    })
    over.catch(() => undefined)
    while (!isOver) {
      await lockstep.quiet(
        () => isOver,
        () => snapshot().revision,
      )
      if (!isOver) await lockstep.pass(clock.nextIn() ?? 1)
    }
    return over
  }

  try {
    for (const email of persons) await finish(built.service.importToken(simulator.authorizedUser(email)))
    await finish(built.service.importToken(simulator.serviceAccountKey(), ZOE))
    Object.assign(simulator.dials, { tokenFaults: true, rotateRefreshTokens: kind === 2, unauthorized: 0.02 })
    await built.service.start()

    for (const email of persons) {
      everySoOften(`deaths of ${email}`, 8 * HOUR, (random) => {
        mailboxOf(email).revoke(random.pick(causes))
        figures.deaths++
      })
    }
    everySoOften('new keys', 16 * HOUR, () => {
      simulator.serviceAccountKey(true)
      mailboxOf(ZOE).revoke()
      figures.deaths++
    })
    everySoOften('cuts', 6 * HOUR, (random) => {
      if (!networkWorks) return
      networkWorks = false
      figures.cuts++
      Object.assign(simulator.dials, random.pick(cuts))
      after((1 * MINUTE + random.int(random.chance(0.2) ? 40 * MINUTE : 5 * MINUTE)) / hurry, () => {
        networkWorks = true
        Object.assign(simulator.dials, noCut)
      })
    })
    everySoOften('clocks', 7 * HOUR, async (random) => {
      if (clockOffMs !== 0) return
      figures.clocks++
      clockOffMs = (random.chance(0.5) ? 1 : -1) * (1 * MINUTE + random.int(40 * MINUTE))
      await clock.jumpWall(clockOffMs)
      after(random.int(3 * HOUR), async () => {
        const off = clockOffMs
        clockOffMs = 0
        await clock.jumpWall(-off)
      })
    })
    everySoOften('sleeps', 9 * HOUR, async (random) => {
      // The computer sleeps: nothing runs, and everybody else's time goes on.
      const ms = 10 * MINUTE + random.int(4 * HOUR)
      simulator.advance(ms)
      await clock.jumpWall(ms)
    })
    everySoOften('restarts', 10 * HOUR, async () => {
      await finish(Promise.all(acts))
      figures.cycles += snapshot().total_cycles
      await finish(built.service.close())
      built = await build()
      listen()
      watch.restarted(clock.elapsed())
      await built.service.start()
      figures.restarts++
    })
    everySoOften('changes', 20 * MINUTE * hurry, (random) => {
      randomChange(random.pick(mailboxes), random)
      figures.changes++
    })

    for (let quarters = 1; clock.elapsed() < hours * HOUR; ) {
      await goOn(hours * HOUR - clock.elapsed())
      if (clock.elapsed() < quarters * 6 * HOUR) continue
      say?.(`sign-ins: seed ${seed}, ${quarters++ * 6} hours ${JSON.stringify(figures)}`)
    }

    // Everything is well again, and everybody signs in: the copies must come to be equal.
    events.length = 0
    Object.assign(simulator.dials, noCut, { unauthorized: 0, tokenFaults: false })
    networkWorks = true
    await clock.jumpWall(-clockOffMs)
    clockOffMs = 0
    const endAt = clock.elapsed() + 2 * HOUR
    const isWell = () =>
      snapshot().accounts.every(
        ({ state, messages_waiting, messages_failed }) =>
          state === 'up_to_date' && messages_waiting + messages_failed === 0,
      )
    asked.clear()
    for (let settled = false; !settled && clock.elapsed() < endAt; settled = isAtRest() && isWell()) {
      await goOn(5 * MINUTE)
      for (const { email, state } of snapshot().accounts) if (state === 'needs_reauth' && acts.size === 0) signIn(email)
    }
    await finish(built.service.syncNow())
    for (const until = clock.elapsed() + 4 * INTERVAL_MINUTES * MINUTE; clock.elapsed() < until; )
      await goOn(until - clock.elapsed())
    await lockstep.quiet(isAtRest, () => snapshot().revision)
    if (!isWell()) broken.push(`Not everybody is well in the end: ${JSON.stringify(snapshot().accounts)}`)
    let lost = 0
    for (const { id, email } of snapshot().accounts) {
      const { db, raw } = built.store
      const differences = await compareMailbox(mailboxOf(email), { db, raw, account: accountId(id) })
      lost += countDifferences(differences)
      if (countDifferences(differences) > 0) broken.push(`${email} differs: ${JSON.stringify(differences)}`)
    }
    figures.cycles += snapshot().total_cycles
    return { ...figures, lost, faults: [...watch.faults, ...broken] }
  } finally {
    await finish(built.service.close())
    for (const mailbox of mailboxes) plantMailbox(mailbox)
    lockstep.close()
    await simulator.close()
    await rm(folder, { recursive: true, force: true })
  }
}
