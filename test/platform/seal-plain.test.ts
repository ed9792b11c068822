import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { createTokenStore } from '../../electron/platform/credentials.ts'
import { createClientStore } from '../../electron/platform/oauth-clients.ts'
import { sealPlainFiles } from '../../electron/platform/seal-plain.ts'
import { passphraseBox, plainBox } from '../../electron/platform/secret-boxes.ts'
import type { Log } from '../../electron/ports.ts'
import { accountId } from '../../shared/ids.ts'
import { tempFolder } from './temp-home.ts'

const cheap = { N: 2, r: 8, p: 1, maxmem: 1_000_000 }
const ada = accountId('ada1')
const credential = { client_id: 'id', client_secret: 'GOCSPX-secret', refresh_token: '1//0refresh', scopes: [] }
const client = { client_id: 'id', client_secret: 'GOCSPX-secret', project_id: null }

let credentials: string
let clients: string
let lines: string[]
let log: Log
beforeEach(async () => {
  credentials = await tempFolder()
  clients = join(await tempFolder(), 'clients')
  lines = []
  const say = (level: string) => (message: string) => void lines.push(`${level} ${message}`)
  log = { debug: say('debug'), info: say('info'), warning: say('warning'), error: say('error'), named: () => log }
  await createTokenStore(credentials, plainBox, log).write(ada, credential)
  await createClientStore(clients, plainBox, log).write('work', client)
  lines.length = 0
})

describe('a passphrase that is set for the first time', () => {
  it('seals what was kept unencrypted, once, and says so', async () => {
    const box = passphraseBox('new', cheap)
    await sealPlainFiles([credentials, clients], box, log)
    await sealPlainFiles([credentials, clients], box, log)
    expect(lines).toEqual(['info 2 files with credentials were kept unencrypted until now, and are sealed from now on'])
    for (const path of [join(credentials, 'ada1.json'), join(clients, 'work.json')]) {
      expect(await readFile(path, 'utf8')).not.toMatch(/refresh|GOCSPX/)
    }
    expect(await createTokenStore(credentials, box, log).read(ada)).toEqual(credential)
    expect(await createClientStore(clients, box, log).read('work')).toEqual(client)
  })

  it('touches nothing of another host’s, nothing damaged, and needs no folder', async () => {
    const kept = {
      'bob1.json': JSON.stringify({ version: 1, box: 'safe-storage', sealed: 'xyz' }),
      'eve1.json': '{"version":1,"box":"pla',
      'notes.txt': 'mine',
    }
    for (const [name, text] of Object.entries(kept)) await writeFile(join(credentials, name), text, { mode: 0o600 })
    await createTokenStore(credentials, passphraseBox('old', cheap), log).write(accountId('old1'), credential)
    const old = await readFile(join(credentials, 'old1.json'), 'utf8')
    await sealPlainFiles([credentials, join(clients, 'none')], passphraseBox('new', cheap), log)
    for (const [name, text] of Object.entries(kept)) expect(await readFile(join(credentials, name), 'utf8')).toBe(text)
    expect(await readFile(join(credentials, 'old1.json'), 'utf8')).toBe(old)
    expect((await readdir(credentials)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('leaves in use what it cannot seal now', async () => {
    await mkdir(join(credentials, 'bob1.json'))
    const full = { ...passphraseBox('new', cheap), seal: async () => Promise.reject(new Error('ENOSPC')) }
    await sealPlainFiles([credentials], full, log)
    expect(lines).toEqual(['warning A credential file stays unencrypted for now'])
    expect(await createTokenStore(credentials, full, log).read(ada)).toEqual(credential)
  })
})

it('a passphrase that is taken away again opens nothing by accident, and is asked for by name', async () => {
  await sealPlainFiles([credentials, clients], passphraseBox('new', cheap), log)
  await expect(createTokenStore(credentials, plainBox, log).read(ada)).rejects.toMatchObject({
    code: 'sealed_elsewhere',
    remedy: expect.stringContaining('MAILTIDE_PASSPHRASE_FILE'),
  })
  await expect(createClientStore(clients, plainBox, log).read('work')).rejects.toMatchObject({
    code: 'sealed_elsewhere',
  })
})
