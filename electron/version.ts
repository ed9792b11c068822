import { readFileSync } from 'node:fs'

/** The same place from the sources and from a bundle in `dist/main`. */
const file = new URL(import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json', import.meta.url)

/** Mailtide's own version, and its page. */
export const { version, homepage } = JSON.parse(readFileSync(file, 'utf8')) as {
  readonly version: string
  readonly homepage: string
}
