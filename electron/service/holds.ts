import { isHeld } from '../../shared/describe.ts'
import type { Settings } from '../../shared/settings.ts'
import type { HoldReason } from '../../shared/status.ts'
import type { Log, SurroundingFacts, Surroundings } from '../ports.ts'
import { createMutex } from '../sync/deps.ts'
import type { Engine } from './engine.ts'
import { heldState, restingState } from './machine.ts'
import { factsOf } from './roster.ts'

/** Whether first downloads wait because of where the computer is: on battery, or at a metered network. */
export interface Holds {
  /** Why they wait, as last looked; null when they go on. */
  reason(): HoldReason | null
  /** Looks again, where a setting asks for it. Never throws. */
  look(): Promise<void>
  /** Calls the listener when the reason changed; returns the way to stop. */
  onChange(listener: () => void): () => void
}

export interface HoldsDeps {
  readonly surroundings: Surroundings
  readonly settings: () => Pick<Settings, 'backfillOnBattery' | 'backfillOnMetered'>
  readonly log: Log
}

const notKnown: Readonly<Record<keyof SurroundingFacts, string>> = {
  battery: 'Whether the computer runs on battery is not known on this system; first downloads continue',
  metered: 'Whether the network is metered is not known on this system; first downloads continue',
}

/** Looks only while a setting asks: nothing is read and no program started for the others. */
export function createHolds({ surroundings, settings, log }: HoldsDeps): Holds {
  const listeners = new Set<() => void>()
  let facts: SurroundingFacts = { battery: null, metered: null }
  let told: HoldReason | null = null
  const warned = new Set<keyof SurroundingFacts>()

  const wanted = (): { readonly battery: boolean; readonly metered: boolean } => {
    const { backfillOnBattery, backfillOnMetered } = settings()
    return { battery: !backfillOnBattery, metered: !backfillOnMetered }
  }
  const reason = (): HoldReason | null => {
    const asked = wanted()
    if (asked.battery && facts.battery === true) return 'battery'
    return asked.metered && facts.metered === true ? 'metered' : null
  }
  const lookNow = async (): Promise<void> => {
    const asked = wanted()
    if (asked.battery || asked.metered) facts = await surroundings.look(asked)
    for (const kind of ['battery', 'metered'] as const) {
      if (!asked[kind] || facts[kind] !== null || warned.has(kind)) continue
      warned.add(kind)
      log.warning(notKnown[kind])
    }
    const now = reason()
    if (now === told) return
    told = now
    log.info(now === null ? 'First downloads continue' : `First downloads wait (${now}); new mail is synced`)
    for (const listener of listeners) listener()
  }
  /** One after the other: an old answer must not follow a new one. */
  const oneByOne = createMutex()
  const look = (): Promise<void> => oneByOne(lookNow)
  return {
    reason,
    look,
    onChange: (listener) => {
      listeners.add(listener)
      const stop = surroundings.onChange(() => void look())
      return () => {
        listeners.delete(listener)
        stop()
      }
    },
  }
}

/** Lets accounts whose first download was held back go on, or says the new reason. */
export function followHolds({ deps, moveTo, poke }: Engine): void {
  const reason = deps.holds.reason()
  for (const member of deps.roster.members.values()) {
    const { state } = member
    if (state.state !== 'waiting' || !isHeld(state)) continue
    moveTo(member, reason === null ? restingState(factsOf(member)) : heldState(reason, new Date(state.until)))
  }
  poke()
}
