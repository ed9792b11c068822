import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeBase64Url, decodeRawAnswer } from '../../electron/gmail/decode-raw.ts'
import { AppError } from '../../shared/errors.ts'
import { messageId } from '../../shared/ids.ts'

const id = messageId('18c0ffee00000001')
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const padded = (text: string): string => text + '='.repeat((4 - (text.length % 4)) % 4)

const facts = {
  id,
  threadId: '18c0ffee00000000',
  labelIds: ['INBOX', 'UNREAD'],
  snippet: 'hello',
  historyId: '99999999999999999999999',
  internalDate: '1700000000000',
}

function code(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof AppError) return error.code
    throw error
  }
  return 'none'
}

describe('the raw answer', () => {
  it('is read with its facts, padded or not, pretty-printed as Google sends it', () => {
    const bytes = utf8('Subject: hi\r\n\r\nbody')
    for (const raw of [encode(bytes), padded(encode(bytes))]) {
      for (const space of [undefined, 2, '\t']) {
        const message = decodeRawAnswer(utf8(`${JSON.stringify({ ...facts, raw }, null, space)}\n`), id)
        expect(message).toEqual({
          id,
          threadId: '18c0ffee00000000',
          labelIds: ['INBOX', 'UNREAD'],
          snippet: 'hello',
          historyId: 99999999999999999999999n,
          internalDate: 1700000000000,
          bytes,
        })
      }
    }
  })

  it('of an empty message is no bytes', () => {
    expect(decodeRawAnswer(utf8(JSON.stringify({ ...facts, raw: '' })), id).bytes).toEqual(new Uint8Array())
  })

  it('owns its buffer, so that it can be transferred', () => {
    const { bytes } = decodeRawAnswer(utf8(JSON.stringify({ ...facts, raw: encode(utf8('small')) })), id)
    expect(bytes.buffer.byteLength).toBe(bytes.length)
  })

  it('is found beside a snippet, a label and a nested key that look like it', () => {
    const trap = { ...facts, snippet: '"raw":"AAAA" \\', labelIds: ['raw', '"raw":'], other: { raw: 'BBBB' } }
    const bytes = utf8('the right one')
    const body = utf8(JSON.stringify({ ...trap, raw: encode(bytes) }))
    expect(decodeRawAnswer(body, id).bytes).toEqual(bytes)
  })

  it('is read where padding, or the key itself, is escaped', () => {
    const text = JSON.stringify({ ...facts, raw: padded(encode(utf8('x'))) })
    expect(decodeRawAnswer(utf8(text.replaceAll('=', '\\u003d')), id).bytes).toEqual(utf8('x'))
    expect(decodeRawAnswer(utf8(text.replace('"raw"', '"r\\u0061w"')), id).bytes).toEqual(utf8('x'))
  })

  it('says the same as JSON.parse and Buffer, whatever the bytes, the order, the spacing and the snippet', () => {
    const message = fc.record({
      bytes: fc.uint8Array({ maxLength: 300 }),
      snippet: fc.oneof(
        fc.string({ unit: 'binary', maxLength: 40 }),
        fc.constantFrom('"raw":"QUJD"', '\\"raw\\": \\"', 'raw', '{"raw":""}'),
      ),
      labels: fc.array(fc.constantFrom('raw', 'INBOX', 'Label_1', '"raw":"'), { maxLength: 5 }),
      order: fc.shuffledSubarray(['id', 'threadId', 'labelIds', 'snippet', 'historyId', 'internalDate', 'raw'], {
        minLength: 7,
      }),
      space: fc.constantFrom(undefined, 1, 2, '\t', ' \n'),
      pad: fc.boolean(),
      escape: fc.boolean(),
    })
    fc.assert(
      fc.property(message, ({ bytes, snippet, labels, order, space, pad, escape: escaped }) => {
        const raw = pad ? padded(encode(bytes)) : encode(bytes)
        const all: Record<string, unknown> = { ...facts, snippet, labelIds: labels, raw }
        const json = JSON.stringify(Object.fromEntries(order.map((key) => [key, all[key]])), null, space)
        const text = escaped ? json.replaceAll('=', '\\u003d') : json
        const oracle = JSON.parse(Buffer.from(text).toString('utf8')) as { raw: string; snippet: string }
        const seen = decodeRawAnswer(utf8(text), id)
        expect(Buffer.from(seen.bytes).equals(Buffer.from(oracle.raw, 'base64url'))).toBe(true)
        expect(seen.snippet).toBe(oracle.snippet)
        expect(seen.labelIds).toEqual(labels)
      }),
      { numRuns: 300 },
    )
  })

  it('cut anywhere is a bad answer, never a shorter mail', () => {
    const text = JSON.stringify({ raw: encode(utf8('A mail of some length, cut somewhere')), ...facts })
    for (let at = 0; at < text.length; at++)
      expect(code(() => decodeRawAnswer(utf8(text.slice(0, at)), id))).toBe('bad_answer')
  })

  it('about another message, without an original, or with a wrong type is a bad answer', () => {
    const other = { ...facts, raw: 'QUJD' }
    const bad = [
      { ...other, id: '18c0ffee00000002' },
      facts,
      { ...other, raw: null },
      { ...other, raw: 5 },
      { ...other, raw: { raw: 'QUJD' } },
      { ...other, historyId: 'x' },
      { ...other, labelIds: 'INBOX' },
      [other],
    ]
    for (const answer of bad) expect(code(() => decodeRawAnswer(utf8(JSON.stringify(answer)), id))).toBe('bad_answer')
    for (const text of ['', '{}', 'null', '"raw"', '<html>', '{"raw":"QUJD"', '{"raw":"QUJD"}}', '{"raw":"QU\nJD"}']) {
      expect(code(() => decodeRawAnswer(utf8(text), id))).toBe('bad_answer')
    }
  })

  it('takes the last of two originals, as JSON does', () => {
    const text = JSON.stringify({ ...facts, raw: 'QUJD' }).replace('{', '{"raw":"QUFB",')
    expect(decodeRawAnswer(utf8(text), id).bytes).toEqual(utf8('ABC'))
  })

  it('puts nothing of the mail into the error', () => {
    const text = `{"raw":"U2VjcmV0", "snippet": "SecretWord" oops}`
    try {
      decodeRawAnswer(utf8(text), id)
      expect.unreachable()
    } catch (error) {
      const cause = (error as AppError).cause as Error
      expect(`${(error as Error).message} ${cause.message}`).not.toMatch(/Secret|U2Vj/)
    }
  })
})

describe('base64url', () => {
  it('comes back from any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5000 }), fc.boolean(), (bytes, pad) => {
        expect(decodeBase64Url(pad ? padded(encode(bytes)) : encode(bytes))).toEqual(bytes)
      }),
    )
  })

  it.each([
    'A',
    'AAAAA',
    'AB=',
    'ABC=D',
    'AAA=AAAA',
    '====',
    '=',
    'A===',
    'AA+A',
    'AA/A',
    'AA A',
    'AA\nAA',
    'AAé=',
    'AA\0A',
    'AB',
    'AAB',
    'QQ=Q',
    'QUJD=',
  ])('refuses %j', (text) => {
    expect(code(() => decodeBase64Url(text))).toBe('bad_answer')
  })

  it('refuses any text with one character that is not its own', () => {
    const wrong = fc.constantFrom('+', '/', ' ', '\n', '%', '"', 'é', '=', '\0', '.', '\u2028')
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 6, maxLength: 300 }), fc.nat(), wrong, (bytes, where, char) => {
        const text = encode(bytes)
        const at = where % (text.length - 2)
        expect(code(() => decodeBase64Url(text.slice(0, at) + char + text.slice(at + 1)))).toBe('bad_answer')
      }),
    )
  })
})
