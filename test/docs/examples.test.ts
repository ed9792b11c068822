import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { type Block, blocksOf, examplesOf, firstDifference, withOutputs } from './markdown.ts'
import { createWorld, type World } from './world.ts'

/**
 * Everything the documents show is true: `console` blocks are run, in order, on a computer as the document assumes it, and what appears is
 * compared. `MAILTIDE_WRITE_DOCS=1` writes what appears into the documents instead. The other blocks (what needs root, another system, or a
 * network) are checked for what can be checked.
 */
const root = resolve(import.meta.dirname, '../..')
const writes = process.env['MAILTIDE_WRITE_DOCS'] === '1'
const documents = ['README.md', ...globSync('docs/*.md', { cwd: root }), '.github/CONTRIBUTING.md'].sort()
const read = (name: string): string => readFileSync(join(root, name), 'utf8')
const blocks = documents.flatMap((document) => blocksOf(read(document)).map((block) => ({ document, block })))

const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
const missing = ['bash', 'curl', 'jq'].filter((program) => !has(program))
const CANNOT = `skipped: ${missing.join(', ')} is not installed`

const withExamples = documents.filter((name) => blocksOf(read(name)).some(({ language }) => language === 'console'))

describe.each(withExamples)('the examples of %s', (document) => {
  const examples = blocksOf(read(document))
    .filter(({ language }) => language === 'console')
    .flatMap(examplesOf)
  const outputs = new Map<number, readonly string[]>()
  let world: World | undefined
  beforeAll(async () => {
    if (missing.length === 0) world = await createWorld()
  })
  afterAll(async () => {
    await world?.remove()
    if (writes) writeFileSync(join(root, document), withOutputs(read(document), outputs))
  })

  it.for(examples)('line $line: $command', async (example, { skip }) => {
    if (world === undefined) return skip(CANNOT)
    const outcome = await world.run(example)
    const { output } = example
    const difference = firstDifference(output, outcome.lines)
    if (writes && difference !== null && !output.some((line) => line === '…' || line === '^C')) {
      outputs.set(example.line, outcome.lines)
    } else expect(difference, outcome.lines.join('\n')).toBeNull()
    expect(outcome.exitCode, outcome.lines.join('\n')).toBe(example.exitCode)
  })
})

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
