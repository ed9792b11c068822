import type { Random } from '../../../electron/demo/random.ts'
import type { Dials, SimulatedMailbox, Simulator } from '../../../electron/demo/types.ts'
import type { FakeClock } from '../fake-clock.ts'
import type { Disk } from './disk.ts'
import type { Machine } from './machine.ts'
import type { Network } from './network.ts'

/** Everything that a trouble can lay hands on. Times are milliseconds. */
export interface World {
  readonly simulator: Simulator
  readonly dials: Dials
  readonly mailboxes: readonly SimulatedMailbox[]
  readonly network: Network
  readonly disk: Disk
  readonly machine: Machine
  readonly clock: FakeClock
  /** Ends what goes on, letting time pass where it must. */
  finish<T>(work: Promise<T>): Promise<T>
  /** Opens the service on the machine again, and lets it sync. */
  start(): Promise<void>
  /** Something was changed in the mailbox. */
  changed(mailbox: SimulatedMailbox): void
  /** Sets the wall clock off its right time by so much; 0 puts it right. */
  setClockOff(ms: number): Promise<void>
  /** Chance that a request to Gmail meets a change of the mailbox. */
  midRunChanges: number
  fault(what: string, more?: unknown): void
}

/** What can go wrong, or just happen. */
export interface Trouble {
  readonly name: string
  /** How often a day, on average, where a seed has it at all. */
  readonly daily: number
  /** Minutes that it lasts, at least and at most. Absent: it is over as soon as it happened. */
  readonly minutes?: readonly [number, number]
  /** Makes it happen; gives the way to end it when it lasts. */
  begin(world: World, random: Random): Ending | undefined | Promise<Ending | undefined>
}

export type Ending = () => void | Promise<void>
