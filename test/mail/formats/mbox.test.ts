import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type MboxMail, type MboxQuoting, readMbox, writeMbox } from '../../../electron/mail/formats/mbox.ts'

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

/** All that a stream gives. */
async function collected<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

async function read(
  text: string | Buffer,
  options: Parameters<typeof readMbox>[1] = {},
  size = 7,
): Promise<MboxMail[]> {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text
  return collected(readMbox(chunked(bytes, size), options))
}

const texts = async (...args: Parameters<typeof read>): Promise<string[]> =>
  (await read(...args)).map(({ bytes }) => Buffer.from(bytes).toString('latin1'))

const written = async (mails: Parameters<typeof writeMbox>[0], quoting?: MboxQuoting): Promise<Buffer> =>
  Buffer.concat(await collected(writeMbox(mails, quoting)))

const LINE = 'From a@example.test Thu Aug  4 14:46:24 2011'

describe('reading an mbox', () => {
  it('gives each mail without its From line and without the blank line that closes it', async () => {
    expect(await texts(`${LINE}\nSubject: 1\n\none\n\n${LINE}\nSubject: 2\n\ntwo\n\n`)).toEqual([
      'Subject: 1\n\none\n',
      'Subject: 2\n\ntwo\n',
    ])
  })

  it('keeps CRLF line ends', async () => {
    expect(await texts(`${LINE}\r\nSubject: 1\r\n\r\none\r\n\r\n${LINE}\r\nSubject: 2\r\n\r\ntwo\r\n`)).toEqual([
      'Subject: 1\r\n\r\none\r\n',
      'Subject: 2\r\n\r\ntwo\r\n',
    ])
  })

  it('takes off one > before From in mboxrd, only the lone one in mboxo, none in none', async () => {
    const file = `${LINE}\nA: b\n\n>From x\n>>From y\n> From z\nnot >From w\n`
    expect(await texts(file)).toEqual(['A: b\n\nFrom x\n>From y\n> From z\nnot >From w\n'])
    expect(await texts(file, { quoting: 'mboxo' })).toEqual(['A: b\n\nFrom x\n>>From y\n> From z\nnot >From w\n'])
    expect(await texts(file, { quoting: 'none' })).toEqual(['A: b\n\n>From x\n>>From y\n> From z\nnot >From w\n'])
  })

  it('takes a From line in the text for text unless it has a date', async () => {
    expect(await texts(`${LINE}\nA: b\n\nFrom the start\n\nFrom me to you, 10:30\nFrom x at noon\n`)).toHaveLength(1)
    expect(await texts(`${LINE}\nA: b\n\ntext\n${LINE}\nC: d\n\ntext\n`)).toHaveLength(2)
  })

  it('does not believe Content-Length', async () => {
    expect(await texts(`${LINE}\nContent-Length: 9999\n\none\n\n${LINE}\nA: b\n\ntwo\n`)).toHaveLength(2)
  })

  it.each([
    ['From a@b Thu Aug  4 14:46:24 2011', '2011-08-04T14:46:24.000Z'],
    ['From 1376223687785267735@xxx Thu Aug 04 14:46:24 +0000 2011', '2011-08-04T14:46:24.000Z'],
    ['From a@b Thu Aug  4 14:46:24 2011 -0700', '2011-08-04T21:46:24.000Z'],
    ['From a@b Thu Aug  4 14:46:24 CEST 2011', '2011-08-04T14:46:24.000Z'],
    ['From - Thu Aug  4 14:46:24 2011', '2011-08-04T14:46:24.000Z'],
    ['From a@b Thu, 04 Aug 2011 14:46:24 +0000', undefined],
  ])('reads the date of "%s"', async (line, date) => {
    const [mail] = await read(`${line}\nA: b\n\nx\n`)
    expect(mail?.date === undefined ? undefined : new Date(mail.date).toISOString()).toBe(date)
    expect(Buffer.from(mail?.bytes ?? []).toString()).toBe('A: b\n\nx\n')
  })

  it('gives Gmail’s id, thread and labels of a Takeout and takes its two fields off', async () => {
    const [mail] = await read(
      'From 1376223687785267735@xxx Thu Aug 04 14:46:24 +0000 2011\r\nX-GM-THRID: 1376223687785267730\r\nX-Gmail-Labels: Inbox,Work\r\nSubject: 1\r\n\r\none\r\n',
    )
    expect(mail).toMatchObject({ gmailId: '1319542709eb4217', threadId: '1319542709eb4212', labels: ['Inbox', 'Work'] })
    expect(Buffer.from(mail?.bytes ?? []).toString()).toBe('Subject: 1\r\n\r\none\r\n')
  })

  it('says where each mail lies', async () => {
    const file = `\n${LINE}\nA: b\n\none\n\n${LINE}\nC: d\n\ntwo\n`
    const mails = await read(file)
    expect(mails.map(({ range }) => file.slice(range.start, range.end))).toEqual([
      `${LINE}\nA: b\n\none\n\n`,
      `${LINE}\nC: d\n\ntwo\n`,
    ])
  })

  it('gives nothing for an empty file and refuses one that is no mbox', async () => {
    expect(await read('')).toEqual([])
    expect(await read('\r\n\n')).toEqual([])
    await expect(read('Subject: a mail, no mbox\n\ntext\n')).rejects.toMatchObject({ code: 'bad_input' })
  })

  it('refuses a mail beyond the limit instead of filling memory', async () => {
    const endless = async function* () {
      yield Buffer.from(`${LINE}\nA: b\n\n`)
      for (;;) yield Buffer.alloc(100_000, 'x')
    }
    await expect(collected(readMbox(endless(), { maxMailBytes: 1_000_000 }))).rejects.toMatchObject({
      code: 'bad_input',
    })
  })

  it('gives mails as they come, one at a time, from a file of any size', async () => {
    let given = 0
    const many = async function* () {
      for (; given < 20_000; given++) yield Buffer.from(`${LINE}\nSubject: ${given}\n\n${'x'.repeat(300)}\n\n`)
    }
    let seen = 0
    for await (const { bytes } of readMbox(many())) {
      expect(bytes.length).toBeGreaterThan(300)
      expect(given - seen).toBeLessThan(5)
      seen++
    }
    expect(seen).toBe(20_000)
  })
})

