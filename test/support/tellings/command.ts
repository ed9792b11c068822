import type { AccountState, ServiceState } from '../../../shared/status.ts'
import { countIn, found, type Telling, telling } from './telling.ts'

/** What `mailtide status` says in words. `now` is the moment at which it was asked. */
export function tellingOfText(text: string, now: Date): Telling {
  // Lines are broken at 80 columns; a blank line begins an account.
  const [head = '', ...blocks] = text.split('\n\n').map((block) => block.replaceAll(/\s*\n\s*/g, ' ').trim())
  const next = /The next cycle starts (now|in [\w ]+)\./.exec(head)?.[1]
  const working = /Syncing (\S+): [\w ]+, ([\d,]+) of ([\d,]+)\./.exec(head)
  return telling([
    ['service', serviceIn(head)],
    ['interval', found(head, /Every (\d+) minutes?;/)],
    ['next cycle time', next === undefined ? null : now.getTime() + secondsIn(next) * 1_000],
    ['cycles', found(head, /; ([\d,]+) cycles? so far/)],
    ['emails', found(head, /([\d,]+) emails? synced/)],
    ['errors', found(head, /synced, ([\d,]+) errors?\./)],
    ...(working === null
      ? []
      : ([
          [`${working[1]} work done`, countIn(working[2]!)],
          [`${working[1]} work total`, countIn(working[3]!)],
        ] as const)),
    ...blocks.filter((block) => /^\S+@\S+ /.test(block)).flatMap((block) => ofAccount(block, now)),
  ])
}

function serviceIn(head: string): ServiceState | undefined {
  const words: readonly (readonly [string, ServiceState])[] = [
    ['Not syncing.', 'stopped'],
    ['Waiting', 'idle'],
    ['Syncing', 'syncing'],
    ['Stopping after', 'stopping'],
    ['Failed', 'failed'],
  ]
  return words.find(([word]) => head.includes(`) ${word}`))?.[1]
}

const states: readonly (readonly [RegExp, AccountState['state']])[] = [
  [/^Not synced yet/, 'new'],
  [/^First download/, 'backfilling'],
  [/^Up to date/, 'up_to_date'],
  [/^Syncing now/, 'syncing'],
  [/^(Waiting, continues|Last sync not finished|The first download waits)/, 'waiting'],
  [/^Needs you to sign in again/, 'needs_reauth'],
  [/^(Stopped by an error|Error, tries again)/, 'error'],
  [/^Paused/, 'paused'],
]

function ofAccount(block: string, now: Date): readonly (readonly [string, string | number | null | undefined])[] {
  const email = block.slice(0, block.indexOf(' '))
  const text = block.slice(email.length + 1)
  const backfill = /First download: ([\d,]+) of ([\d,]+)/.exec(text)
  const until = /Waiting, continues (now|in [\w ]+):/.exec(text)?.[1]
  return [
    [`${email} state`, states.find(([words]) => words.test(text))?.[1]],
    [`${email} stored`, found(text, /([\d,]+) messages? stored/)],
    [`${email} deleted`, found(text, /([\d,]+) of them deleted in Gmail/) ?? 0],
    [`${email} to download`, found(text, /([\d,]+) to download/) ?? 0],
    [`${email} failed`, found(text, /([\d,]+) failed and will be retried/) ?? 0],
    [`${email} done`, backfill === null ? null : countIn(backfill[1]!)],
    [`${email} total`, backfill === null ? null : countIn(backfill[2]!)],
    [`${email} percent`, found(text, /First download: [\d,]+ of [\d,]+ \((\d+)\.\d %\)/)],
    [`${email} rate`, /First download: .*? ([\d,]+(?:\.\d)?) a second/.exec(text)?.[1]],
    [`${email} until time`, until === undefined ? null : now.getTime() + secondsIn(until) * 1_000],
  ]
}

const units: Readonly<Record<string, number>> = { second: 1, minute: 60, hour: 3_600, day: 86_400 }

/** `in 2 minutes 5 seconds`. */
function secondsIn(text: string): number {
  return [...text.matchAll(/(\d+) (second|minute|hour|day)/g)].reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * units[unit!]!,
    0,
  )
}
