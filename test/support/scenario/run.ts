import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fillMailbox } from '../../../electron/demo/generator.ts'
import { randomChange } from '../../../electron/demo/live-changes.ts'
import { createRandom } from '../../../electron/demo/random.ts'
import { startSimulator } from '../../../electron/demo/simulator.ts'
import { accountId } from '../../../shared/ids.ts'
import { defaultSettings } from '../../../shared/settings.ts'
import type { Snapshot } from '../../../shared/status.ts'
import { compareMailbox, countDifferences } from '../compare-mailbox.ts'
import { plantMailbox } from '../plant-mailbox.ts'
import { createLockstep } from '../sign-ins/lockstep.ts'
import { takeDisk } from './disk.ts'
import type { DiskState } from './disk-state.ts'
import { createMachine } from './machine.ts'
import { startNetwork } from './network.ts'
import { troubles } from './troubles.ts'
import { createTruth } from './truth.ts'
import type { Ending, Trouble, World } from './world.ts'

export interface Scenario {
  readonly seed: number
  /** Simulated hours, until everything is well again. */
  readonly hours: number
  /** Troubles left out, by name. */
  readonly without?: readonly string[]
}

export interface ScenarioResult {
  /** Differences between the mailboxes and their copies in the end. */
  readonly lost: number
  /** What must not have been, in words. */
  readonly faults: readonly string[]
  readonly hung: boolean
  /** How often each trouble began. */
  readonly happened: Readonly<Record<string, number>>
  readonly cycles: number
  readonly seconds: number
  /** Processor time, of all threads. */
  readonly cpuSeconds: number
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
/** Everything waits that can wait: a message that failed often is tried again after a day. */
const SETTLES_WITHIN = 4 * DAY
/** Real time in which something must move; a slow machine is no hang. */
const HANGS_MS = 120_000
/** Simulated: no trouble ends while somebody waits for an answer of the service, which must come all the same. */
const ANSWERS_WITHIN = 2 * DAY

const breaks = (state: DiskState): boolean => state === 'broken' || state === 'read-only'

/** Several accounts are synced at the same time, in as many lives as not. */
export const AT_ONCE = 'accounts at once'

/** Moments at which clocks do odd things. */
const beginnings: readonly (number | null)[] = [
  null,
  Date.UTC(2038, 0, 18, 18),
  Date.UTC(2027, 2, 27, 16),
  Date.UTC(2027, 9, 30, 14),
  Date.UTC(2027, 11, 31, 14),
]

/**
 * A day or more in the life of the whole service on a real store, in which Gmail, the network, the disk, the clock and the machine go wrong
 * as the seed has it, while the mailboxes change. What must hold at each moment is looked at whenever the service rests; in the end
 * all is well again, and store and mailboxes must be equal.
 */
export async function runScenario({ seed, hours, without = [] }: Scenario): Promise<ScenarioResult> {
  const began = performance.now()
  const cpuBefore = process.cpuUsage()
  const chanceOf = (...of: readonly string[]) => createRandom('scenario', seed, ...of)
  const setUp = chanceOf('set-up')
  const simulator = await startSimulator({ seed, timeScale: 0, dials: { tokenFaults: true } })
  const start = without.includes('odd dates') ? null : setUp.pick(beginnings)
  if (start !== null && start > simulator.now()) simulator.advance(start - simulator.now())
  // Drawn apart, so that a life without them is what it was.
  const parallelAccounts = without.includes(AT_ONCE) ? 1 : chanceOf(AT_ONCE).pick([1, 1, 2, 3])
  const few = setUp.chance(0.3) ? ['ada', 'bob'] : ['ada']
  const people = parallelAccounts > 1 ? ['ada', 'bob', 'eve', 'grace'] : few
  const mailboxes = people.map((name) => simulator.addMailbox(`${name}@example.test`))
  for (const [at, mailbox] of mailboxes.entries())
    fillMailbox(mailbox, { count: 20 + setUp.int(80), seed: seed * 10 + at })
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-scenario-'))
  const disk = takeDisk()
  const midRun = chanceOf('mid-run')
  const network = await startNetwork(simulator.url, () => {
    if (!midRun.chance(world.midRunChanges)) return
    const mailbox = midRun.pick(mailboxes)
    randomChange(mailbox, midRun, simulator.now())
    truth.changed(mailbox)
  })
  const lockstep = createLockstep(simulator, seed)
  const { clock } = lockstep
  const intervalMinutes = setUp.pick([20, 45, 60])
  const settings = {
    ...defaultSettings,
    pacing: 'off' as const,
    minFreeBytes: 1,
    intervalMinutes,
    parallelAccounts,
    resyncAfterMinutes: 0,
    batchSize: setUp.pick([25, 100, 1000]),
    auditDays: 0,
  }
  const machine = createMachine({ folder, url: network.url, settings, clock })
  const faults: string[] = []
  const fault = (what: string, more?: unknown): void => {
    if (faults.length > 20 || faults.some((each) => each.includes(what))) return
    const active = [...running.keys()].join(', ')
    faults.push(
      `${(clock.elapsed() / HOUR).toFixed(2)} h, ${active || 'all well'}: ${what} ${JSON.stringify(more) ?? ''}`,
    )
  }
  const onWarning = (warning: Error): void => {
    if (warning.name === 'MaxListenersExceededWarning') fault('listeners pile up', warning.message)
  }
  process.on('warning', onWarning)
  const truth = createTruth(mailboxes, fault)
  const running = new Map<string, Ending>()
  const happened: Record<string, number> = {}
  const events: { readonly at: number; readonly run: () => void | Promise<void> }[] = []
  let latest: Snapshot | null = null
  let clockOff = 0
  let cycles = 0
  let wasDiskTroubled = false
  /** In this life of the service: a disk that fails or takes no writes may end it. One that is full may not. */
  let wasDiskBroken = false
  let diskState: DiskState = 'well'

  const after = (ms: number, run: () => void | Promise<void>): void => {
    events.push({ at: clock.elapsed() + ms, run })
    events.sort((a, b) => a.at - b.at)
  }
  const snapshot = (): Snapshot => {
    if (latest === null) throw new Error('Nothing was told yet')
    return latest
  }
  const isAtRest = () => ['idle', 'stopped', 'failed'].includes(snapshot().state)
  let moved = { what: '', at: performance.now() }
  const guard = (): void => {
    const what = `${clock.elapsed()} ${latest?.revision}`
    if (what !== moved.what) moved = { what, at: performance.now() }
    else if (performance.now() - moved.at > HANGS_MS) throw new Hung(JSON.stringify(latest))
  }
  const quiet = async (isIdle: () => boolean): Promise<void> => {
    guard()
    await lockstep.quiet(isIdle, () => {
      guard()
      return latest?.revision
    })
  }
  const finish = async <T>(work: Promise<T>): Promise<T> => {
    let isOver = false
    const over = work.finally(() => {
      isOver = true
    })
    over.catch(() => undefined)
    const answersBy = clock.elapsed() + ANSWERS_WITHIN
    while (!isOver) {
      if (clock.elapsed() > answersBy)
        throw new Hung(`no answer in ${ANSWERS_WITHIN / DAY} days: ${JSON.stringify(latest)}`)
      await quiet(() => isOver)
      if (!isOver) await lockstep.pass(clock.nextIn() ?? 1)
    }
    return await over
  }
  const open = async (): Promise<void> => {
    // A disk that fails lets nothing open: the person, or the system, tries again.
    for (let tries = 0; ; tries++) {
      try {
        await finish(machine.open())
        break
      } catch (error) {
        if (!wasDiskTroubled || tries > 400) throw error
        await lockstep.pass(20 * MINUTE)
        await runDue()
      }
    }
    const { service, store } = machine.built()
    if (store.recovery !== null && !wasDiskBroken) fault('a whole database is taken for a damaged one', store.recovery)
    wasDiskBroken = breaks(diskState)
    service.subscribe((told) => {
      latest = told
      truth.hear(told)
    })
  }
  const world: World = {
    simulator,
    dials: simulator.dials,
    mailboxes,
    network,
    disk: {
      set: (state) => {
        wasDiskTroubled ||= state !== 'well'
        wasDiskBroken ||= breaks(state)
        diskState = state
        disk.set(state)
      },
      close: disk.close,
    },
    machine,
    clock,
    finish,
    start: async () => {
      await open()
      await machine.built().service.start()
    },
    changed: truth.changed,
    setClockOff: async (ms) => {
      const by = ms - clockOff
      clockOff = ms
      await clock.jumpWall(by)
    },
    midRunChanges: 0,
    fault,
  }
  const runDue = async (): Promise<void> => {
    while (events[0] !== undefined && events[0].at <= clock.elapsed()) await events.shift()?.run()
  }
  const groupOf = (name: string): string => name.split(':')[0] ?? name

  const happen = async (trouble: Trouble, random: ReturnType<typeof chanceOf>): Promise<void> => {
    const { name, minutes } = trouble
    if (!machine.isRunning()) return
    if ([...running.keys()].some((each) => groupOf(each) === groupOf(name))) return
    happened[name] = (happened[name] ?? 0) + 1
    const end = await trouble.begin(world, random)
    if (minutes === undefined || end === undefined) return
    running.set(name, end)
    after((minutes[0] + random.int(minutes[1] - minutes[0] + 1)) * MINUTE, async () => {
      if (running.delete(name)) await end()
    })
  }
  const schedule = (trouble: Trouble): void => {
    const random = chanceOf(trouble.name)
    const next = (): void =>
      after((-Math.log(1 - random.next()) * DAY) / trouble.daily, async () => {
        await happen(trouble, random)
        next()
      })
    next()
  }
  /** Time passes until there is something to do, and no further than `most`. */
  const goOn = async (most: number): Promise<void> => {
    await quiet(isAtRest)
    await truth.look(snapshot(), machine.built().store.db)
    if (snapshot().state === 'failed') await recover()
    const toEvent = (events[0]?.at ?? Number.POSITIVE_INFINITY) - clock.elapsed()
    await lockstep.pass(Math.max(1, Math.min(most, toEvent, intervalMinutes * MINUTE)), isAtRest)
    await runDue()
  }
  /** What the service says helps when it failed: it is started again. */
  const recover = async (): Promise<void> => {
    if (!wasDiskBroken) fault('the service failed', snapshot().failure)
    happened['failed and started again'] = (happened['failed and started again'] ?? 0) + 1
    await finish(machine.close())
    await world.start()
  }
  const isWell = () =>
    truth.isSettled(snapshot()) &&
    snapshot().accounts.every(
      ({ state, messages_waiting, messages_failed }) =>
        state === 'up_to_date' && messages_waiting + messages_failed === 0,
    )

  const live = async (): Promise<number> => {
    await open()
    for (const { email } of mailboxes)
      await finish(machine.built().service.importToken(simulator.authorizedUser(email)))
    await machine.built().service.start()
    for (const trouble of troubles) {
      const isIn = trouble.name === 'changes' || chanceOf(trouble.name, 'in').chance(0.45)
      if (isIn && !without.includes(trouble.name)) schedule(trouble)
    }
    while (clock.elapsed() < hours * HOUR) await goOn(hours * HOUR - clock.elapsed())

    events.length = 0
    for (const [name, end] of running) {
      running.delete(name)
      await end()
    }
    await world.setClockOff(0)
    if (snapshot().state === 'failed') await recover()
    else if (!snapshot().running) await machine.built().service.start()
    // Going on may have been refused, as on a full disk: whoever read why asks again.
    for (const { id, state } of snapshot().accounts)
      if (state === 'paused') await finish(machine.built().service.setPaused(id, false))
    const from = clock.elapsed()
    for (await quiet(isAtRest); !isWell() && clock.elapsed() - from < SETTLES_WITHIN; await quiet(isAtRest))
      await goOn(HOUR)
    if (!isWell()) fault('it does not become well', snapshot().accounts)
    await quiet(isAtRest)
    await truth.look(snapshot(), machine.built().store.db)
    const { db, raw } = machine.built().store
    let lost = 0
    for (const { id, email } of snapshot().accounts) {
      const mailbox = simulator.mailbox(email)
      const differences = await compareMailbox(mailbox, { db, raw, account: accountId(id) })
      lost += countDifferences(differences)
      if (countDifferences(differences) > 0) fault(`${email} differs`, differences)
    }
    cycles = snapshot().total_cycles
    return lost
  }

  let lost = 0
  let hung = false
  try {
    lost = await live()
    await finish(machine.close())
    await finish(machine.buried())
    if (clock.sleepers() > 0) fault('somebody sleeps on after the end', clock.sleepers())
  } catch (error) {
    hung = error instanceof Hung
    fault(hung ? 'it hangs' : 'it broke', error instanceof Error ? (error.stack ?? error.message) : String(error))
    await Promise.race([machine.kill().then(machine.buried), delay(15_000)]).catch(() => undefined)
  } finally {
    for (const end of running.values()) await end()
    process.off('warning', onWarning)
    machine.release()
    lockstep.close()
    disk.close()
    await network.close()
    for (const mailbox of mailboxes) plantMailbox(mailbox)
    await simulator.close()
    await rm(folder, { recursive: true, force: true })
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  const seconds = (performance.now() - began) / 1000
  return { lost, faults, hung, happened, cycles, seconds, cpuSeconds: (user + system) / 1e6 }
}

class Hung extends Error {}
