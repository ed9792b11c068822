import { randomChange } from '../../../electron/demo/live-changes.ts'
import type { Dials, Refusal } from '../../../electron/demo/types.ts'
import type { Service } from '../../../electron/service/types.ts'
import { AppError } from '../../../shared/errors.ts'
import type { DiskState } from './disk-state.ts'
import type { NetworkTrouble } from './network.ts'
import type { Trouble, World } from './world.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Gmail behaves so for a while. */
function dial<K extends keyof Dials>(name: K, values: readonly Dials[K][]): Trouble {
  return {
    name,
    daily: 2,
    minutes: [5, 90],
    begin: ({ dials }, random) => {
      const calm = dials[name]
      dials[name] = random.pick(values)
      return () => {
        dials[name] = calm
      }
    },
  }
}

const network = (kind: NetworkTrouble): Trouble => ({
  name: `network: ${kind}`,
  daily: 2,
  minutes: [1, 30],
  begin: ({ network: way }) => {
    way.set(kind)
    return () => way.set(null)
  },
})

const disk = (state: DiskState, minutes: readonly [number, number]): Trouble => ({
  name: `disk: ${state}`,
  daily: 1.5,
  minutes,
  begin: ({ disk: place }) => {
    place.set(state)
    return () => place.set('well')
  },
})

const refusals: readonly Refusal[] = [
  'api_disabled',
  'daily_limit',
  'project_quota',
  'rate_limited_until',
  'precondition',
]

function change(world: World, random: Parameters<Trouble['begin']>[1], count: number): void {
  for (let left = count; left > 0; left--) {
    const mailbox = random.pick(world.mailboxes)
    randomChange(mailbox, random, world.simulator.now())
    world.changed(mailbox)
  }
}

/** Tells the service to do something, which it may refuse at the moment; a person who sees that does not insist. */
async function tell({ machine, finish }: World, work: (service: Service) => Promise<unknown>): Promise<void> {
  const asked = async (): Promise<unknown> => await work(machine.built().service)
  await finish(asked().catch(() => undefined))
}

const inGmail: readonly Trouble[] = [
  dial('serverError', [0.05, 0.3, 1]),
  dial('reset', [0.05, 0.3, 1]),
  dial('cut', [0.05, 0.3, 1]),
  dial('garbage', [0.05, 0.3, 1]),
  dial('tooMany', [0.05, 0.3]),
  dial('spuriousQuota', [0.02, 0.1]),
  dial('unauthorized', [0.03]),
  dial('pageTokenExpired', [0.1, 0.5]),
  dial('historyQuirks', [0.2, 0.6]),
  dial('deletedBetween', [0.02, 0.2]),
  dial('freshNotFoundMs', [3_000, 20_000]),
  dial('exhausted', [0.05, 0.2]),
  dial('userRate', [0.03]),
  dial('mostPerPage', [7, 40]),
  dial('shiftingPages', [true]),
  dial('maxConcurrent', [1, 3]),
  dial('gzip', [true]),
  dial('retryAfterSeconds', [30]),
  dial('latency', [[0, 6]]),
  dial('quota', ['new', 'old']),
  {
    name: 'slow',
    daily: 2,
    minutes: [5, 60],
    begin: ({ dials }) => {
      Object.assign(dials, { slow: 0.05, slowMs: 16 })
      return () => void Object.assign(dials, { slow: 0 })
    },
  },
  {
    name: 'history expires',
    daily: 1.5,
    begin: ({ mailboxes }, random) => {
      random.pick(mailboxes).expireHistory()
      return undefined
    },
  },
  {
    name: 'refusal',
    daily: 1,
    minutes: [5, 300],
    begin: ({ mailboxes }, random) => {
      const mailbox = random.pick(mailboxes)
      mailbox.refuse(random.pick(refusals))
      return () => mailbox.refuse(null)
    },
  },
]

const inMailbox: readonly Trouble[] = [
  { name: 'changes', daily: 60, begin: (world, random) => void change(world, random, 1 + random.int(4)) },
  { name: 'many changes', daily: 2, begin: (world, random) => void change(world, random, 40) },
  {
    name: 'changes while it is synced',
    daily: 4,
    minutes: [30, 240],
    begin: (world) => {
      world.midRunChanges = 0.05
      return () => {
        world.midRunChanges = 0
      }
    },
  },
]

/** Lives in which it rests, restarts, dies, sleeps, or is told to do something. */
const onMachine: readonly Trouble[] = [
  {
    name: 'kill',
    daily: 2,
    begin: async (world) => {
      await world.machine.kill()
      await world.start()
      return undefined
    },
  },
  {
    name: 'restart',
    daily: 1.5,
    begin: async (world) => {
      await world.finish(world.machine.close())
      await world.start()
      return undefined
    },
  },
  {
    name: 'second instance',
    daily: 1,
    begin: async ({ machine, finish, fault }) => {
      const why = await finish(machine.second())
      if (why === null) fault('a second instance opened the folder')
      else if (!(why instanceof AppError)) fault('a second instance failed without words', String(why))
      return undefined
    },
  },
  {
    name: 'sleep',
    daily: 1.5,
    begin: async ({ simulator, clock }, random) => {
      // Nothing runs, and everybody else's time goes on.
      const ms = random.chance(0.2) ? 7 * DAY : 10 * MINUTE + random.int(8 * HOUR)
      simulator.advance(ms)
      await clock.jumpWall(ms)
      return undefined
    },
  },
  {
    name: 'stop and start',
    daily: 1.5,
    minutes: [5, 240],
    begin: async (world) => {
      await tell(world, (service) => service.stop())
      return () => tell(world, (service) => service.start())
    },
  },
  {
    name: 'pause',
    daily: 1.5,
    minutes: [5, 240],
    begin: async (world, random) => {
      const { id } = random.pick(world.machine.built().service.snapshot().accounts)
      await tell(world, (service) => service.setPaused(id, true))
      return () => tell(world, (service) => service.setPaused(id, false))
    },
  },
  {
    name: 'sync now',
    daily: 6,
    begin: async (world) => {
      await tell(world, (service) => service.syncNow())
      return undefined
    },
  },
]

const withClock: readonly Trouble[] = [
  {
    name: 'clock: set wrong',
    daily: 2,
    minutes: [1, 400],
    begin: async ({ setClockOff }, random) => {
      const far = random.chance(0.3) ? 3 * DAY : 40 * MINUTE
      await setClockOff((random.chance(0.5) ? 1 : -1) * (MINUTE + random.int(far)))
      return () => setClockOff(0)
    },
  },
  {
    name: 'clock: another time zone',
    daily: 1.5,
    minutes: [60, 600],
    begin: (_world, random) => {
      const before = process.env['TZ']
      process.env['TZ'] = random.pick(['Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', 'Asia/Kathmandu'])
      return () => {
        if (before === undefined) delete process.env['TZ']
        else process.env['TZ'] = before
      }
    },
  },
]

/** All that can happen. Each has a name of its own, by which it can be left out. */
export const troubles: readonly Trouble[] = [
  ...inGmail,
  ...(['cut', 'slow', 'no DNS', 'TLS interception', 'captive portal'] as const).map(network),
  disk('full', [5, 240]),
  disk('full unforeseen', [1, 60]),
  disk('over quota', [1, 60]),
  disk('over quota at sync', [1, 30]),
  disk('slow', [5, 120]),
  disk('broken', [1, 10]),
  disk('read-only', [1, 30]),
  ...inMailbox,
  ...onMachine,
  ...withClock,
]
