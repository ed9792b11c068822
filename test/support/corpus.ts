import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { papers } from './papers.ts'

/** A real, odd mail: its name is `folder/file`. */
export interface CorpusMail {
  readonly name: string
  readonly path: string
  readonly bytes: Buffer
}

/** The odd mails that lie beside the checkout, by name; null where they are absent. */
export function corpusMails(): readonly CorpusMail[] | null {
  const root = papers('corpus')
  if (root === null) return null
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.parentPath !== root)
    .map((entry) => {
      const path = join(entry.parentPath, entry.name)
      return { name: path.slice(root.length + 1).replaceAll('\\', '/'), path, bytes: readFileSync(path) }
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** One of them by name; throws when it is not there. */
export function corpusMail(name: string): Buffer {
  const path = papers(`corpus/${name}`)
  if (path === null) throw new Error(`no such mail in the corpus: ${name}`)
  return readFileSync(path)
}
