/** What must all be zero. */
export interface Tally {
  /** Live in Gmail and missing or different here, or the other way round. */
  readonly lost: number
  /** Downloads of what was stored already. */
  readonly doubled: number
  /** Ended by itself, or threw what nobody foresaw. */
  readonly crashed: number
  readonly hung: number
  /** Accounts that could go on and did not, that were asked to sign in without cause, or whose dead sign-in was not told. */
  readonly misled: number
}

export const NOTHING: Tally = { lost: 0, doubled: 0, crashed: 0, hung: 0, misled: 0 }

export const addTallies = (...tallies: readonly Tally[]): Tally =>
  tallies.reduce(
    (sum, tally) => ({
      lost: sum.lost + tally.lost,
      doubled: sum.doubled + tally.doubled,
      crashed: sum.crashed + tally.crashed,
      hung: sum.hung + tally.hung,
      misled: sum.misled + tally.misled,
    }),
    NOTHING,
  )
