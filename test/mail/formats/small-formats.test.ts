import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { looksLikeMail, readEml, readEmlx, writeEml } from '../../../electron/mail/formats/eml.ts'
import { labelsOf, readMaildirName, writeMaildirName } from '../../../electron/mail/formats/maildir.ts'
import { readTakeoutFields, splitLabels, takeoutId } from '../../../electron/mail/formats/takeout.ts'

describe('eml', () => {
  it('gives the bytes exactly as they come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(Buffer.compare(await readEml(writeEml(bytes)), bytes)).toBe(0)
      }),
    )
  })

  it('refuses a file beyond the limit', async () => {
    const endless = async function* () {
      for (;;) yield new Uint8Array(1_000)
    }
    await expect(readEml(endless(), 10_000)).rejects.toMatchObject({ code: 'bad_input' })
  })

  it('reads the mail out of an emlx', () => {
    expect(Buffer.from(readEmlx(Buffer.from('9     \nA: b\n\nxyz<?xml ...')) ?? []).toString()).toBe('A: b\n\nxyz')
    expect(readEmlx(Buffer.from('Subject: 9\n\nx'))).toBeNull()
    expect(readEmlx(Buffer.from('999\nshort'))).toBeNull()
  })

  it.each([
    ['Subject: x\r\n\r\ntext', true],
    ['From a@b Thu Aug  4 14:46:24 2011\nFrom: a@b\n\ntext', true],
    ['X-Mailer : x\nReceived: by y\n\n', true],
    ['\n\nReceived: by y\n\n', false],
    ['', false],
    ['Dear all: this is a note\n', false],
    ['{"from": "x"}', false],
    ['<html><body>From: x</body></html>', false],
    ['key: value\nother: thing\n', false],
  ])('tells whether %j is a mail', (text, expected) => {
    expect(looksLikeMail(Buffer.from(text))).toBe(expected)
  })
})

describe('maildir', () => {
  it('reads what it writes', () => {
    const flags = fc.record({
      draft: fc.boolean(),
      flagged: fc.boolean(),
      replied: fc.boolean(),
      seen: fc.boolean(),
      trashed: fc.boolean(),
    })
    fc.assert(
      fc.property(flags, (given) => {
        expect(readMaildirName(writeMaildirName('1.a.host', given))).toEqual(given)
      }),
    )
    expect(writeMaildirName('1.a/b:c', { seen: true, draft: true })).toBe('1.a_b_c:2,DS')
  })

  it('reads names of systems that have no colon, and names without flags', () => {
    expect(readMaildirName('1.a.host;2,S').seen).toBe(true)
    expect(readMaildirName('1.a.host').seen).toBe(false)
  })

  it('means labels', () => {
    expect(labelsOf(readMaildirName('x:2,'), true)).toEqual(['INBOX', 'UNREAD'])
    expect(labelsOf(readMaildirName('x:2,FS'), false)).toEqual(['STARRED'])
    expect(labelsOf(readMaildirName('x:2,D'), true)).toEqual(['DRAFT'])
    expect(labelsOf(readMaildirName('x:2,ST'), true)).toEqual(['TRASH'])
  })
})

describe('takeout', () => {
  it('turns the decimal id into the API’s', () => {
    expect(takeoutId('1376223687785267735@xxx')).toBe('1319542709eb4217')
    expect(takeoutId('a@example.test')).toBeNull()
  })

  it('splits labels at commas outside quotes', () => {
    expect(splitLabels('Inbox, Opened,"a, b","say \\"x\\"",,Work/Old')).toEqual([
      'Inbox',
      'Opened',
      'a, b',
      'say "x"',
      'Work/Old',
    ])
    expect(splitLabels('')).toEqual([])
  })

  it('decodes folded encoded words and leaves the rest of the mail as it is', () => {
    const mail =
      'X-GM-THRID: 16\nX-Gmail-Labels: =?UTF-8?Q?R=C3=A4?=\n =?UTF-8?Q?der,Inbox?=\nSubject: x\n\nX-GM-THRID: 17\n'
    const { bytes, threadId, labels } = readTakeoutFields(Buffer.from(mail))
    expect([threadId, labels]).toEqual(['10', ['Räder', 'Inbox']])
    expect(Buffer.from(bytes).toString()).toBe('Subject: x\n\nX-GM-THRID: 17\n')
  })

  it('leaves a mail without those fields alone', () => {
    const mail = Buffer.from('Subject: x\n\ntext\n')
    expect(readTakeoutFields(mail)).toEqual({ bytes: mail })
  })
})
