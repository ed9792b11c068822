import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const life = new URL('support/heap-life.ts', import.meta.url).pathname

it('bounds the young generation of every thread, and lets the main one grow again after quiet times', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', life])
  const young = JSON.parse(stdout) as Record<'busy' | 'quiet' | 'busyAgain' | 'worker', number>
  expect(young.quiet).toBeLessThanOrEqual(2)
  for (const busy of [young.busy, young.busyAgain]) {
    expect(busy).toBeGreaterThan(4)
    expect(busy).toBeLessThanOrEqual(16)
  }
  expect(young.worker).toBe(8)
})
