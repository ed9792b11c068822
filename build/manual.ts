// Writes docs/mailtide.1 from the table of commands: node build/manual.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { manualPage } from '../electron/cli/manual.ts'

const root = new URL('..', import.meta.url)
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }
writeFileSync(new URL('docs/mailtide.1', root), manualPage(version))
