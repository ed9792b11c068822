import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createClientStore, isClientName } from '../../electron/platform/oauth-clients.ts'
import { passphraseBox, plainBox } from '../../electron/platform/secret-boxes.ts'
import { silentLog } from '../support/silent-log.ts'
import { tempFolder } from './temp-home.ts'

const ada = { client_id: 'ada.apps.googleusercontent.com', client_secret: 'GOCSPX-of-ada', project_id: 'mail' }
const bob = { ...ada, client_id: 'bob.apps.googleusercontent.com', project_id: null }
/** Weak enough for tests. */
const cheap = { N: 2, r: 8, p: 1, maxmem: 1_000_000 }

async function setUp(box = plainBox) {
  const folder = join(await tempFolder(), 'oauth-clients')
  return { folder, store: createClientStore(folder, box, silentLog) }
}

it('keeps several by name, each in a file for its owner alone', async () => {
  const { folder, store } = await setUp()
  expect(await store.list()).toEqual([])
  await Promise.all([store.write('work', bob), store.write('ada', bob), store.write('ada', ada)])
  expect(await store.list()).toEqual([
    { name: 'ada', client: ada },
    { name: 'work', client: bob },
  ])
  expect(await store.read('work')).toEqual(bob)
  if (process.platform !== 'win32') {
    expect((await stat(join(folder, 'ada.json'))).mode & 0o777).toBe(0o600)
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
  }
  await store.remove('ada')
  expect(await readdir(folder)).toEqual(['work.json'])
  await expect(store.remove('ada')).rejects.toMatchObject({ code: 'not_found' })
  await expect(store.read('ada')).rejects.toMatchObject({ code: 'not_found' })
})

it('seals what another host cannot open, and leaves it as it is', async () => {
  const { folder, store } = await setUp(passphraseBox('correct horse', cheap))
  await store.write('ada', ada)
  const text = await readFile(join(folder, 'ada.json'), 'utf8')
  expect(text).not.toContain('GOCSPX')
  const other = createClientStore(folder, plainBox, silentLog)
  expect(await other.list()).toEqual([{ name: 'ada', client: null }])
  await expect(other.read('ada')).rejects.toMatchObject({ code: 'sealed_elsewhere' })
  expect(await readFile(join(folder, 'ada.json'), 'utf8')).toBe(text)
})

it('that was sealed with another passphrase can be added again, which is said', async () => {
  const { folder, store } = await setUp(passphraseBox('correct horse', cheap))
  await store.write('ada', ada)
  const other = createClientStore(folder, passphraseBox('battery staple', cheap), silentLog)
  await expect(other.read('ada')).rejects.toMatchObject({
    code: 'sealed_elsewhere',
    message: 'The passphrase or key store that is here does not open the OAuth client ada',
    remedy: expect.stringMatching(/clients add$/),
  })
})

it('closes a file that others could read, and says when one is damaged', async () => {
  const { folder, store } = await setUp()
  await store.write('ada', ada)
  await chmod(join(folder, 'ada.json'), 0o644)
  await store.read('ada')
  if (process.platform !== 'win32') expect((await stat(join(folder, 'ada.json'))).mode & 0o777).toBe(0o600)
  await writeFile(join(folder, 'torn.json'), '{"version":1,"box":"pl')
  await mkdir(join(folder, 'folder.json'))
  await writeFile(join(folder, 'Not A Name.json'), '{}')
  expect((await store.list()).map(({ name, client }) => [name, client === null])).toEqual([
    ['ada', false],
    ['folder', true],
    ['torn', true],
  ])
  await expect(store.read('torn')).rejects.toMatchObject({ code: 'bad_token_file' })
})

it('takes no name that could be another file', async () => {
  const { store } = await setUp()
  for (const name of ['', '../ada', 'a/b', 'Ada', '.hidden', 'a b', 'x'.repeat(41)]) {
    expect(isClientName(name)).toBe(false)
    await expect(store.write(name, ada)).rejects.toMatchObject({ code: 'bad_input' })
  }
})
