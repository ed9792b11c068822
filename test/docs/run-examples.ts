import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { blocksOf, examplesOf, firstDifference, withOutputs } from './markdown.ts'
import { createWorld, type World } from './world.ts'

const root = resolve(import.meta.dirname, '../..')
const writes = process.env['MAILTIDE_WRITE_DOCS'] === '1'

const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined
const missing = ['bash', 'curl', 'jq'].filter((program) => !has(program))
const CANNOT = `skipped: ${missing.join(', ')} is not installed`

/**
 * What a document shows in `console` blocks is run, in order, on a computer as the document assumes it, and what appears is compared.
 * `MAILTIDE_WRITE_DOCS=1` writes what appears into the document instead. Each document has a test file of its own, so that they run
 * side by side.
 */
export function testExamplesOf(document: string): void {
  const read = (): string => readFileSync(join(root, document), 'utf8')
  const examples = blocksOf(read())
    .filter(({ language }) => language === 'console')
    .flatMap(examplesOf)

  describe(`the examples of ${document}`, () => {
    const outputs = new Map<number, readonly string[]>()
    let world: World | undefined
    beforeAll(async () => {
      if (missing.length === 0) world = await createWorld()
    })
    afterAll(async () => {
      await world?.remove()
      if (writes) writeFileSync(join(root, document), withOutputs(read(), outputs))
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
}
