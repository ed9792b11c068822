// Writes docs/mailtide.1 from the table of commands and docs/google-setup.md from the guide: node build/manual.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { manualPage } from '../electron/cli/manual.ts'
import { guideMarkdown } from '../shared/google-guide-markdown.ts'

const root = new URL('..', import.meta.url)
const { version } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8')) as { version: string }
writeFileSync(new URL('docs/mailtide.1', root), manualPage(version))
writeFileSync(new URL('docs/google-setup.md', root), guideMarkdown())
