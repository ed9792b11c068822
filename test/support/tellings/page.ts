import type { Page } from 'playwright'
import type { ServiceState } from '../../../shared/status.ts'
import { accountStates, countIn, found, type Telling, telling, timeNear } from './telling.ts'

const services: readonly (readonly [RegExp, ServiceState])[] = [
  [/^Stopped$/, 'stopped'],
  [/^Stopping/, 'stopping'],
  [/^Mailtide stopped by an error/, 'failed'],
  [/^Syncing/, 'syncing'],
  [/./, 'idle'],
]

interface Seen {
  readonly title: string
  readonly detail: string
  readonly interval: string
  readonly total: string
  readonly cards: readonly {
    readonly email: string
    readonly state: string
    readonly more: readonly string[]
    readonly facts: readonly string[]
    readonly progress: string
  }[]
}

/** Everything that the Overview shows, read in one go so that it is of one moment. */
const look = (page: Page): Promise<Seen> =>
  page.evaluate(() => {
    const textOf = (root: ParentNode, selector: string): string => root.querySelector(selector)?.textContent ?? ''
    const all = (root: ParentNode, selector: string): string[] =>
      [...root.querySelectorAll(selector)].map((element) => element.textContent ?? '')
    return {
      title: textOf(document, 'h1'),
      detail: textOf(document, '.page-head'),
      interval: document.querySelector('select')?.value ?? '',
      total: textOf(document, '.group-head'),
      cards: [...document.querySelectorAll('.account')].map((card) => ({
        email: textOf(card, '.account-name > .sr'),
        state: textOf(card, '.account-state > b'),
        more: all(card, '.account-state > span'),
        facts: all(card, '.account-side span'),
        progress: textOf(card, '.progress-facts'),
      })),
    }
  })

/** What the window's Overview says, its clock standing at `now` in UTC. */
export async function tellingOfPage(page: Page, now: Date): Promise<Telling> {
  const { title, detail, interval, total, cards } = await look(page)
  const service = services.find(([words]) => words.test(title))?.[1]
  const countdown = /Next cycle in ((?:\d+:)?\d+:\d\d)/.exec(detail)?.[1]
  return telling([
    ['service', service],
    ['at rest', service === 'idle' ? title : null],
    ['interval', interval === '' ? null : Number(interval)],
    ['stored', found(total, /([\d,]+) messages? stored/)],
    ['next cycle time', service !== 'idle' || countdown === undefined ? null : now.getTime() + spanOf(countdown)],
    ...cards.flatMap((card) => ofCard(card, now)),
  ])
}

function spanOf(countdown: string): number {
  return countdown.split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1_000
}

function ofCard(
  { email, state, more, facts, progress }: Seen['cards'][number],
  now: Date,
): readonly (readonly [string, string | number | null | undefined])[] {
  const text = facts.join('\n')
  const gmail = found(text, /^Gmail ([\d,]+)$/m)
  const left = found(text, /^([\d,]+) waiting$/m)
  const until = /(?:until|next try) (\d\d:\d\d)/.exec([state, ...more].join('\n'))?.[1]
  const work = /^(?:[\w ]+, )?([\d,]+) of ([\d,]+)/m.exec(more.join('\n'))
  return [
    [`${email} state`, accountStates.find(([words]) => words.test(state))?.[1]],
    [`${email} stored`, found(text, /^[Ss]tored ([\d,]+)$/m)],
    [`${email} in Gmail`, gmail],
    // Without Gmail's number the card tells of what is stored alone; with it, what it leaves out is none.
    [`${email} left`, left ?? (gmail === undefined ? null : 0)],
    [`${email} deleted`, found(text, /^([\d,]+) deleted there and kept$/m) ?? (gmail === undefined ? null : 0)],
    [`${email} failed`, found(progress, /([\d,]+) to be tried again/)],
    [`${email} percent`, found(progress, /^(\d+)%/)],
    [`${email} rate`, /([\d,]+(?:\.\d)?) messages\/s/.exec(progress)?.[1]],
    [`${email} until time`, until === undefined ? null : timeNear(until, now)],
    ...(work === null
      ? []
      : ([
          [`${email} work done`, countIn(work[1]!)],
          [`${email} work total`, countIn(work[2]!)],
        ] as const)),
  ]
}
