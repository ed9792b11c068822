import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { columnsOf } from '../../electron/store/message-row.ts'
import { createRawFiles, unpackRaw } from '../../electron/store/raw-files.ts'
import type { MailWorker } from '../../electron/sync/deps.ts'
import { startMailWorker } from '../../electron/sync/mail-worker-client.ts'
import { accountId, messageId } from '../../shared/ids.ts'
import { silentLog } from '../support/silent-log.ts'

const ada = accountId('ada')
const id = messageId('19a0000000000001')
const folders: string[] = []
let worker: MailWorker
afterEach(async () => {
  await worker.close()
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

async function rawFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-worker-'))
  folders.push(folder)
  return folder
}

const answer = (raw: Uint8Array, of = id): Uint8Array =>
  Buffer.from(
    JSON.stringify({
      id: of,
      threadId: of,
      labelIds: ['INBOX'],
      snippet: 'Fish &amp; chips',
      sizeEstimate: raw.length,
      raw: Buffer.from(raw).toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
      historyId: '18446744073709551615',
      internalDate: '1767225600000',
    }),
  )

const mail = Buffer.from('From: "Ada" <ada@example.org>\r\nSubject: =?utf-8?Q?Caf=C3=A9?=\r\n\r\nText \0 here\r\n')

describe('the mail worker', () => {
  it('writes the exact original and gives the row that the store takes', async () => {
    const folder = await rawFolder()
    worker = startMailWorker({ rawFolder: folder, log: silentLog })
    const { message, packed } = await worker.prepare(ada, id, answer(mail))
    await worker.flush()
    expect(packed).toBeNull()
    expect(message).toMatchObject({ id, history_id: 18446744073709551615n, label_ids: ['INBOX'] })
    expect(columnsOf(message)).toMatchObject({
      id,
      subject: 'Café',
      from_address: 'ada@example.org',
      snippet: 'Fish & chips',
      size_bytes: mail.length,
      sha256: `\\x${createHash('sha256').update(mail).digest('hex')}`,
      body_text: expect.not.stringContaining('\0'),
    })
    const entry = await createRawFiles(folder).get(ada, id)
    expect(Buffer.compare(entry?.bytes ?? Buffer.alloc(0), mail)).toBe(0)
    expect(entry?.facts).toMatchObject({ label_ids: ['INBOX'], history_id: '18446744073709551615' })
  })

  it('packs the original when it goes into Postgres, and reads it again from there', async () => {
    worker = startMailWorker({ rawFolder: null, log: silentLog })
    const { packed, message } = await worker.prepare(ada, id, answer(mail))
    if (packed === null) throw new Error('Nothing was packed')
    expect(Buffer.compare(unpackRaw(packed).bytes, mail)).toBe(0)
    expect((await worker.reread(ada, id, packed))?.message).toEqual(message)
  })

  it('refuses a damaged answer, so that it is fetched again', async () => {
    worker = startMailWorker({ rawFolder: await rawFolder(), log: silentLog })
    await expect(worker.prepare(ada, id, Buffer.from('{"id":"19a0"'))).rejects.toMatchObject({ code: 'bad_answer' })
    await expect(worker.prepare(ada, messageId('other'), answer(mail))).rejects.toMatchObject({ code: 'bad_answer' })
  })

  it('is replaced when reading takes too long; the mail is then kept unread, whole, and listed', async () => {
    const folder = await rawFolder()
    // Large enough to be read for longer than the watchdog allows here.
    const slow = Buffer.concat([
      Buffer.from('Subject: slow\r\nContent-Type: text/html\r\n\r\n'),
      Buffer.from('<p>a&amp;b '.repeat(450_000)),
    ])
    worker = startMailWorker({ rawFolder: folder, log: silentLog, watchdogMs: 1 })
    const first = await worker.prepare(ada, id, answer(slow)).catch((error: unknown) => error)
    expect(first).toMatchObject({ code: 'bad_answer' })
    const second = await worker.prepare(ada, id, answer(slow))
    await worker.flush()
    expect(columnsOf(second.message)).toMatchObject({ faults: ['parse_timeout'], subject: '', size_bytes: slow.length })
    const entry = await createRawFiles(folder).get(ada, id)
    expect(entry?.bytes.length).toBe(slow.length)
  })

  it('that cannot start is started for what is asked of it alone, not over and over', async () => {
    const threads = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length
    const before = threads()
    // Where originals would go is no path: the thread fails before it takes anything.
    worker = startMailWorker({ rawFolder: 5 as unknown as string, log: silentLog })
    for (let time = 0; time < 2; time++)
      await expect(worker.prepare(ada, id, answer(mail))).rejects.toMatchObject({ code: 'bad_answer' })
    await expect.poll(threads).toBe(before)
  })

  it('says which generation its flush made durable: a later one when it was replaced', async () => {
    const slow = Buffer.concat([
      Buffer.from('Content-Type: text/html\r\n\r\n'),
      Buffer.from('<p>a&amp;b '.repeat(450_000)),
    ])
    worker = startMailWorker({ rawFolder: await rawFolder(), log: silentLog, watchdogMs: 1 })
    const before = await worker.flush()
    await worker.prepare(ada, id, answer(slow)).catch(() => undefined)
    expect(await worker.flush()).toBeGreaterThan(before)
  })

  it('vouches for no account’s mail after a flush that failed, whoever asked for it', async () => {
    const folder = await rawFolder()
    const bob = accountId('bob')
    writeFileSync(join(folder, 'bob'), 'a file where his folder is to be')
    worker = startMailWorker({ rawFolder: folder, log: silentLog })
    const his = await worker.prepare(bob, id, answer(mail))
    // Hers is the flush that meets it; his own comes later and finds nothing left to do.
    await worker.prepare(ada, id, answer(mail))
    await expect(worker.flush()).rejects.toMatchObject({ code: 'store' })
    expect(await worker.flush()).not.toBe(his.generation)

    await worker.prepare(bob, id, answer(mail))
    await expect(worker.flush()).rejects.toMatchObject({ code: 'store' })
    await rm(join(folder, 'bob'))
    const again = await worker.prepare(bob, id, answer(mail))
    expect(await worker.flush()).toBe(again.generation)
    expect((await createRawFiles(folder).get(bob, id))?.bytes.length).toBe(mail.length)
  })

  it('makes files durable without waiting for mails that came meanwhile', async () => {
    worker = startMailWorker({ rawFolder: await rawFolder(), log: silentLog })
    const idOf = (n: number) => messageId(`19a00000000${n.toString(16).padStart(5, '0')}`)
    const prepare = (n: number, raw: Uint8Array) => worker.prepare(ada, idOf(n), answer(raw, idOf(n)))
    await Promise.all(Array.from({ length: 50 }, (_, n) => prepare(n, mail)))
    const long = Buffer.concat([
      Buffer.from('Content-Type: text/html\r\n\r\n'),
      Buffer.from('<p>a&amp;b '.repeat(20_000)),
    ])
    let read = 0
    const mails = Array.from({ length: 200 }, (_, n) => prepare(50 + n, long).then(() => read++))
    await worker.flush()
    expect(read).toBeLessThan(mails.length)
    await Promise.all(mails)
  })
})
