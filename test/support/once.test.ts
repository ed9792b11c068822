import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { onceOf } from './once.ts'

it('takes away what was made of older sources and is used no more, and nothing else', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-once-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const at = (name: string): string => join(folder, name)
  const longAgo = new Date(Date.now() - 48 * 60 * 60_000)
  for (const name of ['built-aa', 'built-bb', 'built-cc', 'built-of-others', 'window-aa']) {
    await mkdir(at(name))
    if (name !== 'built-bb') await utimes(at(name), longAgo, longAgo)
  }
  const make = async (dir: string): Promise<void> => {
    await mkdir(dir)
  }
  await onceOf(at('built-cc'), make)
  await onceOf(at('built-dd'), make)
  const left = ['built-aa', 'built-bb', 'built-cc', 'built-dd', 'built-of-others', 'window-aa'].filter((name) =>
    existsSync(at(name)),
  )
  expect(left).toEqual(['built-bb', 'built-cc', 'built-dd', 'built-of-others', 'window-aa'])
})
