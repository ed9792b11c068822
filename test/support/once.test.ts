import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, utimes } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { once, onceOf } from './once.ts'
import { removeFolder, tempFolder } from './temp-folder.ts'

/** A maker that takes a moment, and counts. */
function maker() {
  const folder = tempFolder('once')
  const made = { times: 0 }
  const make = async (dir: string): Promise<void> => {
    made.times++
    mkdirSync(dir)
    await delay(20)
    writeFileSync(join(dir, 'whole'), '')
  }
  return { folder, path: join(folder, 'thing'), made, make }
}

it('many want it and one makes it; nobody has it before it is whole', async () => {
  const { folder, path, made, make } = maker()
  const all = await Promise.all(
    Array.from({ length: 8 }, async () => existsSync(join(await once(path, make), 'whole'))),
  )
  expect([all.every((isWhole) => isWhole), made.times]).toEqual([true, 1])
  expect(existsSync(`${path}.maker`)).toBe(false)
  removeFolder(folder)
})

it('it is made as deep as it lies in the end, since paths lead out of it, and what a maker left who died is not in it', async () => {
  const { folder, path } = maker()
  mkdirSync(`${path}.making`)
  writeFileSync(join(`${path}.making`, 'left'), '')
  let parent = ''
  await once(path, async (dir) => {
    parent = dirname(dir)
    mkdirSync(dir)
  })
  expect([parent, existsSync(join(path, 'left')), existsSync(`${path}.making`)]).toEqual([folder, false, false])
  removeFolder(folder)
})

it('one that cannot be made is made by the next who wants it', async () => {
  const { folder, path, made, make } = maker()
  const fail = () => Promise.reject(new Error('no space'))
  await expect(once(path, fail)).rejects.toThrow('no space')
  await once(path, make)
  expect(made.times).toBe(1)
  removeFolder(folder)
})

it('who died while it made it is not waited for', async () => {
  const { folder, path, made, make } = maker()
  const dead = spawn('true')
  await new Promise((done) => dead.once('exit', done))
  writeFileSync(`${path}.maker`, String(dead.pid))
  await once(path, make)
  expect(made.times).toBe(1)
  // Who lives is: the file is its own until it takes it away.
  writeFileSync(`${path}-other.maker`, String(process.ppid))
  const waiting = once(`${path}-other`, make)
  await delay(120)
  expect(readFileSync(`${path}-other.maker`, 'utf8')).toBe(String(process.ppid))
  expect(made.times).toBe(1)
  mkdirSync(`${path}-other`)
  expect(await waiting).toBe(`${path}-other`)
  removeFolder(folder)
})

it('takes away what was made of older sources and is used no more, and nothing else', async () => {
  const folder = tempFolder('once')
  onTestFinished(() => removeFolder(folder))
  const at = (name: string): string => join(folder, name)
  const longAgo = new Date(Date.now() - 48 * 60 * 60_000)
  for (const name of [
    'built-aa',
    'built-aa.maker',
    'built-aa.making',
    'built-bb',
    'built-cc',
    'built-of-others',
    'window-aa',
  ]) {
    await mkdir(at(name))
    if (name !== 'built-bb') await utimes(at(name), longAgo, longAgo)
  }
  const make = async (dir: string): Promise<void> => {
    await mkdir(dir)
  }
  await onceOf(at('built-cc'), make)
  await onceOf(at('built-dd'), make)
  const left = [
    'built-aa',
    'built-aa.maker',
    'built-bb',
    'built-cc',
    'built-dd',
    'built-of-others',
    'window-aa',
  ].filter((name) => existsSync(at(name)))
  expect(left).toEqual(['built-bb', 'built-cc', 'built-dd', 'built-of-others', 'window-aa'])
})
