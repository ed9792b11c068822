import { readFileSync } from 'node:fs'
import { papers } from './papers.ts'

/** A trap that others fell into, by the public thread that tells of it, and what of ours stands against it. */
export type Trap = readonly [thread: string, sentence: string, check: () => void | Promise<void>]

/** The threads of one section of the list beside the checkout; null where that is absent. */
export function trapsListed(section: string): readonly string[] | null {
  const path = papers('traps.md')
  if (path === null) return null
  const [, rest = ''] = readFileSync(path, 'utf8').split(`## ${section}\n`)
  const [lines = ''] = rest.split('\n## ')
  return [...lines.matchAll(/\(([^()\s]+)\)$/gm)].map((match) => match[1] ?? '')
}
