import type { Env } from '../platform/data-folder.ts'

/** How words are made to stand out, and what a bar is drawn with. */
export interface Paint {
  readonly strong: (text: string) => string
  readonly bad: (text: string) => string
  readonly dim: (text: string) => string
  /** A filled and an empty cell of a bar. */
  readonly bar: readonly [full: string, empty: string]
}

const same = (text: string): string => text
const ascii = ['#', '.'] as const

/** Text as it is, which every pipe and every terminal can take. */
export const plain: Paint = { strong: same, bad: same, dim: same, bar: ascii }

const sgr =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`

export const coloured: Paint = { strong: sgr(1), bad: sgr(31), dim: sgr(2), bar: ascii }

/**
 * What the terminal can show. Colours: never with `NO_COLOR` (https://no-color.org: any value but the empty one) or on a
 * dumb terminal, always with `FORCE_COLOR` (any value but empty, 0 and false), else on a terminal alone. Blocks where a
 * terminal's locale says UTF-8.
 */
export function paintFor(env: Env, isTerminal: boolean): Paint {
  const isDumb = env['TERM'] === 'dumb'
  const forced = !['', '0', 'false'].includes(env['FORCE_COLOR'] ?? '')
  const colours = !env['NO_COLOR'] && (forced || (isTerminal && !isDumb))
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  const blocks = isTerminal && !isDumb && (/utf-?8/i.test(locale) || env['WT_SESSION'] !== undefined)
  return { ...(colours ? coloured : plain), bar: blocks ? ['█', '░'] : ascii }
}

/** A bar of `cells` cells, of which a share is full: never quite full or empty unless it is. */
export function bar(share: number, cells: number, { bar: [full, empty] }: Pick<Paint, 'bar'>): string {
  const inside = Math.min(Math.max(share, 0), 1)
  const exact = Math.round(inside * cells)
  const filled = inside > 0 && inside < 1 ? Math.min(Math.max(exact, 1), cells - 1) : exact
  return full.repeat(filled) + empty.repeat(cells - filled)
}
