import { expect, it } from 'vitest'
import { killWhileWriting } from '../support/credential-kills.ts'

it('a program killed while it writes credentials, clients, token and settings leaves the old or the new of each, whole and private', async () => {
  const faults = await Promise.all([killWhileWriting(10, 1), killWhileWriting(10, 2)])
  expect(faults.flat()).toEqual([])
})
