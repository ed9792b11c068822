import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeQuery, readAnswer } from '../../electron/store/pglite/extended-query.ts'
import { createStatements } from '../../electron/store/pglite/statements.ts'

/** A message of the server's: its type, its length, its body. */
function message(type: string, ...body: readonly (string | number | Uint8Array)[]): Buffer {
  const parts = body.map((part) => (typeof part === 'number' ? int32(part) : Buffer.from(part)))
  const size = parts.reduce((sum, part) => sum + part.length, 4)
  return Buffer.concat([Buffer.from(type), int32(size), ...parts])
}
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
const int16 = (value: number): Buffer => int32(value).subarray(2)
const column = (name: string, type: number): Buffer =>
  Buffer.concat([Buffer.from(`${name}\0`), int32(0), int16(0), int32(type), int16(-1), int32(-1), int16(0)])
const columns = (...all: readonly Buffer[]): Buffer => message('T', int16(all.length), ...all)

/** Types and bodies of the messages in `bytes`; throws when their lengths do not add up. */
function split(bytes: Uint8Array): { readonly type: string; readonly body: Buffer }[] {
  const all = Buffer.from(bytes)
  const messages = []
  for (let at = 0; at < all.length; ) {
    const size = all.readInt32BE(at + 1)
    messages.push({ type: String.fromCharCode(all[at]!), body: all.subarray(at + 5, at + 1 + size) })
    at += 1 + size
    if (at > all.length) throw new Error('A message is longer than what was sent')
  }
  return messages
}

/** The values of a Bind message, as the server reads them. */
function boundValues(body: Buffer, statement: string): (string | Uint8Array | null)[] {
  let at = 1 + statement.length + 1
  const count = body.readUInt16BE(at)
  const formats = Array.from({ length: count }, (_, index) => body.readInt16BE(at + 2 + 2 * index))
  at += 4 + 2 * count
  const values = formats.map((format) => {
    const length = body.readInt32BE(at)
    const bytes = body.subarray(at + 4, at + 4 + Math.max(0, length))
    at += 4 + bytes.length
    return length < 0 ? null : format === 1 ? new Uint8Array(bytes) : bytes.toString('utf8')
  })
  expect(body.subarray(at)).toEqual(int16(0))
  return values
}

describe('a statement for the embedded database', () => {
  it('carries any text, bytes and nulls as they are', () => {
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array(), fc.constant(null))
    fc.assert(
      fc.property(fc.array(value), fc.boolean(), fc.array(fc.constantFrom('s1', 's22')), (params, parse, closing) => {
        const sent = split(encodeQuery({ text: 'select 1 – 2', params, name: 's7', parse, closing }))
        const kinds = [...closing.map(() => 'C'), ...(parse ? ['P'] : []), 'B', 'D', 'E', 'S']
        expect(sent.map(({ type }) => type)).toEqual(kinds)
        expect(boundValues(sent.find(({ type }) => type === 'B')!.body, 's7')).toEqual(params)
        if (parse) expect(sent[closing.length]!.body.toString('utf8')).toBe('s7\0select 1 – 2\0\0\0')
      }),
    )
  })

  it('is answered by rows in the types of their columns, the command and its count', () => {
    const answer = readAnswer(
      Buffer.concat([
        message('1'),
        message('2'),
        columns(column('id', 25), column('size', 20), column('gone', 16)),
        message('D', int16(3), 2, 'm1', 2, '42', 1, 't'),
        message('N', 'SWARNING\0MSomething\0\0'),
        message('D', int16(3), 0, '', -1, 1, 'f'),
        message('C', 'INSERT 0 2\0'),
        message('Z', 'T'),
      ]),
    )
    expect(answer).toEqual({
      inTransaction: true,
      rows: [
        { id: 'm1', size: 42, gone: true },
        { id: '', size: null, gone: false },
      ],
      affected: 2,
      command: 'INSERT',
      error: null,
      parsed: true,
    })
  })

  it('counts no rows of a select as affected', () => {
    expect(readAnswer(message('C', 'SELECT 7\0'))).toMatchObject({ affected: 0, command: 'SELECT' })
  })

  it('that the server refuses is told with code, severity and constraint', () => {
    const refused = message('E', 'SFEHLER\0VERROR\0C23505\0Mdoppelt\0nmessage_pkey\0\0')
    expect(readAnswer(Buffer.concat([refused, message('Z', 'E')]))).toEqual({
      inTransaction: true,
      rows: [],
      affected: 0,
      command: null,
      parsed: false,
      error: { message: 'doppelt', code: '23505', severity: 'ERROR', constraint: 'message_pkey' },
    })
  })

  it('that the server never finished has no command', () => {
    expect(readAnswer(Buffer.concat([message('1'), message('2'), message('Z', 'I')])).command).toBeNull()
    expect(readAnswer(Buffer.alloc(0)).command).toBeNull()
  })
})

describe('statements that the server knows', () => {
  it('are parsed once, and forgotten when they were not used for longest', () => {
    const statements = createStatements(2)
    const run = (text: string): boolean => {
      const { name, parse } = statements.get(text)
      if (parse) statements.keep(text, name)
      return parse
    }
    expect(['a', 'b', 'a', 'c', 'a', 'b'].map(run)).toEqual([true, true, false, true, false, true])
    expect(statements.closing()).toEqual(['s2', 's3'])
    expect(statements.closing()).toEqual([])
  })

  it('are all parsed anew, under other names, when tables may have changed', () => {
    const statements = createStatements()
    const first = statements.get('a')
    statements.keep('a', first.name)
    statements.forgetAll()
    expect(statements.get('a')).toEqual({ name: 's2', parse: true })
    expect(statements.closing()).toEqual([first.name])
  })

  it('that were refused are parsed again', () => {
    const statements = createStatements()
    statements.get('a')
    expect(statements.get('a').parse).toBe(true)
  })
})
