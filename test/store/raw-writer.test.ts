import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFileWriter } from '../../electron/store/raw-writer.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'mailtide-writer-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const at = (name: string): string => join(folder, name)
const bytes = Buffer.from('whole')
const unfinished = (): readonly string[] => readdirSync(at('.unfinished'))

describe('the writer of files', () => {
  it('gives a file its name only when it is durable', async () => {
    const writer = createFileWriter(folder)
    await writer.write(at('a/one'), bytes)
    expect(existsSync(at('a/one'))).toBe(false)
    await writer.flush()
    expect(readFileSync(at('a/one'), 'utf8')).toBe('whole')
    expect(unfinished()).toEqual([])
  })

  it('syncs by itself before it holds too many files open', async () => {
    const writer = createFileWriter(folder)
    const open = (): number => readdirSync('/proc/self/fd').length
    const before = process.platform === 'linux' ? open() : 0
    for (let n = 0; n < 500; n++) await writer.write(at(`a/${n}`), bytes)
    if (process.platform === 'linux') expect(open() - before).toBeLessThan(200)
    await writer.flush()
    expect(readdirSync(at('a'))).toHaveLength(500)
    expect(unfinished()).toEqual([])
  })

  it('says which flush lost a file, keeps the others, and goes on', async () => {
    const writer = createFileWriter(folder)
    writeFileSync(at('blocked'), 'a file where a folder is to be')
    await writer.write(at('fine/one'), bytes)
    await writer.write(at('blocked/two'), bytes)
    // Both were asked for while the file was still to be named: neither may vouch for it.
    const flushes = await Promise.allSettled([writer.flush(), writer.flush()])
    expect(flushes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect(flushes[0]).toMatchObject({ reason: { code: 'store' } })
    expect(readFileSync(at('fine/one'), 'utf8')).toBe('whole')
    expect(unfinished()).toEqual([])

    rmSync(at('blocked'))
    await writer.write(at('blocked/two'), bytes)
    await writer.flush()
    expect(readFileSync(at('blocked/two'), 'utf8')).toBe('whole')
  })

  it('tells the next flush when it lost a file by itself', async () => {
    const writer = createFileWriter(folder)
    writeFileSync(at('blocked'), '')
    for (let n = 0; n < 70; n++) await writer.write(at(`blocked/${n}`), bytes)
    await writer.unlink(at('nothing'))
    await expect(writer.flush()).rejects.toMatchObject({ code: 'store' })
    await expect(writer.flush()).resolves.toBeUndefined()
  })

  it('does not call a file written that was lost while its writer waited', async () => {
    const writer = createFileWriter(folder)
    writeFileSync(at('blocked'), '')
    const written = await Promise.allSettled(
      Array.from({ length: 300 }, (_, n) => writer.write(at(`blocked/${n}`), bytes)),
    )
    expect(written.some(({ status }) => status === 'rejected')).toBe(true)
    await expect(writer.flush()).rejects.toMatchObject({ code: 'store' })
  })

  it('says what to do where something else lies in the place of a file or its folder', async () => {
    const writer = createFileWriter(folder)
    writeFileSync(at('blocked'), '')
    const written = (async () => {
      await writer.write(at('blocked/one'), bytes)
      await writer.flush()
    })()
    await expect(written).rejects.toMatchObject({
      code: 'store',
      remedy: expect.stringContaining('Move away what lies in its place'),
    })
  })

  it('writes again what stood in a folder that somebody removed', async () => {
    const writer = createFileWriter(folder)
    await writer.write(at('a/one'), bytes)
    await writer.flush()
    rmSync(at('a'), { recursive: true })
    await writer.write(at('a/two'), bytes)
    await writer.flush()
    expect(readdirSync(at('a'))).toEqual(['two'])
    rmSync(at('.unfinished'), { recursive: true })
    await writer.write(at('a/three'), bytes)
    await writer.flush()
    expect(readdirSync(at('a')).sort()).toEqual(['three', 'two'])
  })

  it('removes a file that did not have its name yet', async () => {
    const writer = createFileWriter(folder)
    mkdirSync(at('a'))
    await writer.write(at('a/one'), bytes)
    await writer.unlink(at('a/one'))
    await writer.flush()
    expect(existsSync(at('a/one'))).toBe(false)
  })

  it('removes a file and a folder whose files are being given their names', async () => {
    const writer = createFileWriter(folder)
    for (const remove of [() => writer.unlink(at('a/one')), () => writer.removeFolder(at('a'))]) {
      await writer.write(at('a/one'), bytes)
      const flushed = writer.flush()
      await Promise.resolve().then(() => undefined) // the sync has begun
      await remove()
      await flushed
      expect(existsSync(at('a/one'))).toBe(false)
    }
  })
})
