import { describe, expect, it } from 'vitest'
import { blocksOf, examplesOf, firstDifference, masked, withOutputs } from './markdown.ts'

const text = [
  '# A',
  '',
  '1. In a list:',
  '',
  '   ```console',
  '   $ one \\',
  '   > two  # exit code 3',
  '   out',
  '',
  '   $ three',
  '   ```',
  '',
].join('\n')

describe('the examples of a document', () => {
  it('are found with their lines, commands, outputs and exit codes', () => {
    const [block] = blocksOf(text)
    if (block === undefined) throw new Error('There is a block')
    expect(block).toMatchObject({ line: 5, language: 'console' })
    expect(examplesOf(block)).toEqual([
      { line: 6, command: 'one \\\ntwo  # exit code 3', output: ['out'], exitCode: 3 },
      { line: 10, command: 'three', output: [], exitCode: 0 },
    ])
  })

  it('are written anew with what appeared, and nothing else moves', () => {
    const written = withOutputs(
      text,
      new Map([
        [6, ['new', 'lines']],
        [10, ['more']],
      ]),
    )
    expect(written.split('\n').slice(5, 13)).toEqual([
      '   $ one \\',
      '   > two  # exit code 3',
      '   new',
      '   lines',
      '',
      '   $ three',
      '   more',
      '   ```',
    ])
  })

  it('must end', () => {
    expect(() => blocksOf('```console\n$ one')).toThrow('line 1')
  })

  it.each([
    ['2026-01-01 08:15:00 - a - INFO - b', '2027-12-31 23:59:59 - a - INFO - b'],
    ['{"uptime_seconds":2.5,"pid":7}', '{"uptime_seconds":12,"pid":4711}'],
    ['Synced in 4 minutes 59 seconds', 'Synced in 5 minutes'],
    ['took 1.25s', 'took 12s'],
    ['ada     up to date', 'ada  up to date'],
    ['Date: Wed, 25 Nov 2026 19:25:19 GMT', 'Date: Thu, 26 Nov 2026 01:02:03 GMT'],
  ])('count as the same when only times and the like differ: %s', (one, other) => {
    expect(masked(one)).toBe(masked(other))
  })

  it.each([
    ['300 emails', '299 emails'],
    ['{"total_cycles":3}', '{"total_cycles":4}'],
    ['Service is already running', 'Service was already running'],
    ['"error_count":0', '"error_count":1'],
    ['"state":"idle"', '"state":"syncing"'],
  ])('count as different when anything else does: %s', (one, other) => {
    expect(masked(one)).not.toBe(masked(other))
  })

  it('may leave lines out where they say so, and nowhere else', () => {
    expect(firstDifference(['a', '…', 'd'], ['a', 'b', 'c', 'd'])).toBeNull()
    expect(firstDifference(['a', '…'], ['a', 'b'])).toBeNull()
    expect(firstDifference(['a', '^C'], ['a'])).toBeNull()
    expect(firstDifference(['a', '^C', 'b'], ['a', 'x', 'b'])).toBeNull()
    expect(firstDifference(['a', '…', 'd'], ['a', 'd', 'e'])).toContain('not in the document: e')
    expect(firstDifference(['a', 'd'], ['a', 'b', 'd'])).toContain('got: a b d')
    expect(firstDifference(['a'], ['a', 'b'])).toContain('not in the document: b')
    expect(firstDifference(['a', 'b'], ['a'])).toContain('expected: a b')
    expect(firstDifference([], ['a'])).toContain('not in the document: a')
    expect(
      firstDifference(['took 1 second.  300', '  emails'], ['took 3 minutes 12', '  seconds. 300 emails']),
    ).toBeNull()
    expect(firstDifference(['…', 'x'], ['a'])).toContain('never appeared')
  })
})
