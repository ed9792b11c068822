import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Block, blocksOf, examplesOf } from './markdown.ts'

/** Everything the documents show is true: what is not run as an example (it needs root, another system, or a network) is checked as far as it goes. */
const root = resolve(import.meta.dirname, '../..')
const documents = [
  'README.md',
  ...globSync('docs/*.md', { cwd: root }),
  ...globSync('.github/*.md', { cwd: root }),
].sort()
const read = (name: string): string => readFileSync(join(root, name), 'utf8')
const blocks = documents.flatMap((document) => blocksOf(read(document)).map((block) => ({ document, block })))

const known = new Set([
  'console',
  'js',
  'sh',
  'powershell',
  'json',
  'yaml',
  'ini',
  'sql',
  'nginx',
  'caddyfile',
  'text',
  'mermaid',
  'xml',
  'toml',
])
const named = (language: string) =>
  blocks.filter(({ block }) => block.language === language).map(({ document, block }) => ({ document, ...block }))

it('every document with examples has a test that runs them', () => {
  const tests = globSync('test/docs/examples/*.test.ts', { cwd: root }).map((name) => read(name))
  const shown = documents.filter((name) => blocksOf(read(name)).some(({ language }) => language === 'console'))
  expect(shown.length).toBeGreaterThan(2)
  expect(shown.filter((name) => !tests.some((text) => text.includes(`testExamplesOf('${name}')`)))).toEqual([])
})

describe('every other block of the documents', () => {
  it('says what language it is in', () => {
    const strange = blocks
      .filter(({ block }) => !known.has(block.language))
      .map(({ document, block }) => `${document}:${block.line} ${block.language}`)
    expect(strange).toEqual([])
  })

  it.each(named('sh'))('is a shell script where it says so: $document line $line', ({ text }) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })

  it.each(named('json'))('is JSON where it says so: $document line $line', ({ text }) => {
    expect(() => JSON.parse(text)).not.toThrow()
  })

  it.each(named('yaml'))('is YAML where it says so: $document line $line', ({ text }) => {
    expect(() => parse(text, { strict: true })).not.toThrow()
  })
})

describe('the documents', () => {
  /** Links to files of the repository: `[text](path#part)`. */
  const links = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => ({
      document,
      target: match[1] ?? '',
    })),
  )

  it('link to files that exist', () => {
    const broken = links.filter(({ document, target }) => !existsSync(resolve(join(root, document), '..', target)))
    expect(links.length).toBeGreaterThan(3)
    expect(broken).toEqual([])
  })

  it('name files of the repository that exist', () => {
    const paths = documents.flatMap((document) =>
      [...read(document).matchAll(/\b(?:docs|build|electron|test|shared)\/(?!\S*NNNN)[\w./-]*\w\.\w+/g)].map(
        ([path]) => ({
          document,
          path,
        }),
      ),
    )
    expect(paths.filter(({ path }) => !existsSync(join(root, path)))).toEqual([])
  })

  it('name commands that exist', () => {
    const text = blocks
      .filter(({ block }: { block: Block }) => block.language === 'sh')
      .map(({ block }) => block.text)
      .concat(
        blocks
          .filter(({ block }) => block.language === 'console')
          .flatMap(({ block }) =>
            examplesOf(block)
              .filter(({ exitCode }) => exitCode !== 2)
              .map(({ command }) => command),
          ),
      )
      .join('\n')
    const verbs = new Set(
      [...text.matchAll(/(?:(?:^|npx |[|;&(] ?|until )mailtide|mailtide\.mjs) ([a-z][a-z-]+)/gm)].map(
        (match) => match[1] ?? '',
      ),
    )
    const { stdout } = spawnSync(process.execPath, [join(root, 'build/mailtide.mjs'), 'help'], { encoding: 'utf8' })
    expect(verbs.size).toBeGreaterThan(3)
    expect([...verbs].filter((verb) => !new RegExp(`^  ${verb}\\b`, 'm').test(stdout))).toEqual([])
  })
})
