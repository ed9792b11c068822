import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ensureApiToken, readApiToken } from '../../electron/platform/api-token.ts'
import { createTokenStore } from '../../electron/platform/credentials.ts'
import { createLogging } from '../../electron/platform/log.ts'
import { headlessBox, passphraseBox, plainBox } from '../../electron/platform/secret-boxes.ts'
import type { Credential } from '../../electron/ports.ts'
import { accountId } from '../../shared/ids.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { tempFolder } from './temp-home.ts'

const ada = accountId('ada1')
const credential: Credential = {
  client_id: 'id.apps.googleusercontent.com',
  client_secret: 'GOCSPX-secret',
  refresh_token: '1//0refresh',
  scopes: ['https://www.googleapis.com/auth/gmail.readonly'],
}
/** Weak enough for tests. */
const cheap = { N: 2, r: 8, p: 1, maxmem: 1_000_000 }

async function setUp(box = plainBox) {
  const folder = await tempFolder()
  const lines: string[] = []
  const clock = createFakeClock()
  const { log } = createLogging({
    level: 'info',
    format: 'text',
    file: null,
    console: (l) => lines.push(l),
    maxBytes: 1,
    files: 1,
    clock,
  })
  return { folder, lines, log, tokens: createTokenStore(folder, box, log), path: join(folder, 'ada1.json') }
}

it('gives back what was kept, in a file for its owner alone', async () => {
  const { tokens, path, folder } = await setUp()
  const full = { ...credential, access_token: 'ya29.x', access_token_expires_at: '2026-01-01T00:00:00Z' }
  await tokens.write(ada, credential)
  await tokens.write(ada, full)
  expect(await tokens.read(ada)).toEqual(full)
  expect(await readdir(folder)).toEqual(['ada1.json'])
  if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  await tokens.remove(ada)
  await tokens.remove(ada)
  await expect(tokens.read(ada)).rejects.toMatchObject({ code: 'needs_reauth' })
})

it('opens with its passphrase again after there was once no memory to make the key with', async () => {
  const sealed = await passphraseBox('words', cheap).seal('token')
  const memory = { ...cheap, maxmem: 1 }
  const box = passphraseBox('words', memory)
  await expect(box.open(sealed)).rejects.toThrow()
  memory.maxmem = cheap.maxmem
  expect(await box.open(sealed)).toBe('token')
})

it("gives back a service account's key as it was kept", async () => {
  const { tokens } = await setUp(passphraseBox('words', cheap))
  const key: Credential = {
    type: 'service_account',
    client_id: '1122',
    client_email: 'reader@project.iam.gserviceaccount.com',
    private_key_id: 'k1',
    private_key: '-----BEGIN PRIVATE KEY-----',
    subject: 'ada@example.com',
    scopes: ['https://www.googleapis.com/auth/gmail.readonly'],
    access_token: 'ya29.x',
  }
  await tokens.write(ada, key)
  expect(await tokens.read(ada)).toEqual(key)
})

it('keeps the last of two writes made at once', async () => {
  const { tokens } = await setUp()
  await Promise.all(['a', 'b', 'c'].map((access_token) => tokens.write(ada, { ...credential, access_token })))
  expect((await tokens.read(ada)).access_token).toBe('c')
})

it('warns once that tokens lie open, and not when they are sealed', async () => {
  const open = await setUp()
  await open.tokens.write(ada, credential)
  await open.tokens.write(ada, credential)
  expect(open.lines.filter((line) => line.includes('unencrypted'))).toHaveLength(1)
  const sealed = await setUp(passphraseBox('p', cheap))
  await sealed.tokens.write(ada, credential)
  expect(sealed.lines).toEqual([])
  expect(await readFile(sealed.path, 'utf8')).not.toContain('refresh')
})

it('never touches what another host sealed, and says who can open it', async () => {
  const { folder, log, path, tokens } = await setUp(passphraseBox('p', cheap))
  await tokens.write(ada, credential)
  const before = await readFile(path, 'utf8')
  for (const other of [plainBox, passphraseBox('q', cheap)]) {
    const error = await createTokenStore(folder, other, log)
      .read(ada)
      .catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'sealed_elsewhere', remedy: expect.stringContaining('MAILTIDE_PASSPHRASE') })
  }
  expect(await readFile(path, 'utf8')).toBe(before)
  expect(await tokens.read(ada)).toEqual(credential)
})

