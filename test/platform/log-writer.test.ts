import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { startLog as start } from './start-log.ts'
import { tempFolder } from './temp-home.ts'

describe('after a restart', () => {
  it.each(['text', 'json'] as const)('the end of the log begins with what was said before (%s)', async (format) => {
    const file = join(await tempFolder(), 'x.log')
    const before = start({ file, format })
    before.engine.info('first', { account: 'ada@example.com' })
    before.engine.error('second')
    before.close()
    const { engine, tail, lines } = start({ file })
    engine.info('third')
    expect(tail(9, 'info').map(({ message }) => message)).toEqual(['first', 'second', 'third'])
    expect(tail(9, 'info')[0]).toMatchObject({ name: 'sync.engine', fields: { account: 'ada@example.com' } })
    expect(tail(9, 'error').map(({ message }) => message)).toEqual(['second'])
    expect(lines).toHaveLength(1)
  })

  it('the file before is looked into when this one has just begun', async () => {
    const file = join(await tempFolder(), 'x.log')
    const before = start({ file })
    before.engine.info('first')
    await rename(file, `${file}.1`)
    before.engine.info('second')
    expect(
      start({ file })
        .tail(9, 'info')
        .map(({ message }) => message),
    ).toEqual(['first', 'second'])
  })

  it('a line that the crash tore stands alone', async () => {
    const file = join(await tempFolder(), 'x.log')
    await writeFile(file, '2025-08-13 08:15:00 - sync.eng')
    start({ file }).engine.info('whole')
    expect(await readFile(file, 'utf8')).toBe(
      '2025-08-13 08:15:00 - sync.eng\n2025-08-13 08:15:00 - sync.engine - INFO - whole\n',
    )
  })
})

describe('the log file', () => {
  it('is written for its owner alone, put aside at its size, and only so many are kept', async () => {
    const folder = await tempFolder()
    const file = join(folder, 'logs', 'background_sync.log')
    const { engine, close } = start({ file, console: null, maxBytes: 10_000, files: 3 })
    for (let n = 0; n < 1_000; n++) engine.info(`line ${n} ${'x'.repeat(60)}`)
    close()
    const names = (await readdir(join(folder, 'logs'))).sort()
    expect(names).toEqual(['background_sync.log', 'background_sync.log.1', 'background_sync.log.2'])
    const texts = await Promise.all(names.map((name) => readFile(join(folder, 'logs', name), 'utf8')))
    expect(texts[0]).toContain('line 999 ')
    const numbers =
      texts
        .toReversed()
        .join('')
        .match(/(?<=line )\d+/g)
        ?.map(Number) ?? []
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, n) => 1_000 - numbers.length + n))
    for (const text of texts) expect(text.length).toBeLessThan(10_200)
    if (process.platform !== 'win32') expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('is appended to by the next start, and never interprets what it is given', async () => {
    const file = join(await tempFolder(), 'background_sync.log')
    for (const text of ['first %s %c %d', '%O second']) {
      const { engine, close } = start({ file, console: null })
      engine.info(text)
      close()
    }
    const lines = (await readFile(file, 'utf8')).trim().split('\n')
    expect(lines.map((line) => line.split(' - ')[3])).toEqual(['first %s %c %d', '%O second'])
  })

  it('is there again after it was deleted, moved, emptied or lost with its folder', async () => {
    const folder = join(await tempFolder(), 'logs')
    const file = join(folder, 'x.log')
    const { engine, lines } = start({ file })
    const said = async () => (await readFile(file, 'utf8')).match(/(?<=INFO - ).*/g)
    engine.info('one')
    await rm(file)
    engine.info('two')
    expect(await said()).toEqual(['two'])
    await rename(file, `${file}-20260101`)
    engine.info('three')
    expect(await said()).toEqual(['three'])
    await writeFile(file, '')
    engine.info('four')
    expect(await said()).toEqual(['four'])
    await rm(folder, { recursive: true })
    engine.info('five')
    expect(await said()).toEqual(['five'])
    expect(lines).toHaveLength(5)
  })

  it('keeps to its size when others write into it, too', async () => {
    const file = join(await tempFolder(), 'x.log')
    const { engine } = start({ file, console: null, maxBytes: 100_000 })
    engine.info('one')
    await writeFile(file, 'x'.repeat(200_000), { flag: 'a' })
    for (let n = 0; n < 300; n++) engine.info('line')
    expect((await stat(file)).size).toBeLessThan(100_000)
    expect((await stat(`${file}.1`)).size).toBeGreaterThan(200_000)
  })

  it.runIf(existsSync('/dev/full'))('says once that it cannot be written, and logging goes on', async () => {
    const { engine, lines, tail, subscribe } = start({ file: '/dev/full' })
    const heard: string[] = []
    subscribe((entry) => heard.push(entry.level))
    for (const text of ['one', 'two', 'three']) engine.info(text)
    expect(lines.filter((line) => line.includes('cannot be written'))).toHaveLength(1)
    expect(lines).toContain('2025-08-13 08:15:00 - sync.engine - INFO - two')
    expect(tail(9, 'warning').map(({ message }) => message)).toEqual([
      expect.stringMatching(/^The log file \/dev\/full cannot be written: .*ENOSPC/),
    ])
    expect(heard).toEqual(['warning', 'info', 'info', 'info'])
  })

  it.runIf(existsSync('/dev/full'))('tells how many lines it lost once the disk has room again', async () => {
    const file = join(await tempFolder(), 'x.log')
    const { engine, lines } = start({ file })
    await symlink('/dev/full', file)
    for (const text of ['one', 'two']) engine.info(text)
    await rm(file)
    await writeFile(file, 'a line that the full disk to')
    engine.info('three')
    engine.info('four')
    expect((await readFile(file, 'utf8')).split('\n')).toEqual([
      'a line that the full disk to',
      '2025-08-13 08:15:00 - log - WARNING - The log file could not be written for a while: 2 lines are missing here',
      '2025-08-13 08:15:00 - sync.engine - INFO - three',
      '2025-08-13 08:15:00 - sync.engine - INFO - four',
      '',
    ])
    await rm(file)
    await symlink('/dev/full', file)
    engine.info('five')
    expect(lines.filter((line) => line.includes('cannot be written'))).toHaveLength(2)
  })

  it('begins as soon as its folder can be made, though it could not at the start', async () => {
    const folder = join(await tempFolder(), 'logs')
    await writeFile(folder, 'a file where the folder should be')
    const { engine, lines } = start({ file: join(folder, 'x.log') })
    engine.info('one')
    expect(lines[0]).toMatch(/cannot be written: .*(ENOTDIR|EEXIST)/)
    await rm(folder)
    engine.info('two')
    expect(await readFile(join(folder, 'x.log'), 'utf8')).toMatch(/: 1 lines? .*\n.* - two\n$/)
    if (process.platform !== 'win32') expect((await stat(folder)).mode & 0o777).toBe(0o700)
  })

  it('does not grow without end when it can be put aside nowhere', async () => {
    const folder = await tempFolder()
    const file = join(folder, 'x.log')
    // A folder with something in it can be neither replaced nor written over.
    await mkdir(join(`${file}.1`, 'x'), { recursive: true })
    const { engine } = start({ file, console: null, maxBytes: 1_000 })
    for (let n = 0; n < 200; n++) engine.info(`line ${n} ${'x'.repeat(60)}`)
    expect((await stat(file)).size).toBeLessThan(1_200)
    expect(await readFile(file, 'utf8')).toContain('line 199 ')
  })
})
