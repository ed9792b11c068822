import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createTokenStore } from '../../electron/platform/credentials.ts'
import { createClientStore } from '../../electron/platform/oauth-clients.ts'
import { passphraseBox, plainBox } from '../../electron/platform/secret-boxes.ts'
import type { Credential } from '../../electron/ports.ts'
import { accountId } from '../../shared/ids.ts'
import { silentLog } from '../support/silent-log.ts'
import { tempFolder } from './temp-home.ts'

const ada = accountId('ada1')
const credential: Credential = {
  client_id: 'id.apps.googleusercontent.com',
  client_secret: 'GOCSPX-secret',
  refresh_token: '1//0refresh',
  scopes: ['https://www.googleapis.com/auth/gmail.readonly'],
}
const client = { client_id: 'ada.apps.googleusercontent.com', client_secret: 'GOCSPX-of-ada', project_id: null }
/** Weak enough for tests. */
const cheap = { N: 2, r: 8, p: 1, maxmem: 1_000_000 }
const onUnix = it.runIf(process.platform !== 'win32')

async function setUp(box = plainBox) {
  const folder = await tempFolder()
  const tokens = createTokenStore(folder, box, silentLog)
  const clients = createClientStore(folder, box, silentLog)
  return { folder, tokens, clients, path: join(folder, 'ada1.json') }
}

/** Does it as a user who may not read what is here; root may read everything. */
async function asAnother<T>(folder: string, work: () => Promise<T>): Promise<T> {
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  else await chmod(folder, 0o000)
  try {
    return await work()
  } finally {
    if (isRoot) process.seteuid?.(0)
    else await chmod(folder, 0o700)
  }
}

const wellFormed = JSON.stringify({ version: 1, box: 'plain', sealed: JSON.stringify(credential) })

/** What can lie where a credential should: each asks for a sign-in at once, however large or silent it is, and is left as it is. */
const strange: readonly (readonly [what: string, make: (path: string, folder: string) => unknown, message: RegExp])[] =
  [
    ['nothing', () => undefined, /^There are no credentials for account ada1$/],
    ['a folder', (path) => mkdir(path), /ada1\.json are damaged$/],
    ['100 MB', (path) => writeFile(path, wellFormed).then(() => truncate(path, 100_000_000)), /are damaged$/],
    ['half a file', (path) => writeFile(path, wellFormed.slice(0, 90)), /are damaged$/],
    ['UTF-16', (path) => writeFile(path, Buffer.from(`\ufeff${wellFormed}`, 'utf16le')), /are damaged$/],
    ['zeros', (path) => writeFile(path, Buffer.alloc(400)), /are damaged$/],
    ['a link to nowhere', (path, folder) => symlink(join(folder, 'gone'), path), /^There are no credentials/],
    ['a link to itself', (path) => symlink(path, path), /are damaged$/],
    ['a link to endless zeros', (path) => symlink('/dev/zero', path), /are damaged$/],
    ['a pipe that nobody writes into', (path) => execFileSync('mkfifo', [path]), /are damaged$/],
    ['a socket', listenAt, /are damaged$/],
  ]

async function listenAt(path: string): Promise<void> {
  const server = createServer()
  onTestFinished(() => void server.close())
  await new Promise<void>((resolve) => server.listen(path, resolve))
}

describe.runIf(process.platform !== 'win32')('where the credentials of an account should be,', () => {
  it.each(strange)('%s asks for a sign-in, which then helps', async (_what, make, message) => {
    const { folder, tokens, clients, path } = await setUp()
    await make(path, folder)
    await expect(tokens.read(ada)).rejects.toMatchObject({
      code: 'needs_reauth',
      message: expect.stringMatching(message),
      remedy: 'Sign in again: mailtide accounts reauth ada1',
    })
    expect((await clients.list()).map((each) => each.client)).toEqual(_what === 'nothing' ? [] : [null])
    if (_what === 'a folder') {
      await expect(tokens.write(ada, credential)).rejects.toMatchObject({
        code: 'disk',
        message: expect.stringContaining(path),
        remedy: expect.stringContaining('move away what is not a file'),
      })
      await rm(path, { recursive: true })
    }
    await tokens.write(ada, credential)
    expect(await tokens.read(ada)).toEqual(credential)
    expect((await stat('/dev/zero')).isCharacterDevice()).toBe(true)
  })
})

it('a byte order mark that an editor put first changes nothing', async () => {
  const { tokens, path } = await setUp()
  await writeFile(path, `\ufeff${wellFormed}`, { mode: 0o600 })
  expect(await tokens.read(ada)).toEqual(credential)
})