it.each([
  '',
  '{"version":1,"box":"pla',
  '[]',
  '{"version":1,"box":"plain","sealed":"{}"}',
  '{"version":1,"box":"plain","sealed":"no"}',
])('asks to sign in again when the file holds only %j, naming the account and keeping the file', async (text) => {
  const { tokens, path } = await setUp()
  await writeFile(path, text, { mode: 0o600 })
  await expect(tokens.read(ada)).rejects.toMatchObject({
    code: 'needs_reauth',
    message: expect.stringContaining('ada1'),
  })
  expect(await readFile(path, 'utf8')).toBe(text)
})

it.runIf(process.platform !== 'win32')('closes a credential file that others can read, and says so', async () => {
  const { tokens, path, lines } = await setUp()
  await tokens.write(ada, credential)
  await chmod(path, 0o644)
  await tokens.read(ada)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(lines.some((line) => line.includes('readable by others'))).toBe(true)
})

it.each(['../x', 'a/b', '', '.hidden', 'a\\b'])(
  'refuses the account id %j, which could leave the folder',
  async (id) => {
    const { tokens } = await setUp()
    await expect(tokens.read(accountId(id))).rejects.toMatchObject({ code: 'bad_input' })
  },
)

describe('a passphrase box', () => {
  it('opens what it sealed, and nothing that was changed', async () => {
    const box = passphraseBox('correct horse', cheap)
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.nat(), async (text, at) => {
        const sealed = await box.seal(text)
        expect(await passphraseBox('correct horse', cheap).open(sealed)).toBe(text)
        const n = at % sealed.length
        const changed = `${sealed.slice(0, n)}${sealed[n] === 'A' ? 'B' : 'A'}${sealed.slice(n + 1)}`
        const opened = await box.open(changed).catch((error: unknown) => error)
        // The last character of a base64url part can hold bits that mean nothing.
        expect([text, expect.objectContaining({ code: 'sealed_elsewhere' })]).toContainEqual(opened)
      }),
      { numRuns: 100 },
    )
  })

  it('is made of the environment: a file first, then the variable, else no sealing', async () => {
    const file = join(await tempFolder(), 'passphrase')
    await writeFile(file, 'from the file\n')
    const fromFile = await headlessBox({ MAILTIDE_PASSPHRASE_FILE: file, MAILTIDE_PASSPHRASE: 'other' })
    expect(await passphraseBox('from the file').open(await fromFile.seal('x'))).toBe('x')
    expect((await headlessBox({ MAILTIDE_PASSPHRASE: 'p' })).kind).toBe('passphrase')
    expect((await headlessBox({})).kind).toBe('plain')
  })

  it('says so when the passphrase file is empty or missing', async () => {
    const file = join(await tempFolder(), 'passphrase')
    await expect(headlessBox({ MAILTIDE_PASSPHRASE_FILE: file })).rejects.toMatchObject({ code: 'bad_settings' })
    await writeFile(file, '\n')
    await expect(headlessBox({ MAILTIDE_PASSPHRASE_FILE: file })).rejects.toMatchObject({ code: 'bad_settings' })
  })

  it.runIf(process.platform !== 'win32')('says so when the passphrase file is a folder, or endless', async () => {
    const error = async (file: string): Promise<unknown> =>
      headlessBox({ MAILTIDE_PASSPHRASE_FILE: file }).catch((thrown: unknown) => thrown)
    const folder = await tempFolder()
    expect(await error(folder)).toMatchObject({
      code: 'bad_settings',
      message: `The passphrase file ${folder} cannot be read`,
    })
    expect(await error('/dev/zero')).toMatchObject({
      code: 'bad_settings',
      message: 'The file /dev/zero is too large to hold a passphrase',
      remedy: expect.stringMatching(/^Write the passphrase alone into it/),
    })
  })

  it('gives the log what it must keep out', async () => {
    const hidden: string[] = []
    await headlessBox({ MAILTIDE_PASSPHRASE: 'correct horse' }, (secret) => hidden.push(secret))
    expect(hidden).toEqual(['correct horse'])
  })
})

describe('the API token', () => {
  it('is made once, long, and for the owner alone', async () => {
    const path = join(await tempFolder(), 'api-token')
    expect(await readApiToken(path)).toBeNull()
    const token = await ensureApiToken(path)
    expect(token).toMatch(/^[\w-]{43}$/)
    await chmod(path, 0o644)
    expect(await ensureApiToken(path)).toBe(token)
    expect(await readApiToken(path)).toBe(token)
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('is made anew when the file holds none', async () => {
    const path = join(await tempFolder(), 'api-token')
    await writeFile(path, '')
    const token = await ensureApiToken(path)
    expect(await readApiToken(path)).toBe(token)
  })
})
