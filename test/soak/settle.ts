import { setTimeout as delay } from 'node:timers/promises'
import { randomChange } from '../../electron/demo/live-changes.ts'
import type { Random } from '../../electron/demo/random.ts'
import type { SimulatedMailbox } from '../../electron/demo/types.ts'
import type { Snapshot } from '../../shared/status.ts'
import { type Installation, withStore } from '../bench/verify.ts'
import { compareMailbox, countDifferences } from '../support/compare-mailbox.ts'
import type { Life } from './child.ts'
import { NOTHING, type Tally } from './tally.ts'

/** A life that does not even answer for so long, or that downloads nothing, hangs. */
export const HANGS_MS = 120_000

const isAtRest = ({ state, accounts: [account] }: Snapshot): boolean =>
  state === 'idle' && account?.messages_waiting === 0 && account.messages_failed === 0

/** Lets the last life come to rest, stops it cleanly, and compares. */
export async function settle(
  life: Life,
  installation: Installation,
  mailbox: SimulatedMailbox,
  say: (text: string) => void,
): Promise<Tally> {
  const hung = !(await comesToRest(life))
  if (hung)
    say(`The last life does not come to rest: ${JSON.stringify((await life.status())?.accounts)} ${life.output()}`)
  life.child.kill('SIGTERM')
  const ending = await Promise.race([life.ended, delay(15_000, null)])
  life.child.kill('SIGKILL')
  await life.ended
  const crashed = ending?.code !== 0
  if (crashed) say(`The last life did not end well: ${JSON.stringify(ending)} ${life.output()}`)
  const differences = await withStore(installation, (store, account) => compareMailbox(mailbox, { ...store, account }))
  const lost = countDifferences(differences)
  if (lost > 0) say(`Differences: ${JSON.stringify(differences, (_name, value) => firstOf(value))}`)
  return { ...NOTHING, lost, crashed: crashed ? 1 : 0, hung: hung ? 1 : 0 }
}

/** Where all is wrong, some of it tells enough. */
const firstOf = (value: unknown): unknown =>
  Array.isArray(value) && value.length > 20 ? [...value.slice(0, 20), `and ${value.length - 20} more`] : value

/** At rest, and after one more whole cycle still. False when nothing moves any more before that: a slow machine is no hang. */
async function comesToRest(life: Life): Promise<boolean> {
  let cycles: number | null = null
  let waiting = -1
  let movedAt = Date.now()
  for (; Date.now() - movedAt < HANGS_MS && !life.hasEnded(); await delay(100)) {
    const status = await life.status()
    if (status === null) continue
    const left = status.accounts[0]?.messages_waiting ?? -1
    if (left !== waiting) movedAt = Date.now()
    waiting = left
    if (!isAtRest(status)) continue
    if (cycles !== null && status.total_cycles > cycles) return true
    if (cycles === null) {
      cycles = status.total_cycles
      await life.syncNow()
    }
  }
  return false
}

/** One realistic change after the other, until it is stopped. */
export function changeNowAndThen(mailbox: SimulatedMailbox, random: Random): { stop(): void } {
  const timer = setInterval(() => {
    for (let left = random.int(4); left > 0; left--) randomChange(mailbox, random)
  }, 300)
  return { stop: () => clearInterval(timer) }
}