it('a file of a newer version is kept, and says which program opens it', async () => {
  const { folder, tokens, clients, path } = await setUp()
  const newer = JSON.stringify({ version: 2, box: 'tpm', sealed: { key: 'x' } })
  await writeFile(path, newer, { mode: 0o600 })
  await writeFile(join(folder, 'work.json'), newer, { mode: 0o600 })
  await expect(tokens.read(ada)).rejects.toMatchObject({
    code: 'sealed_elsewhere',
    message: `The credentials of account ada1 in ${path} were written by a newer version of Mailtide`,
    remedy: 'Install the newest version, or sign in again here',
  })
  await expect(clients.read('work')).rejects.toMatchObject({
    code: 'sealed_elsewhere',
    message: expect.stringContaining('newer version of Mailtide'),
  })
  expect(await readFile(path, 'utf8')).toBe(newer)
})

onUnix('files that may not be read ask nobody for a sign-in: they are read once that is allowed again', async () => {
  const { folder, tokens, clients } = await setUp()
  await tokens.write(ada, credential)
  await clients.write('work', client)
  const [credentials, kept] = await asAnother(folder, () =>
    Promise.allSettled([tokens.read(ada), clients.read('work')]),
  )
  expect(credentials).toMatchObject({
    reason: {
      code: 'disk',
      remedy: 'Give your user permission to read that file; the sync then continues automatically',
    },
  })
  expect(kept).toMatchObject({
    reason: { code: 'bad_token_file', remedy: expect.stringMatching(/^Give your user permission to read that file/) },
  })
  expect(await tokens.read(ada)).toEqual(credential)
  expect(await clients.read('work')).toEqual(client)
})

onUnix('a folder that may not be written to keeps the old credential, and says what to do', async () => {
  const { folder, tokens, clients, path } = await setUp()
  await tokens.write(ada, credential)
  const changed = { ...credential, refresh_token: '1//0another' }
  const [credentials, kept] = await asAnother(folder, () =>
    Promise.allSettled([tokens.write(ada, changed), clients.write('work', client)]),
  )
  expect(credentials).toMatchObject({
    reason: {
      code: 'disk',
      message: `The credentials of account ada1 cannot be written to ${path}`,
      remedy: expect.stringMatching(/^Free some space, make the folder writable for your user/),
    },
  })
  expect(kept).toMatchObject({ reason: { code: 'disk', remedy: expect.stringMatching(/./) } })
  expect(await tokens.read(ada)).toEqual(credential)
})

onUnix(
  'a link to a file of somebody else leaves that file and its mode alone, also when one signs in again',
  async () => {
    const { folder, tokens, path } = await setUp()
    const theirs = join(folder, 'notes.txt')
    await writeFile(theirs, 'not yours')
    await chmod(theirs, 0o644)
    await symlink(theirs, path)
    await expect(tokens.read(ada)).rejects.toMatchObject({ code: 'needs_reauth' })
    await tokens.write(ada, credential)
    expect(await tokens.read(ada)).toEqual(credential)
    expect(await readFile(theirs, 'utf8')).toBe('not yours')
    expect((await stat(theirs)).mode & 0o777).toBe(0o644)
  },
)

onUnix('a damaged file that others can read is closed to them too: half a token may be in it', async () => {
  const { tokens, path } = await setUp()
  await writeFile(path, wellFormed.slice(0, 150))
  await chmod(path, 0o644)
  await expect(tokens.read(ada)).rejects.toMatchObject({ code: 'needs_reauth' })
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

it('a box that changes between starts asks for a sign-in in words, and coming back to the old one needs none', async () => {
  const { folder, tokens, path } = await setUp(passphraseBox('first', cheap))
  await tokens.write(ada, credential)
  const before = await readFile(path, 'utf8')
  const error = async (box: typeof plainBox): Promise<unknown> =>
    createTokenStore(folder, box, silentLog)
      .read(ada)
      .catch((thrown: unknown) => thrown)
  expect(await error(plainBox)).toMatchObject({
    code: 'sealed_elsewhere',
    message: 'The credentials of account ada1 are sealed with a passphrase, which Mailtide was not given',
    remedy: 'Start it with MAILTIDE_PASSPHRASE_FILE or MAILTIDE_PASSPHRASE as before, or sign in again here',
  })
  expect(await error(passphraseBox('second', cheap))).toMatchObject({
    code: 'sealed_elsewhere',
    message: 'The passphrase does not open these credentials',
    remedy: expect.stringMatching(/^Set MAILTIDE_PASSPHRASE .*, or sign in again$/),
  })
  expect(await readFile(path, 'utf8')).toBe(before)
  expect(await createTokenStore(folder, passphraseBox('first', cheap), silentLog).read(ada)).toEqual(credential)
})
