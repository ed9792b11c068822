// Draws every icon from its SVG source: npm run icons [folder], by default beside the sources.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { drawIcons } from './draw-icons.ts'

const folder = process.argv[2] ?? import.meta.dirname
for (const [name, content] of await drawIcons(import.meta.dirname)) {
  const path = join(folder, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, content)
}
