import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseMessage } from '../../electron/mail/parse.ts'
import { corpusMails } from '../support/corpus.ts'
import { NO_PAPERS } from '../support/papers.ts'
import { mailparserOpinion } from './oracles/mailparser.ts'
import { differences, type Opinion, ourOpinion } from './oracles/oracle.ts'
import { MAILPARSER, NO_ANSWER, PYTHON, type Reviewed } from './oracles/reviewed.ts'

/** How we and an oracle differ, as lines; a mail that is not named in the reviewed list must not differ at all. */
function report(found: readonly (readonly [name: string, opinion: Opinion | null])[]) {
  const mails = corpusMails() ?? []
  const differing: string[] = []
  const silent: string[] = []
  for (const [name, opinion] of found) {
    const mail = mails.find((candidate) => candidate.name === name)!
    if (opinion === null) {
      silent.push(name)
      continue
    }
    const aspects = differences(ourOpinion(parseMessage(mail.bytes)), opinion)
    if (aspects.length > 0) differing.push(`${name}: ${aspects.join(' ')}`)
  }
  return { differing, silent }
}

function reviewedLines(list: readonly Reviewed[]): string[] {
  return list.map(([name, aspects]) => `${name}: ${aspects.join(' ')}`)
}

const mails = corpusMails()

test('we differ from mailparser only where a person has looked and said why', async (context) => {
  if (mails === null) return context.skip(NO_PAPERS)
  const found: (readonly [string, Opinion | null])[] = []
  for (const { name, bytes } of mails) found.push([name, await mailparserOpinion(bytes)])
  const { differing, silent } = report(found)
  expect(differing).toEqual(reviewedLines(MAILPARSER))
  expect(silent).toEqual(NO_ANSWER.mailparser)
})

test("we differ from Python's email package only where a person has looked and said why", (context) => {
  if (mails === null) return context.skip(NO_PAPERS)
  const script = join(import.meta.dirname, 'oracles/oracle.py')
  const run = spawnSync('python3', [script], {
    input: mails.map(({ path }) => path).join('\n'),
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  })
  if (run.error !== undefined) return context.skip('skipped: python3 is not installed')
  expect(run.stderr).toBe('')
  const answers = run.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Opinion | { readonly error: string })
  const { differing, silent } = report(
    mails.map(({ name }, index) => {
      const answer = answers[index]!
      return [name, 'error' in answer ? null : answer] as const
    }),
  )
  expect(differing).toEqual(reviewedLines(PYTHON))
  expect(silent).toEqual(NO_ANSWER.python)
})
