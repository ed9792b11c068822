import type { AccountId } from '../../shared/ids.ts'
import type { Clock, Log } from '../ports.ts'
import { createLane, type Lane, type Project } from './quota-lane.ts'
import { type QuotaTable, tariffs } from './quota-tables.ts'

/** Where what was learned about a client id's project is kept over restarts. */
export interface PacerMemory {
  /** Null when nothing was learned yet. */
  read(clientId: string): Promise<QuotaTable | null>
  write(clientId: string, table: QuotaTable): Promise<void>
}

export interface PacerDeps {
  readonly clock: Clock
  readonly log: Log
  readonly memory: PacerMemory
  readonly clientId: string
  /** No pacing at all: for the demo and for servers without quota. */
  readonly unpaced?: boolean
  /** All mailboxes together may spend what one may: Google counts the calls of a service account as those of one user. */
  readonly oneBucket?: boolean
}

/** Paces all mailboxes of one OAuth client: a bucket for each, and what they share of the project. */
export interface Pacer {
  /** The same lane for the same account. */
  lane(account: AccountId): Lane
  /** Forgets a removed account. */
  drop(account: AccountId): void
}

/**
 * Keeps each mailbox just under Gmail's quota per user and minute. Which of two tables applies cannot be known
 * beforehand: it starts on the new one, probes once for the old one, and remembers by client id what it found.
 */
export function createPacer(deps: PacerDeps): Pacer {
  const { clock, log, memory, clientId } = deps
  const lanes = new Map<AccountId, Lane & { wake(): void }>()
  let table: QuotaTable | null = null
  let limit = tariffs.new.limit
  let pausedUntil = 0
  let prober: { readonly lane: object; readonly idle: (now: number) => boolean } | null = null
  let loading: Promise<void> | null = null

  const wakeAll = (): void => {
    for (const lane of lanes.values()) lane.wake()
  }

  async function load(): Promise<void> {
    try {
      const known = await memory.read(clientId)
      if (known === null || table !== null) return
      table = known
      limit = tariffs[known].limit
    } catch {
      // Pacing works without memory: at worst the probe is made again.
      log.warning('The learned quota could not be read; it is determined again')
    }
  }

  async function remember(learned: QuotaTable): Promise<void> {
    try {
      await memory.write(clientId, learned)
    } catch {
      log.warning('The learned quota could not be stored; it is determined again after a restart')
    }
  }

  const project: Project = {
    clock,
    unpaced: deps.unpaced ?? false,
    ready() {
      loading ??= deps.unpaced === true ? Promise.resolve() : load()
      return loading
    },
    table: () => table,
    limit: () => limit,
    learn(learned, learnedLimit) {
      const known = table
      table = learned
      limit = learnedLimit
      log.info('Gmail quota of the Google project found', { table: learned, units_per_minute: learnedLimit })
      if (known !== learned) void remember(learned)
      wakeAll()
    },
    pausedUntil: () => pausedUntil,
    pause(until) {
      pausedUntil = Math.max(pausedUntil, until)
      wakeAll()
    },
    claimProbe(lane, idle) {
      if (prober !== null && prober.lane !== lane && !prober.idle(clock.monotonic())) return false
      if (prober?.lane !== lane) prober = { lane, idle }
      return true
    },
  }

  let bucket: (Lane & { wake(): void }) | null = null
  const makeLane = (): Lane & { wake(): void } => {
    if (deps.oneBucket !== true) return createLane(project)
    bucket ??= createLane(project)
    return shareOf(bucket)
  }

  return {
    lane(account) {
      const known = lanes.get(account) ?? makeLane()
      lanes.set(account, known)
      return known
    },
    drop(account) {
      lanes.delete(account)
    },
  }
}

/** One mailbox's view of a bucket that several share: what it spent itself, and how the bucket stands. */
function shareOf(bucket: Lane & { wake(): void }): Lane & { wake(): void } {
  let unitsUsed = 0
  let errors = 0
  return {
    async take(method, priority, signal) {
      const grant = await bucket.take(method, priority, signal)
      const { table } = bucket.stats()
      unitsUsed += tariffs[table === 'unknown' ? 'new' : table].costs[method]
      return {
        ...grant,
        refused(error) {
          errors++
          grant.refused(error)
        },
      }
    },
    stats: () => ({ ...bucket.stats(), unitsUsed, errors }),
    wake: bucket.wake,
  }
}
