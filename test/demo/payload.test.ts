import type { gmail_v1 } from 'googleapis/build/src/apis/gmail/index.js'
import { simpleParser } from 'mailparser'
import { describe, expect, it } from 'vitest'
import { createGenerator } from '../../electron/demo/generator.ts'
import { refusal, simulated } from './simulated.ts'

type Part = gmail_v1.Schema$MessagePart

const MIXED = Buffer.from(
  [
    'From: =?utf-8?Q?J=C3=B6rg?= <j@example.test>',
    'Subject: =?iso-8859-1?Q?Gr=FC=DFe?=',
    'Content-Type: multipart/mixed; boundary="outer"',
    '',
    'preamble',
    '--outer',
    'Content-Type: multipart/alternative; boundary=inner',
    '',
    '--inner',
    'Content-Type: text/plain; charset=iso-8859-1',
    'Content-Transfer-Encoding: quoted-printable',
    '',
    'Gr=FC=DFe',
    '--inner',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p>Hallo</p>',
    '--inner--',
    '--outer',
    'Content-Type: application/pdf; name="=?utf-8?Q?R=C3=A4der.pdf?="',
    'Content-Disposition: attachment; filename="=?utf-8?Q?R=C3=A4der.pdf?="',
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from('%PDF-1.7 body').toString('base64'),
    '--outer',
    'Content-Type: message/rfc822',
    '',
    'Subject: inside',
    '',
    'inner text',
    '--outer--',
    '',
  ].join('\r\n'),
)

const decoded = (part: Part | undefined): string => Buffer.from(part?.body?.data ?? '', 'base64url').toString()

describe('format=full', () => {
  it('gives the MIME tree in Gmail’s shape, texts in UTF-8, files by attachment id', async () => {
    const { client, mailbox } = await simulated()
    const { id } = mailbox.add({ raw: MIXED })
    const root = (await client.users.messages.get({ userId: 'me', id })).data.payload
    expect(root).toMatchObject({ partId: '', mimeType: 'multipart/mixed', filename: '', body: { size: 0 } })
    expect(Object.keys(root ?? {})).toEqual(['partId', 'mimeType', 'filename', 'headers', 'body', 'parts'])
    expect(root?.headers?.slice(0, 2)).toEqual([
      { name: 'From', value: 'Jörg <j@example.test>' },
      { name: 'Subject', value: 'Grüße' },
    ])
    const [alternative, pdf, nested] = root?.parts ?? []
    expect(alternative?.parts?.map((part) => [part.partId, part.mimeType])).toEqual([
      ['0.0', 'text/plain'],
      ['0.1', 'text/html'],
    ])
    expect(decoded(alternative?.parts?.[0])).toBe('Grüße')
    expect(alternative?.parts?.[0]?.body?.size).toBe(7)
    expect(pdf).toMatchObject({ partId: '1', filename: 'Räder.pdf', body: { size: 13 } })
    expect(pdf?.body?.data).toBeUndefined()
    expect(pdf?.body?.attachmentId?.length).toBeGreaterThan(380)
    expect(nested?.mimeType).toBe('message/rfc822')
    expect(nested?.parts?.[0]).toMatchObject({ partId: '2.0', headers: [{ name: 'Subject', value: 'inside' }] })
  })

  it('gives attachments by ids that change with each get, name only their own mail, and expire', async () => {
    const { client, mailbox, simulator } = await simulated({ timeScale: 0, dials: { accessTokenSeconds: 1e6 } })
    const { id } = mailbox.add({ raw: MIXED })
    const other = mailbox.add({ raw: MIXED })
    const attachmentId = async () =>
      (await client.users.messages.get({ userId: 'me', id })).data.payload?.parts?.[1]?.body?.attachmentId ?? ''
    const [one, two] = [await attachmentId(), await attachmentId()]
    expect(one).not.toBe(two)
    const get = (messageId: string, attachment: string) =>
      client.users.messages.attachments.get({ userId: 'me', messageId, id: attachment })
    for (const each of [one, two]) {
      const { data } = await get(id, each)
      expect(data.size).toBe(13)
      expect(Buffer.from(data.data ?? '', 'base64url').toString()).toBe('%PDF-1.7 body')
    }
    expect((await refusal(get(other.id, one))).body.error.message).toBe('Invalid attachment token')
    simulator.advance(3_600_000)
    expect((await refusal(get(id, one))).status).toBe(400)
  })

  it('agrees with mailparser on subject and files of generated mail', async () => {
    const { client, mailbox } = await simulated()
    const generator = createGenerator({ seed: 11, email: 'ada@example.test' })
    for (let index = 0; index < 60; index++) {
      const raw = generator.rawAt(index)
      if (raw.length > 200_000) continue
      const { id } = mailbox.add({ raw })
      const { payload } = (await client.users.messages.get({ userId: 'me', id })).data
      const parts: Part[] = []
      const walk = (part: Part): void => {
        parts.push(part)
        if (part.mimeType !== 'message/rfc822') for (const child of part.parts ?? []) walk(child)
      }
      walk(payload ?? {})
      const parsed = await simpleParser(Buffer.from(raw))
      const subject = payload?.headers?.find((header) => header.name === 'Subject')?.value ?? ''
      // Raw bytes in a head are read differently by everybody.
      if (
        Buffer.from(raw)
          .toString('latin1')
          .match(/^Subject: [\x20-\x7e\r\n]*$/m)
      )
        expect(subject).toBe(parsed.subject ?? '')
      const names = parts.map((part) => part.filename ?? '').filter((name) => name !== '' && name !== 'forwarded.eml')
      expect(names).toEqual(parsed.attachments.map((file) => file.filename ?? '').filter((name) => name !== ''))
    }
  })
})
