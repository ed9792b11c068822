import { setTimeout as delay } from 'node:timers/promises'
import { fillMailbox } from '../../electron/demo/generator.ts'
import type { AccountState, Snapshot } from '../../shared/status.ts'
import { seededRandom } from './fake-clock.ts'
import { EMAIL, startHarness } from './harness.ts'
import { createMeddling, rawIdOf } from './meddling.ts'
import { scaledClock } from './scaled-clock.ts'

/** How much faster than the world the service and Gmail go. */
const SPEED = 20

const faults = {
  latency: [0, 6],
  serverError: 0.03,
  reset: 0.02,
  cut: 0.02,
  garbage: 0.01,
  tooMany: 0.02,
  spuriousQuota: 0.01,
  historyQuirks: 0.2,
  deletedBetween: 0.01,
} as const
const calm = { ...faults, latency: 0, serverError: 0, reset: 0, cut: 0, garbage: 0, tooMany: 0, spuriousQuota: 0 }

/** How long something is waited for; under faults it may never come. */
const PATIENCE_MS = 2_500
/** What must come in the end is waited for as long as the test has time. */
const LONG_MS = 30_000

const BOB = 'bob@example.test'
const GRACE = 'grace@example.test'
/** A message whose connection always breaks. */
const UNREACHABLE = '19ffffffffffff00'

export interface FaultySync {
  /** What the service told, in order, each revision once. */
  readonly moments: readonly Snapshot[]
  /** Revisions at which it told one thing to one and another to another, uptime left out. */
  readonly contradictions: readonly number[]
}

/**
 * Records what a service says of four accounts, on a real store, while Gmail fails in every way it knows, sign-ins die, mail comes and
 * goes, accounts are paused, and syncing is stopped and started: at least so many moments, some pushed, some asked for.
 */
export async function recordFaultySync(seed: number, atLeast: number): Promise<FaultySync> {
  const random = seededRandom(seed)
  const { between, close } = createMeddling()
  let isBroken = true
  const harness = await startHarness({
    seed,
    wrapUrl: (url) =>
      between(url, (path, response) => {
        if (!isBroken || rawIdOf(path) !== UNREACHABLE) return false
        response.destroy()
        return true
      }),
    messages: 60,
    clock: scaledClock(SPEED, seed),
    timeScale: SPEED,
    settings: { parallelAccounts: 2, resyncAfterMinutes: 0, batchSize: 60 },
  })
  const { simulator } = harness
  const { service } = harness.built()
  for (const [index, email] of [BOB, GRACE, 'zoe@example.test'].entries()) {
    fillMailbox(simulator.addMailbox(email), { count: 50 + 20 * index, seed: seed + index })
    await service.importToken(simulator.authorizedUser(email))
  }
  const moments = new Map<number, Snapshot>()
  const said = new Map<number, string>()
  const contradictions = new Set<number>()
  const hear = (snapshot: Snapshot): void => {
    const { revision, uptime_seconds: _uptime, ...content } = snapshot
    const text = JSON.stringify(content)
    const before = said.get(revision)
    if (before !== undefined && before !== text) contradictions.add(revision)
    said.set(revision, text)
    if (before === undefined) moments.set(revision, snapshot)
  }
  const asks = setInterval(() => hear(service.snapshot()), 40)
  const unsubscribe = service.subscribe(hear)
  const until = async (what: (snapshot: Snapshot) => boolean, patienceMs = PATIENCE_MS): Promise<void> => {
    const end = performance.now() + patienceMs
    while (!what(service.snapshot()) && performance.now() < end) await delay(10)
  }
  const is = (email: string, state: AccountState['state']) => (snapshot: Snapshot) =>
    snapshot.accounts.some((account) => account.email === email && account.state === state)
  const someHave = (what: 'messages_failed' | 'messages_deleted') => (snapshot: Snapshot) =>
    snapshot.accounts.some((account) => account[what] > 0)
  try {
    await service.start()
    await until(is(EMAIL, 'up_to_date'), LONG_MS)
    Object.assign(simulator.dials, faults)
    const ids = service.snapshot().accounts.map(({ id }) => id)
    const anyOf = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!
    harness.mailbox.add({ id: UNREACHABLE, raw: Buffer.from('Subject: Unreachable\r\n\r\nNobody gets this.\r\n') })
    await service.syncNow(EMAIL)
    await until(someHave('messages_failed'), LONG_MS)
    // Each kind of trouble once for certain, while nothing else is in its way; then all of them as chance has it.
    for (const { id } of simulator.mailbox(EMAIL).messages().slice(0, 5)) simulator.mailbox(EMAIL).remove(id)
    await service.syncNow(EMAIL)
    await until(someHave('messages_deleted'), LONG_MS)
    simulator.mailbox(GRACE).refuse('mailbox_off')
    await service.syncNow(GRACE)
    await until(is(GRACE, 'error'), LONG_MS)
    simulator.mailbox(BOB).refuse('rate_limited_until')
    await service.syncNow(BOB)
    await until(is(BOB, 'waiting'), LONG_MS)
    simulator.mailbox(BOB).refuse(null)
    await until(is(BOB, 'up_to_date'), LONG_MS)
    simulator.mailbox(BOB).revoke()
    await service.syncNow(BOB)
    await until(is(BOB, 'needs_reauth'), LONG_MS)
    const happenings: readonly (() => Promise<unknown>)[] = [
      async () => {
        fillMailbox(simulator.mailbox(EMAIL), { count: 25, seed: Math.floor(random() * 1e6) })
        await service.syncNow()
      },
      async () => {
        simulator.mailbox(GRACE).refuse('mailbox_off')
        await service.syncNow(GRACE)
        await until(is(GRACE, 'error'))
      },
      async () => await service.setPaused(anyOf(ids), true),
      async () => {
        simulator.mailbox(BOB).revoke()
        await service.syncNow(BOB)
        await until(is(BOB, 'needs_reauth'))
      },
      async () => {
        for (const { id } of simulator.mailbox(EMAIL).messages().slice(0, 5)) simulator.mailbox(EMAIL).remove(id)
        await service.syncNow(EMAIL)
      },
      async () => {
        await service.syncNow(EMAIL)
        await service.stop()
      },
      async () => await service.start(anyOf([1, 5, 7, 30])),
      async () => await service.setPaused(anyOf(ids), false),
    ]
    for (let turn = 0; turn < happenings.length || moments.size < atLeast; turn++) {
      // What is refused at the moment (a sync of what is paused) is a happening as well.
      await happenings[turn % happenings.length]!().catch(() => undefined)
      await delay(40 + random() * 120)
    }
    // All is mended.
    isBroken = false
    simulator.mailbox(GRACE).refuse(null)
    simulator.mailbox(BOB).signIn()
    Object.assign(simulator.dials, calm)
    await service.importToken(simulator.authorizedUser(BOB))
    for (const id of ids) await service.setPaused(id, false)
    await service.start().catch(() => undefined)
    await service.syncNow()
    await until(
      ({ state, accounts }) => state === 'idle' && accounts.every((account) => account.state === 'up_to_date'),
      LONG_MS,
    )
    await service.stop()
    await service.start()
    await until(({ state }) => state === 'idle', LONG_MS)
  } finally {
    clearInterval(asks)
    unsubscribe()
    await harness.close()
    close()
  }
  return {
    moments: [...moments.values()].toSorted((a, b) => a.revision - b.revision),
    contradictions: [...contradictions],
  }
}
