import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ensureSpace, freeBytes } from '../../electron/store/free-space.ts'

it('knows the free space of a folder that does not exist yet', async () => {
  const { bavail, bsize } = statfsSync(tmpdir())
  const free = await freeBytes(join(tmpdir(), 'not', 'there', 'yet'))
  expect(Math.abs(free - bavail * bsize)).toBeLessThan(2 ** 30)
})

it('says before a batch that there is too little, with the remedy', async () => {
  await ensureSpace(tmpdir(), 1)
  await expect(ensureSpace(tmpdir(), Number.MAX_SAFE_INTEGER)).rejects.toMatchObject({
    code: 'disk',
    remedy: expect.stringContaining('minFreeBytes'),
    action: { kind: 'change_setting', setting: 'min_free_bytes' },
  })
})
