import { Readable } from 'node:stream'
import { createGunzip, createGzip } from 'node:zlib'
import { expect, it } from 'vitest'
import { createByteGate } from '../../electron/gmail/byte-gate.ts'
import { collect, readErrorBody } from '../../electron/gmail/raw-body.ts'
import type { Deadline } from '../../electron/gmail/transport.ts'

/** A server that is never silent. */
const deadline: Deadline = { signal: new AbortController().signal, touch: () => undefined, hold: (work) => work }
const megabyte = Buffer.alloc(2 ** 20, ' ')

/** An answer without an end, and how much of it was asked for. */
function endless() {
  const given = { megabytes: 0 }
  const body = new Readable({
    read() {
      given.megabytes += 1
      this.push(megabyte)
    },
  })
  return { body, given }
}

it('a mail that never ends is given up at a size that no mail has, and its bytes are held no longer', async () => {
  const gate = createByteGate()
  const { body, given } = endless()
  await expect(collect(body, gate, deadline)).rejects.toMatchObject({
    code: 'bad_answer',
    message: "Gmail's answer is larger than any mail can be",
  })
  expect(given.megabytes).toBeLessThan(170)
  expect(gate.held()).toBe(0)
  expect(body.destroyed).toBe(true)
})

it('a mail that unfolds to a thousand times its size is given up in the same way', async () => {
  const { body, given } = endless()
  const gate = createByteGate()
  const bomb = body.pipe(createGzip()).pipe(createGunzip())
  await expect(collect(bomb, gate, deadline)).rejects.toMatchObject({ code: 'bad_answer' })
  expect(given.megabytes).toBeLessThan(400)
  expect(gate.held()).toBe(0)
  body.destroy()
})

it('of an error that never ends no more is read than anybody needs', async () => {
  const { body } = endless()
  expect((await readErrorBody(body, deadline)).length).toBeLessThanOrEqual(2 * megabyte.length)
  expect(body.destroyed).toBe(true)
})
