const DAY_MS = 24 * 60 * 60_000
/** A computer that rested longer may as well have lost its clock. */
const RESTED_MS = 30 * DAY_MS

/**
 * Whether the wall clock can be trusted with deleting what is old by it: one that is set years ahead, by mistake or by an empty battery, must
 * not cost the charts their past. Google's clock decides where it was heard; else ours must have run on evenly, since not long after what is
 * stored. Whoever is not sure deletes nothing, which costs some space.
 */
export function isClockSure(facts: {
  /** Milliseconds since 1970. */
  readonly wall: number
  /** How far the wall clock went further than time did, since the service began. */
  readonly jumpedMs: number
  /** How far it is ahead of Google's; null when that is not known. */
  readonly aheadMs: number | null
  /** When the last cycle before this run ended; null when there was none. */
  readonly lastCycle: number | null
}): boolean {
  const { wall, jumpedMs, aheadMs, lastCycle } = facts
  if (aheadMs !== null) return Math.abs(aheadMs) < DAY_MS
  if (Math.abs(jumpedMs) >= DAY_MS) return false
  return lastCycle === null || wall - lastCycle < RESTED_MS
}