describe('writing an mbox and reading it again', () => {
  /** Mail-like bytes with From lines, quotes, blank lines and odd ends in all places. */
  const piece = fc.constantFrom(
    'From ',
    'From a@b Thu Aug  4 14:46:24 2011',
    '>',
    '>From ',
    '\n',
    '\r\n',
    '\r',
    'x',
    ' ',
    '\u00ff',
    '\0',
    '',
  )
  const mail = fc.array(piece, { maxLength: 25 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1'))

  it('gives the same bytes in mboxrd, whatever they are and however the file is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(mail, { maxLength: 5 }), fc.integer({ min: 1, max: 60 }), async (mails, size) => {
        const file = await written(mails.map((bytes) => ({ bytes })))
        const expected = mails.map((bytes) => {
          const text = bytes.toString('latin1')
          return text === '' || text.endsWith('\n') ? text : `${text}\n`
        })
        expect(await texts(file, {}, size)).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  it('cuts any bytes the same way however they come', async () => {
    await fc.assert(
      fc.asyncProperty(mail, fc.integer({ min: 1, max: 30 }), async (bytes, size) => {
        const file = Buffer.concat([Buffer.from(`${LINE}\n`), bytes])
        expect(await read(file, {}, size)).toEqual(await read(file, {}, file.length))
      }),
      { numRuns: 300 },
    )
  })

  it('keeps date and sender', async () => {
    const date = Date.UTC(2020, 1, 29, 23, 5, 9)
    const file = await written([{ bytes: Buffer.from('A: b\n\nx\n'), date, sender: 'ada@example.test' }])
    expect(file.toString().split('\n')[0]).toBe('From ada@example.test Sat Feb 29 23:05:09 2020')
    expect((await read(file))[0]?.date).toBe(date)
  })

  it('quotes only the plain From line in mboxo', async () => {
    const file = await written([{ bytes: Buffer.from('A: b\n\nFrom x\n>From y\n') }], 'mboxo')
    expect(file.toString()).toContain('\n>From x\n>From y\n')
  })
})
