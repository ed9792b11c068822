import { randomBytes } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deflateMail } from '../../electron/store/deflate.ts'

const base64 = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n'))
const head = Buffer.from('Subject: an attachment\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\n')
const text = Buffer.from('The same words come again and again in the text of a mail. '.repeat(400))

describe('a deflated mail', () => {
  it('inflates to the same bytes, whatever stands beside what', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40_000 }).map((bytes) => Buffer.from(bytes)),
      fc.integer({ min: 0, max: 60_000 }).map((size) => base64(randomBytes(size))),
      fc.integer({ min: 0, max: 60_000 }).map((size) => base64(Buffer.alloc(size, 'abc'))),
      fc.constantFrom(text, head, Buffer.alloc(50_000)),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const mail = Buffer.concat(pieces)
        expect(inflateRawSync(deflateMail(mail)).equals(mail)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('is no larger than with one setting for everything, on packed and on plain attachments', () => {
    const mails = [
      Buffer.concat([head, text, base64(randomBytes(300_000)), head]),
      Buffer.concat([head, base64(Buffer.from('plain text that repeats, as an attachment. '.repeat(9_000))), text]),
    ]
    for (const mail of mails) {
      const one = deflateRawSync(mail, { level: 1, windowBits: 14, memLevel: 9 })
      expect(deflateMail(mail).length).toBeLessThan(one.length * 1.01)
    }
  })
})
