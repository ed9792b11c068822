import { chmodSync, chownSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openApiToken, readApiToken } from '../../electron/platform/api-token.ts'
import { tempFolder } from './temp-home.ts'

it('a new token replaces the old one in the file and at once, and is hidden from logs before anybody sees it', async () => {
  const path = join(await tempFolder(), 'api-token')
  const hidden: string[] = []
  const token = await openApiToken(path, (secret) => hidden.push(secret))
  const old = await readApiToken(path)
  expect(old).not.toBeNull()
  expect(token.matches(old ?? '')).toBe(true)
  const renewed = await token.renew()
  expect(renewed).toMatch(/^[\w-]{43}$/)
  expect(renewed).not.toBe(old)
  expect(hidden).toEqual([old, renewed])
  expect(token.matches(renewed)).toBe(true)
  expect(token.matches(old ?? '')).toBe(false)
  expect(readFileSync(path, 'utf8')).toBe(`${renewed}\n`)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const again = await openApiToken(path, () => undefined)
  expect(again.matches(renewed)).toBe(true)
})

it('of two renewals at once the later answer is the token in force and in the file', async () => {
  const path = join(await tempFolder(), 'api-token')
  const token = await openApiToken(path, () => undefined)
  const [first, second] = await Promise.all([token.renew(), token.renew()])
  expect(token.matches(second)).toBe(true)
  expect(token.matches(first)).toBe(false)
  expect(await readApiToken(path)).toBe(second)
})

it('a token that cannot be written stays as it was, and the error names the file', async () => {
  const folder = await tempFolder()
  const token = await openApiToken(join(folder, 'api-token'), () => undefined)
  const before = (await readApiToken(join(folder, 'api-token'))) ?? ''
  rmSync(folder, { recursive: true })
  await expect(token.renew()).rejects.toMatchObject({
    code: 'disk',
    message: expect.stringContaining(join(folder, 'api-token')),
    remedy: expect.stringMatching(/./),
  })
  expect(token.matches(before)).toBe(true)
})

it('a token that another user put there is known to them, and is replaced', async () => {
  const folder = await tempFolder()
  const path = join(folder, 'api-token')
  const planted = 'p'.repeat(43)
  writeFileSync(path, planted)
  // Nobody but the system's user can make a file of somebody else.
  if (process.getuid?.() !== 0) return expect((await openApiToken(path, () => undefined)).present()).toBe(planted)
  chownSync(path, 1001, 1001)
  chmodSync(path, 0o644)
  chownSync(folder, 1000, 1000)
  process.seteuid?.(1000)
  try {
    const token = await openApiToken(path, () => undefined)
    expect(token.matches(planted)).toBe(false)
    expect(readFileSync(path, 'utf8')).toBe(`${token.present()}\n`)
  } finally {
    process.seteuid?.(0)
  }
})
