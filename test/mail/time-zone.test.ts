import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const SCRIPT = join(import.meta.dirname, '../support/parse-digest.ts')

function digestIn(zone: string): readonly string[] {
  const run = spawnSync(process.execPath, [SCRIPT], { env: { ...process.env, TZ: zone }, encoding: 'utf8' })
  expect(run.stderr).toBe('')
  return run.stdout.split(' ')
}

test("the machine's time zone changes nothing that is read from a mail", () => {
  const [tokyo, tokyoHour] = digestIn('Asia/Tokyo')
  const [john, johnHour] = digestIn('America/St_Johns')
  expect(tokyo).toMatch(/^[0-9a-f]{64}$/)
  expect(john).toBe(tokyo)
  // The zones did take effect.
  expect(johnHour).not.toBe(tokyoHour)
})
