import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { createOriginals } from '../../electron/store/originals.ts'
import type { RawFacts } from '../../electron/store/raw.ts'
import { createRawFiles, packRaw, unpackRaw, unpackRawAsync } from '../../electron/store/raw-files.ts'
import { accountId, messageId } from '../../shared/ids.ts'
import { collect } from '../support/collect.ts'

const home = mkdtempSync(join(tmpdir(), 'mailtide-raw-'))
afterAll(() => rmSync(home, { recursive: true, force: true }))

const ada = accountId('11111111-aaaa')
const factsOf = (id: string, more: Partial<RawFacts> = {}): RawFacts => ({
  id: messageId(id),
  thread_id: '18c',
  history_id: '184467440737095516160',
  internal_date: 1_700_000_000_123,
  label_ids: ['INBOX', 'Label_1'],
  snippet: 'Grüße 😀 &amp;',
  ...more,
})
const mail = Buffer.from('Subject: hi\r\n\r\nÿ\0 raw bytes')

describe('a packed original', () => {
  it('gives back any bytes and facts exactly', async () => {
    const facts = fc.record({
      id: fc.string().map(messageId),
      thread_id: fc.string(),
      history_id: fc.bigInt().map(String),
      internal_date: fc.integer(),
      label_ids: fc.array(fc.string({ unit: 'binary' })),
      snippet: fc.string({ unit: 'binary' }),
    })
    await fc.assert(
      fc.asyncProperty(facts, fc.uint8Array({ maxLength: 5000 }), async (some, bytes) => {
        const packed = packRaw(some, bytes)
        const entry = unpackRaw(packed)
        expect(entry.facts).toEqual(JSON.parse(JSON.stringify(some)))
        expect(Buffer.compare(entry.bytes, bytes)).toBe(0)
        expect(await unpackRawAsync(packed)).toEqual(entry)
        expect(Buffer.compare(gunzipSync(packed), bytes)).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  it('keeps facts too long for the header of a gzip file', () => {
    const facts = factsOf('1a', { label_ids: Array.from({ length: 9_000 }, (_, i) => `Label_${i}`) })
    const packed = packRaw(facts, mail)
    expect(unpackRaw(packed).facts).toEqual(facts)
    expect(Buffer.compare(gunzipSync(packed), mail)).toBe(0)
  })

  it('is opened by gunzip and Python', () => {
    const path = join(home, 'x.gz')
    writeFileSync(path, packRaw(factsOf('1a'), mail))
    expect(Buffer.compare(execFileSync('gunzip', ['-c', path]), mail)).toBe(0)
  })

  it('tells every damaged bit of the mail or its facts, and every cut', () => {
    const packed = packRaw(factsOf('1a'), mail)
    // Ten bytes of gzip header (time, speed, system) carry nothing of ours beyond the first four
    const meaningful = fc.integer({ min: 0, max: packed.length * 8 - 1 }).filter((bit) => bit < 32 || bit >= 80)
    fc.assert(
      fc.property(meaningful, (bit) => {
        const broken = Uint8Array.from(packed)
        broken[bit >> 3] = (broken[bit >> 3] ?? 0) ^ (1 << (bit & 7))
        let entry: unknown
        try {
          entry = unpackRaw(broken)
        } catch (error) {
          expect(error).toMatchObject({ code: 'store', message: expect.stringContaining('damaged') })
          return
        }
        // Bits that deflate does not use
        expect(entry).toEqual(unpackRaw(packed))
      }),
    )
    for (let length = 0; length < packed.length; length++) {
      expect(() => unpackRaw(packed.subarray(0, length))).toThrow('damaged')
    }
  })
})

describe('the folder of originals', () => {
  let dir: string
  let raw: ReturnType<typeof createRawFiles>
  beforeEach(() => {
    dir = mkdtempSync(join(home, 'folder-'))
    raw = createRawFiles(join(dir, 'raw'))
  })
  const ids = async () => (await collect(raw.list(ada))).sort()

  it('is empty before the first write', async () => {
    expect(await raw.accounts()).toEqual([])
    expect(await ids()).toEqual([])
    expect(await raw.get(ada, messageId('1'))).toBeNull()
    expect(await raw.has(ada, messageId('1'))).toBe(false)
    expect(await raw.sizeBytes()).toBe(0)
    await raw.remove(ada, [messageId('1')])
    await raw.removeAccount(ada)
    await raw.flush()
  })

  it('neither writes, misses nor removes anything in a folder that is not marked as its own, where it must be', async () => {
    const marked = createRawFiles(join(dir, 'raw'), { marked: true })
    const away = { code: 'originals_away', remedy: expect.stringContaining('drive') }
    const [id, other] = [messageId('01'), messageId('02')]
    await expect(marked.putMany(ada, [{ facts: factsOf('01'), bytes: mail }])).rejects.toMatchObject(away)
    await expect(marked.putAccount({ id: ada, email: 'a@example.com', created_at: '2026' })).rejects.toMatchObject(away)
    expect(existsSync(join(dir, 'raw'))).toBe(false)
    const place = createOriginals(join(dir, 'raw'), { query: async () => ({ rows: [], affected: 0 }) }, raw)
    await place.ensure()
    await marked.write(ada, factsOf('01'), mail)
    renameSync(join(dir, 'raw'), join(dir, 'away'))
    // It was on its way when the drive went.
    await expect(marked.flush()).rejects.toMatchObject(away)
    await expect(marked.get(ada, id)).rejects.toMatchObject(away)
    await expect(marked.present(ada, [id])).rejects.toMatchObject(away)
    await expect(marked.hasAccount(ada)).rejects.toMatchObject(away)
    await expect(marked.remove(ada, [id])).rejects.toMatchObject(away)
    await expect(marked.removeAccount(ada)).rejects.toMatchObject(away)
    expect(existsSync(join(dir, 'raw'))).toBe(false)
    renameSync(join(dir, 'away'), join(dir, 'raw'))
    await marked.putMany(ada, [{ facts: factsOf('01'), bytes: mail }])
    expect(await marked.has(ada, id)).toBe(true)
    expect(await marked.get(ada, other)).toBeNull()
  })

  it('keeps a mail where its account and id say, for its owner alone', async () => {
    await raw.putMany(ada, [{ facts: factsOf('18c0ffee00ab'), bytes: mail }])
    const path = join(dir, 'raw', ada, 'ab', '18c0ffee00ab.eml.gz')
    expect(Buffer.compare(gunzipSync(readFileSync(path)), mail)).toBe(0)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(join(dir, 'raw', ada)).mode & 0o777).toBe(0o700)
    expect(await raw.get(ada, messageId('18c0ffee00ab'))).toEqual({ facts: factsOf('18c0ffee00ab'), bytes: mail })
    expect(await raw.sizeBytes()).toBe(statSync(path).size)
  })

  it('names accounts, and says which account file is missing or damaged', async () => {
    const account = { id: ada, email: 'ada@example.com', created_at: '2026-01-01T00:00:00Z' }
    await raw.putAccount(account)
    await raw.putAccount({ ...account, email: 'ada@new.example' })
    expect(await raw.accounts()).toEqual([{ ...account, email: 'ada@new.example' }])
    mkdirSync(join(dir, 'raw', 'other'))
    await expect(raw.accounts()).rejects.toMatchObject({ code: 'store', message: expect.stringContaining('other') })
  })

  it('keeps apart, below the folder, and gives back any id there may be', async () => {
    const odd = ['AB', 'ab', 'Ab', '../../etc/passwd', 'a/b', 'con', 'é😀', '%41', '.', '..', 'a b', 'x:y', 'dm-2']
    await raw.putMany(
      ada,
      odd.map((id) => ({ facts: factsOf(id), bytes: Buffer.from(id) })),
    )
    expect(await ids()).toEqual(odd.map(messageId).sort())
    for (const id of odd) expect((await raw.get(ada, messageId(id)))?.bytes).toEqual(Buffer.from(id))
    const names = readdirSync(join(dir, 'raw', ada), { recursive: true }).map(String)
    expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(names.length)
    expect(readdirSync(dir)).toEqual(['raw'])
    await expect(raw.write(accountId('../x'), factsOf('1'), mail)).rejects.toMatchObject({ code: 'bug' })
  })

  it('replaces an original by a newer copy of it, and removes what it is told to', async () => {
    await raw.putMany(
      ada,
      ['01', '02', '03'].map((id) => ({ facts: factsOf(id), bytes: mail })),
    )
    await raw.putMany(ada, [{ facts: factsOf('02', { history_id: '9' }), bytes: mail }])
    expect((await raw.get(ada, messageId('02')))?.facts.history_id).toBe('9')
    await raw.remove(ada, [messageId('01'), messageId('never')])
    expect(await ids()).toEqual(['02', '03'])
    await raw.removeAccount(ada)
    expect(await ids()).toEqual([])
    await raw.putMany(ada, [{ facts: factsOf('04'), bytes: mail }]) // its folders are made anew
    expect(await ids()).toEqual(['04'])
  })

  it('is removed a part at a time, so that a stop need not wait for the mailbox of a million; the next try goes on', async () => {
    const account = { id: ada, email: 'ada@example.com', created_at: '2026-01-01T00:00:00Z' }
    await raw.putAccount(account)
    await raw.putMany(
      ada,
      ['01', '02'].map((id) => ({ facts: factsOf(id), bytes: mail })),
    )
    await expect(raw.removeAccount(ada, AbortSignal.abort())).rejects.toMatchObject({ name: 'AbortError' })
    // Whose they are is still known.
    expect(await raw.accounts()).toEqual([account])
    await raw.removeAccount(ada, new AbortController().signal)
    expect(readdirSync(join(dir, 'raw')).filter((name) => !name.startsWith('.'))).toEqual([])
  })

  it('names the file that is damaged', async () => {
    await raw.putMany(ada, [{ facts: factsOf('0a'), bytes: mail }])
    const path = join(dir, 'raw', ada, '0a', '0a.eml.gz')
    truncateSync(path, 30)
    await expect(raw.get(ada, messageId('0a'))).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining(path),
    })
    expect(await raw.has(ada, messageId('0a'))).toBe(true)
  })

  it('cleans up what a process that died left half written, but not what another is writing', async () => {
    const temp = join(dir, 'raw', '.unfinished')
    mkdirSync(temp, { recursive: true })
    writeFileSync(join(temp, 'old'), 'x')
    utimesSync(join(temp, 'old'), new Date(0), new Date(0))
    writeFileSync(join(temp, 'young'), 'x')
    await raw.putMany(ada, [{ facts: factsOf('0a'), bytes: mail }])
    expect(readdirSync(temp)).toEqual(['young'])
    expect(await raw.accounts().catch(() => 'refused')).toBe('refused') // the account has no account.json yet; `.unfinished` is none
  })

  it('says that the folder cannot be written', async () => {
    writeFileSync(join(dir, 'raw'), 'a file stands here')
    await expect(raw.putMany(ada, [{ facts: factsOf('0a'), bytes: mail }])).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining('raw'),
    })
  })

  it('takes a thousand writes at once', async () => {
    const all = Array.from({ length: 1000 }, (_, i) => i.toString(16).padStart(4, '0'))
    await Promise.all(all.map((id) => raw.write(ada, factsOf(id), mail)))
    await raw.flush()
    expect(await ids()).toEqual(all)
  })
})
