import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** WCAG 2.2: the tokens that occur on one another, and the contrast they need. */
const css = readFileSync(join(import.meta.dirname, '../../renderer/theme/tokens.css'), 'utf8')
const darkAt = css.indexOf('prefers-color-scheme: dark')

const colours = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries([...text.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!]))

const channel = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => channel(Number.parseInt(hex.slice(at, at + 2), 16) / 255))
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!
}
/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [lighter, darker] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (lighter! + 0.05) / (darker! + 0.05)
}

const grounds = ['bg', 'bg-sidebar', 'surface', 'surface-sunken', 'surface-hover', 'surface-selected']
const states = ['ok', 'work', 'wait', 'rest', 'turn', 'bad']
const tinted = states.map((state) => `state-${state}-bg`)
const pairs: readonly (readonly [string, readonly string[], number])[] = [
  ['text', [...grounds, ...tinted], 4.5],
  ['text-muted', [...grounds, ...tinted], 4.5],
  ['text-faint', grounds.slice(0, 5), 4.5],
  ['accent', [...grounds.slice(0, 5), ...tinted], 4.5],
  ['on-accent', ['accent-fill', 'accent-fill-hover'], 4.5],
  ...states.map((state): readonly [string, readonly string[], number] => [
    `state-${state}`,
    [...grounds.slice(0, 5), `state-${state}-bg`],
    4.5,
  ]),
  // The button that takes something away, and what went wrong within a remedy.
  ['surface', ['state-bad'], 4.5],
  ['state-bad', ['state-turn-bg', 'surface'], 4.5],
  ['line-control', ['surface', 'surface-sunken', 'bg'], 3],
  ['focus', [...grounds, 'state-turn-bg', 'state-bad-bg'], 3],
  ['state-work', ['gauge-track'], 3],
  ['state-wait', ['gauge-track'], 3],
  ['state-rest', ['gauge-track'], 3],
  ['gauge-track-edge', ['surface'], 3],
  ['chart-1', ['surface'], 3],
  ['chart-2', ['surface'], 3],
  ['chart-3', ['surface'], 3],
]

describe.each([
  ['light', colours(css.slice(0, darkAt))],
  ['dark', colours(css.slice(darkAt))],
])('in %s', (_theme, tokens) => {
  it.each(pairs)('%s stands out from %j by at least %d', (name, on, least) => {
    for (const ground of on) {
      const ratio = contrast(tokens[name] ?? '', tokens[ground] ?? '')
      expect(ratio, `${name} on ${ground}`).toBeGreaterThanOrEqual(least)
    }
  })
})
