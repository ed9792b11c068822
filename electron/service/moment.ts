import type { Clock } from '../ports.ts'

/** A time by both clocks, past or to come, milliseconds. */
export interface Moment {
  /** Since 1970. */
  readonly wall: number
  readonly monotonic: number
}

export const presentMoment = (clock: Pick<Clock, 'now' | 'monotonic'>): Moment => ({
  wall: clock.now().getTime(),
  monotonic: clock.monotonic(),
})

/** The moment at which the wall clock shows that time, if nobody sets it. */
export const momentOf = (wall: number, present: Moment): Moment => ({
  wall,
  monotonic: present.monotonic + wall - present.wall,
})

/**
 * When a moment is by the wall clock as that is now, whole milliseconds since 1970: were the clock set back since, everything noted before
 * would lie later than it does. A computer that slept had its monotonic clock stand still: then the wall clock is right.
 */
export const wallTime = ({ wall, monotonic }: Moment, present: Moment): number =>
  Math.min(wall, Math.floor(present.wall + monotonic - present.monotonic))
