import type { AccountSnapshot, Snapshot } from './status.ts'

/** How many accounts are in which condition; each is counted once. */
export interface AccountTally {
  readonly all: number
  readonly needYou: number
  readonly waiting: number
  /** Their first download is not over. */
  readonly unfinished: number
  readonly upToDate: number
  readonly paused: number
}

/** Whether a wait will not end unless the person does something: space on the disk, the drive of the originals, or the clock. */
export const waitsForPerson = (account: AccountSnapshot): boolean =>
  account.state === 'waiting' && (account.reason === 'disk' || account.reason === 'originals' || isClockWait(account))

/** Google refuses sign-ins by a wrong clock; the account waits as for a fault of Google's, and goes on when the clock is set. */
export const isClockWait = (account: AccountSnapshot): boolean =>
  account.state === 'waiting' && account.cause === 'clock'

type Alerts = Pick<Snapshot, 'alerts'>

/** Whether Google ends the sign-in soon: nothing has stopped yet, and nothing will if the person signs in before. */
export const signInEndsSoon = ({ email }: AccountSnapshot, { alerts }: Alerts): boolean =>
  alerts.some(({ kind, account }) => kind === 'sign_in_ends' && account === email)

/** Whether a verification found what was not repaired: nothing may look as if all were well. */
export const isIncomplete = ({ completeness }: AccountSnapshot): boolean => completeness.differences > 0

/** Whether it is the person's turn. */
export const needsYou = (account: AccountSnapshot, snapshot: Alerts): boolean =>
  account.state === 'needs_reauth' ||
  account.state === 'error' ||
  waitsForPerson(account) ||
  signInEndsSoon(account, snapshot) ||
  isIncomplete(account)

/** Whether the engine is at work on the account, or will be within this cycle. */
export const isWorking = ({ state }: AccountSnapshot): boolean => state === 'syncing' || state === 'backfilling'

/** Sorts the accounts into their conditions, for whoever says how many are in which. */
export function tallyOf(snapshot: Pick<Snapshot, 'accounts' | 'alerts'>): AccountTally {
  const { accounts } = snapshot
  const tally = { all: accounts.length, needYou: 0, waiting: 0, unfinished: 0, upToDate: 0, paused: 0 }
  for (const account of accounts) {
    if (needsYou(account, snapshot)) tally.needYou += 1
    else if (account.state === 'waiting') tally.waiting += 1
    else if (account.state === 'paused') tally.paused += 1
    else if (account.state === 'new' || account.state === 'backfilling') tally.unfinished += 1
    else tally.upToDate += 1
  }
  return tally
}

/** Those that need the person come first, then the rest in the order they were added; so a card moves only when that changes. */
export function inOrder(
  accounts: readonly AccountSnapshot[],
  snapshot: Alerts,
): {
  readonly first: readonly AccountSnapshot[]
  readonly rest: readonly AccountSnapshot[]
} {
  return {
    first: accounts.filter((account) => needsYou(account, snapshot)),
    rest: accounts.filter((account) => !needsYou(account, snapshot)),
  }
}

/** The accounts whose address holds the text, whatever its case. */
export function matching(accounts: readonly AccountSnapshot[], text: string): readonly AccountSnapshot[] {
  const wanted = text.trim().toLowerCase()
  return wanted === '' ? accounts : accounts.filter(({ email }) => email.toLowerCase().includes(wanted))
}
