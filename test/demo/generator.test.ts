import fc from 'fast-check'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createGenerator, fillMailbox } from '../../electron/demo/generator.ts'
import { changeKinds, randomChange } from '../../electron/demo/live-changes.ts'
import { createRandom } from '../../electron/demo/random.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { LazyMail } from '../../electron/demo/types.ts'
import { ADA, listAll, simulated } from './simulated.ts'

const generator = (seed: number) => createGenerator({ seed, email: ADA })

describe('the generator', () => {
  it('gives the same mail for the same seed and number, in any order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 50_000 }), (seed, index) => {
        const once = generator(seed).mailAt(index)
        const again = generator(seed)
        again.rawAt(index + 1)
        expect(again.mailAt(index)).toEqual(once)
        expect(Buffer.compare(again.rawAt(index), once.raw)).toBe(0)
      }),
      { numRuns: 40 },
    )
  })

  it('gives other mail for another seed', () => {
    expect(generator(1).rawAt(0)).not.toEqual(generator(2).rawAt(0))
  })

  it('numbers mails from the newest, with ids that are unique and below 2^63', () => {
    const mails = Array.from({ length: 3_000 }, (_, index) => generator(4).envelopeAt(index))
    expect(mails.every((mail, at) => at === 0 || mail.internalDate < (mails[at - 1]?.internalDate ?? 0))).toBe(true)
    expect(mails.every((mail) => mail.internalDate % 1_000 === 0)).toBe(true)
    expect(new Set(mails.map((mail) => mail.id)).size).toBe(3_000)
    expect(mails.every((mail) => /^[0-9a-f]{16}$/.test(mail.id) && BigInt(`0x${mail.id}`) < 1n << 63n)).toBe(true)
  })

  it('makes a realistic mix: median near 14 KB, mean near 40 KB, some big, many languages and charsets', () => {
    const made = generator(1)
    const raws = Array.from({ length: 1_500 }, (_, index) => made.rawAt(index))
    const sizes = raws.map((raw) => raw.length).sort((a, b) => a - b)
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length
    expect(sizes[750]).toBeGreaterThan(10_000)
    expect(sizes[750]).toBeLessThan(18_000)
    expect(mean).toBeGreaterThan(30_000)
    expect(mean).toBeLessThan(60_000)
    expect(sizes.at(-1)).toBeGreaterThan(800_000)
    const all = Buffer.concat(raws.map((raw) => raw.subarray(0, 8_000))).toString('latin1')
    const wanted = [
      'utf-8',
      'iso-8859-1',
      'iso-2022-jp',
      'gbk',
      'koi8-r',
      'message/rfc822',
      'text/calendar',
      'application/pdf',
      'image/png',
    ]
    for (const text of wanted) expect(all.toLowerCase()).toContain(text)
    expect(raws.filter((raw) => Buffer.from(raw.subarray(0, 4_000)).some((byte) => byte > 127)).length).toBeGreaterThan(
      5,
    )
  })

  it('has all kinds of labels and threads of several mails', () => {
    const mails = Array.from({ length: 2_000 }, (_, index) => generator(1).envelopeAt(index))
    const count = (label: string) => mails.filter((mail) => mail.labelIds.includes(label)).length
    for (const label of [
      'INBOX',
      'SENT',
      'DRAFT',
      'SPAM',
      'TRASH',
      'UNREAD',
      'STARRED',
      'IMPORTANT',
      'CATEGORY_PROMOTIONS',
    ])
      expect(count(label), label).toBeGreaterThan(5)
    expect(mails.filter((mail) => mail.labelIds.length + mail.labelNames.length === 0).length).toBeGreaterThan(50)
    const threads = new Set(mails.map((mail) => mail.threadId)).size
    expect(threads).toBeGreaterThan(800)
    expect(threads).toBeLessThan(1_500)
  })
})

describe('a filled mailbox', () => {
  it('holds the mails of the generator, byte for byte', async () => {
    const { client, mailbox } = await simulated()
    fillMailbox(mailbox, { count: 25, seed: 9 })
    const made = generator(9)
    expect((await listAll(client, { includeSpamTrash: true })).flat()).toEqual(
      Array.from({ length: 25 }, (_, index) => made.envelopeAt(index).id),
    )
    for (const index of [0, 7, 24]) {
      const { data } = await client.users.messages.get({ userId: 'me', id: made.envelopeAt(index).id, format: 'raw' })
      expect(Buffer.compare(Buffer.from(data.raw ?? '', 'base64url'), made.rawAt(index))).toBe(0)
    }
  })

  it('of 10,000 mails is sorted once, and makes a mail only when somebody asks for it', async () => {
    const { client, mailbox, simulator } = await simulated()
    const sort = vi.spyOn(Array.prototype, 'sort')
    onTestFinished(() => sort.mockRestore())
    const sortsOfAll = () => sort.mock.contexts.filter((sorted) => (sorted as unknown[]).length === 10_000).length
    let made = 0
    const counted = ({ read, ...mail }: LazyMail): LazyMail => ({
      ...mail,
      read: () => {
        made++
        return read()
      },
    })
    const counting = { ...mailbox, load: (mails: Iterable<LazyMail>) => mailbox.load(Array.from(mails, counted)) }
    fillMailbox(counting, { count: 10_000, seed: 1 })
    const sortsToFill = sortsOfAll()
    const pages = await listAll(client, { includeSpamTrash: true })
    expect(new Set(pages.flat()).size).toBe(10_000)
    expect(pages).toHaveLength(20)
    expect([sortsToFill, sortsOfAll(), made]).toEqual([2, 2, 0])
    const ids = pages.flat().slice(0, 400)
    await Promise.all(ids.map((id) => client.users.messages.get({ userId: 'me', id, format: 'raw' })))
    expect(simulator.stats().byMethod['messages.get']).toBe(400)
    expect([sortsOfAll(), made]).toEqual([2, 400])
  })
})

describe('a random change', () => {
  const live = async (seed: number, steps: number) => {
    const simulator = await startSimulator({ timeScale: 0 })
    const mailbox = simulator.addMailbox(ADA)
    fillMailbox(mailbox, { count: 150, seed: 1 })
    const random = createRandom(seed)
    const changes = Array.from({ length: steps }, () => {
      const before = mailbox.historyId()
      const change = randomChange(mailbox, random, 1_800_000_000_000)
      return { ...change, moved: mailbox.historyId() > before }
    })
    await simulator.close()
    return { changes, mailbox }
  }

  it('is of every kind in time, and moves the history id', async () => {
    const { changes } = await live(3, 1_500)
    expect(new Set(changes.map((change) => change.kind))).toEqual(new Set(changeKinds))
    expect(changes.every((change) => change.moved || change.kind.startsWith('label'))).toBe(true)
  })

  it('is the same for the same seed', async () => {
    const kinds = async () => (await live(8, 100)).changes.map((change) => change.kind)
    expect(await kinds()).toEqual(await kinds())
  })

  it('says nothing of what is in the mail', async () => {
    const { changes } = await live(5, 200)
    for (const { id } of changes) expect(id).toMatch(/^([0-9a-f]{1,16}|Label_\d+)$/)
  })
})
