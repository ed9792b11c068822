import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { loadFromPath } from '../../electron/demo/from-path.ts'
import type { SimulatedMailbox } from '../../electron/demo/types.ts'
import { NO_PAPERS, papers } from '../support/papers.ts'
import { simulated } from './simulated.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailtide-from-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
})

const eml = (subject: string, id: string, date: string, more = ''): string =>
  `From: a@example.test\r\nSubject: ${subject}\r\nMessage-ID: <${id}@x>\r\nDate: ${date}\r\n${more}\r\nText\r\n`

const put = async (path: string, content: string | Buffer): Promise<string> => {
  const full = join(folder, path)
  await mkdir(join(full, '..'), { recursive: true })
  await writeFile(full, content)
  return full
}

async function load(path = folder) {
  const { mailbox } = await simulated()
  return { mailbox, report: await loadFromPath(mailbox, path) }
}

const named = (mailbox: SimulatedMailbox, labelIds: readonly string[]): string[] =>
  labelIds.map((id) => mailbox.labels().find((label) => label.id === id)?.name ?? id)

describe('a folder of mails', () => {
  it('is read with its subfolders as labels, by date, exactly', async () => {
    const one = eml('One', '1', 'Tue, 3 Mar 2015 10:00:00 +0100')
    await put('one.eml', one)
    await put('Work/Old/two.EML', eml('Two', '2', 'Wed, 4 Mar 2015 10:00:00 +0100'))
    const { mailbox, report } = await load()
    expect(report).toEqual({ mails: 2, skipped: 0, duplicates: 0, mboxFiles: 0 })
    const [newest, oldest] = mailbox.messages()
    expect(Buffer.from(oldest?.raw ?? []).toString()).toBe(one)
    expect(new Date(oldest?.internalDate ?? 0).toISOString()).toBe('2015-03-03T09:00:00.000Z')
    expect(named(mailbox, newest?.labelIds ?? [])).toEqual(['INBOX', 'Work/Old'])
  })

  it('counts files that are no mail and does not follow links', async () => {
    await put('one.eml', eml('One', '1', 'Tue, 3 Mar 2015 10:00:00 +0100'))
    await put('notes.txt', 'Just some notes: nothing more.\n')
    await put('picture.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2]))
    await put('empty.eml', '')
    await symlink(folder, join(folder, 'circle'))
    expect((await load()).report).toEqual({ mails: 1, skipped: 3, duplicates: 0, mboxFiles: 0 })
  })

  it('puts answers into the thread of what they answer', async () => {
    await put('b.eml', eml('Re: One', '2', 'Wed, 4 Mar 2015 10:00:00 +0100', 'In-Reply-To: <1@x>\r\n'))
    await put('a.eml', eml('One', '1', 'Tue, 3 Mar 2015 10:00:00 +0100'))
    await put('c.eml', eml('Other', '3', 'Thu, 5 Mar 2015 10:00:00 +0100'))
    const { mailbox } = await load()
    const [other, reply, first] = mailbox.messages()
    expect(reply?.threadId).toBe(first?.id)
    expect(other?.threadId).toBe(other?.id)
  })

  it('takes the date of the newest Received line before the Date header, and the file’s where both are nonsense', async () => {
    await put(
      'a.eml',
      `Received: by x; Fri, 6 Mar 2015 10:00:00 +0000 (UTC)\r\n${eml('One', '1', 'Tue, 3 Mar 2015 10:00:00 +0100')}`,
    )
    await put('b.eml', eml('Two', '2', 'Thu, 32 Foo 2199 28:61:00'))
    const { mailbox } = await load()
    const dates = mailbox.messages().map((message) => new Date(message.internalDate).getUTCFullYear())
    expect(dates).toEqual([new Date().getUTCFullYear(), 2015])
  })

  it('reads a Maildir with its flags and folders', async () => {
    const mail = eml('One', '1', 'Tue, 3 Mar 2015 10:00:00 +0100')
    await put('cur/1.a.host:2,FS', mail)
    await put('new/2.b.host', eml('Two', '2', 'Wed, 4 Mar 2015 10:00:00 +0100'))
    await put('tmp/3.c.host', mail)
    await put('.Work.Old/cur/4.d.host:2,S', eml('Three', '3', 'Thu, 5 Mar 2015 10:00:00 +0100'))
    const { mailbox, report } = await load()
    expect(report.mails).toBe(3)
    expect(mailbox.messages().map((message) => named(mailbox, message.labelIds))).toEqual([
      ['Work/Old'],
      ['INBOX', 'UNREAD'],
      ['INBOX', 'STARRED'],
    ])
  })

  it.skipIf(papers('corpus') === null)(
    `of real nasty mails is served as it lies on disk${papers('corpus') === null ? ` (${NO_PAPERS})` : ''}`,
    async () => {
      const { mailbox, report } = await load(papers('corpus') ?? '')
      expect(report.mails).toBeGreaterThan(190)
      const file = join(papers('corpus') ?? '', 'flanker/from-encoding.eml')
      const bytes = await readFile(file)
      expect(mailbox.messages().some((message) => Buffer.compare(message.raw, bytes) === 0)).toBe(true)
    },
  )
})

describe('a Takeout', () => {
  it('keeps Gmail’s ids, threads, labels and states', async () => {
    const path = await put(
      'Takeout/Mail/All mail.mbox',
      [
        'From 1376223687785267735@xxx Thu Aug 04 14:46:24 +0000 2011',
        'X-GM-THRID: 1376223687785267735',
        'X-Gmail-Labels: Inbox,Opened,=?UTF-8?Q?R=C3=A4der?=,"a, b",Category Updates',
        'Subject: one',
        '',
        '>From here',
        '',
        'From 1376223687785267736@xxx Thu Aug 04 15:46:24 +0000 2011',
        'X-GM-THRID: 1376223687785267735',
        'X-Gmail-Labels: Archived,Unread,Starred,Sent',
        'Subject: Re: one',
        '',
        'two',
        '',
        'From 1376223687785267736@xxx Thu Aug 04 15:46:24 +0000 2011',
        'Subject: again',
        '',
        'two',
        '',
        '',
      ].join('\r\n'),
    )
    for (const from of [path, folder]) {
      const { mailbox, report } = await load(from)
      expect(report).toEqual({ mails: 2, skipped: 0, duplicates: 1, mboxFiles: 1 })
      const [newest, oldest] = mailbox.messages()
      expect(oldest?.id).toBe(BigInt('1376223687785267735').toString(16))
      expect(newest?.threadId).toBe(oldest?.id)
      expect(oldest?.internalDate).toBe(Date.UTC(2011, 7, 4, 14, 46, 24))
      expect(named(mailbox, oldest?.labelIds ?? []).slice(0, 4)).toEqual(['INBOX', 'CATEGORY_UPDATES', 'Räder', 'a, b'])
      expect(newest?.labelIds.slice(0, 3)).toEqual(['UNREAD', 'STARRED', 'SENT'])
      expect(Buffer.from(oldest?.raw ?? []).toString()).toBe('Subject: one\r\n\r\nFrom here\r\n')
    }
  })
})

describe('a path that cannot serve', () => {
  it.each([
    ['that does not exist', async () => join(folder, 'nothing'), 'does not exist'],
    ['without mail', async () => join(await put('a/notes.txt', 'notes'), '..'), 'holds no mail (files looked at: 1)'],
    ['to an empty folder', async () => folder, 'holds no mail (files looked at: 0)'],
    ['to a zip archive', async () => put('takeout.zip', Buffer.from('PK\x03\x04rest')), 'is a zip archive'],
  ])('%s is refused in words, with a remedy', async (_, make, words) => {
    const path = await make()
    await expect(load(path)).rejects.toMatchObject({
      code: 'bad_input',
      message: expect.stringContaining(words),
      remedy: expect.stringMatching(/^(Give|Unpack)/),
    })
  })
})
