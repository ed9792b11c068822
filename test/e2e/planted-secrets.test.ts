import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import type { Simulator } from '../../electron/demo/types.ts'
import { systemClock } from '../../electron/platform/clock.ts'
import { dataPaths } from '../../electron/platform/data-folder.ts'
import { openStore } from '../../electron/store/open-store.ts'
import { type Installed, installCommand } from '../support/command.ts'
import { type OAuthTap, tapOAuth } from '../support/oauth-tap.ts'
import { silentLog } from '../support/silent-log.ts'
import { consent, visit } from '../support/visit.ts'

const ADA = 'ada@example.test'
const BOB = 'bob@example.test'
const CHARLES = 'charles@example.test'
const ZOE = 'zoe@example.test'
/** Without a shape that gives them away. */
const PASSPHRASE = 'kanarienvogel im kohlebergwerk'
const PROXY_PASSWORD = 'wellensittich-im-tunnel'
const DATABASE_PASSWORD = 'papagei-im-schacht'
const IN_BAD_FILE = '1//0planted-in-a-file-that-is-no-token'
const HAND_MADE = 'GOCSPX-planted-by-hand'

let folder: string
let simulator: Simulator
let tap: OAuthTap
let installed: Installed
/** Everything that was shown or written, by where. */
const shown = new Map<string, string>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailtide-planted-'))
  simulator = await startSimulator({})
  tap = await tapOAuth(simulator.oauthUrl)
  for (const [seed, email] of [ADA, BOB, CHARLES, ZOE].entries())
    fillMailbox(simulator.addMailbox(email), { count: 2, seed })
  // Node is asked for a report, and has an error that nobody foresaw, once the file is there.
  const crash = join(folder, 'crash.mjs')
  await writeFile(
    crash,
    `import { existsSync, readFileSync } from 'node:fs'
     import { isMainThread } from 'node:worker_threads'
     const wish = ${JSON.stringify(join(folder, 'wish'))}
     if (isMainThread) setInterval(() => {
       if (existsSync(wish)) throw new Error('Deep inside: ' + readFileSync(wish, 'utf8'))
     }, 50).unref()`,
  )
  await mkdir(join(folder, 'reports'))
  installed = await installCommand(simulator, {
    MAILTIDE_OAUTH_URL: tap.url,
    MAILTIDE_PASSPHRASE: PASSPHRASE,
    MAILTIDE_LOG_LEVEL: 'debug',
    MAILTIDE_LOG_MAX_BYTES: '10000',
    HTTPS_PROXY: `http://somebody:${PROXY_PASSWORD}@127.0.0.1:9`,
    NODE_OPTIONS: `--import=${crash} --report-on-signal --report-directory=${join(folder, 'reports')}`,
  })
})
afterAll(async () => {
  await installed.remove()
  tap.close()
  await simulator.close()
  await rm(folder, { recursive: true, force: true })
})

const paths = () => dataPaths(installed.home)
const apiToken = async () => (await readFile(paths().apiToken, 'utf8')).trim()

async function mailtide(...args: readonly string[]): Promise<void> {
  const { stdout, stderr } = await installed.mailtide(...args)
  shown.set(`mailtide ${args.slice(0, 2).join(' ')} ${shown.size}`, `${stdout}\n${stderr}`)
}

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const { port } = JSON.parse(await readFile(paths().service, 'utf8')) as { readonly port: number }
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { authorization: `Bearer ${await apiToken()}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  shown.set(`${method} ${path} ${shown.size}`, text)
  return JSON.parse(text) as T
}

async function given(name: string, content: string | object): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

/** Every text and every original below a folder, unpacked. */
async function filesBelow(root: string): Promise<readonly (readonly [name: string, bytes: Buffer])[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => {
        const path = join(entry.parentPath, entry.name)
        const bytes = await readFile(path)
        return [path.slice(root.length + 1), path.endsWith('.gz') ? gunzipSync(bytes) : bytes] as const
      }),
  )
}

async function databaseDump(): Promise<string> {
  const store = await openStore({
    paths: paths(),
    rawStore: 'files',
    clock: systemClock,
    log: silentLog,
    assertOwned: () => undefined,
  })
  try {
    const { rows: tables } = await store.db.query<{ readonly name: string }>(
      `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
       where table_schema in ('mailtide', 'mail')`,
    )
    expect(tables.length).toBeGreaterThan(5)
    const dumps = tables.map(({ name }) =>
      store.db.query<{ readonly row: string }>(`select row_to_json(t)::text as row from ${name} t`),
    )
    return (await Promise.all(dumps)).flatMap(({ rows }) => rows.map(({ row }) => row)).join('\n')
  } finally {
    await store.close()
  }
}

async function signInInManyWays(): Promise<void> {
  const { clientId: client_id, clientSecret: client_secret } = simulator
  await call('POST', '/api/v1/oauth-clients', { client: { client_id, client_secret } })
  const another = { client_id: 'other.apps.googleusercontent.com', client_secret: HAND_MADE }
  await call('POST', '/api/v1/oauth-clients', { client: another, name: 'other' })
  await call('POST', '/api/v1/oauth-clients', { client: { installed: another.client_secret } })
  type Begun = {
    readonly sign_in?: { readonly id: string; readonly url: string }
    readonly id?: string
    readonly url?: string
  }
  const begin = async (login_hint: string, paste: boolean) => {
    const answer = await call<Begun>('POST', '/api/v1/sign-in', { login_hint, paste, client: 'default' })
    const { id, url } = { ...answer, ...answer.sign_in }
    if (id === undefined || url === undefined) throw new Error(JSON.stringify(answer))
    return { id, url }
  }
  const byBrowser = await begin(BOB, false)
  await visit(byBrowser.url)
  await call('GET', `/api/v1/sign-in/${byBrowser.id}`)
  const byPaste = await begin(CHARLES, true)
  const redirect = await consent(byPaste.url)
  await call('POST', `/api/v1/sign-in/${byPaste.id}/code`, { redirect: redirect.replace('state=', 'state=x') })
  await call('POST', `/api/v1/sign-in/${byPaste.id}/code`, { redirect })
  await call('POST', `/api/v1/sign-in/${byPaste.id}/code`, { redirect })
  const usedTwice = await begin(CHARLES, true)
  const { searchParams } = new URL(redirect)
  await call('POST', `/api/v1/sign-in/${usedTwice.id}/code`, { redirect: searchParams.get('code') ?? '' })
}

/** A service whose database, with a password in its address, is not there. */
async function runWithoutDatabase(): Promise<void> {
  const elsewhere = await installCommand(simulator, {
    DATABASE_URL: `postgres://somebody:${DATABASE_PASSWORD}@127.0.0.1:9/mail`,
    MAILTIDE_LOG_LEVEL: 'debug',
  })
  try {
    const { code, stdout, stderr } = await elsewhere.start('run').ended
    expect([code, stdout]).toEqual([1, expect.stringContaining('No PostgreSQL server answers')])
    shown.set('the run without a database', `${stdout}\n${stderr}`)
    for (const [name, bytes] of await filesBelow(dataPaths(elsewhere.home).logs))
      shown.set(`log without a database ${name}`, bytes.toString('latin1'))
  } finally {
    await elsewhere.remove()
  }
}

it('no secret that comes in is found again in the data folder, logs, answers, reports or crashes', async () => {
  const key = simulator.serviceAccountKey()
  const keyFile = await given('key.json', key)
  await mailtide('accounts', 'import-token', await given('ada.json', simulator.authorizedUser(ADA)))
  const odd = await given('odd.json', { refresh_token: IN_BAD_FILE, client_secret: 5 })
  await mailtide('accounts', 'import-token', odd)
  await mailtide('accounts', 'import-token', await given('broken.json', `{"refresh_token": "${IN_BAD_FILE}"`))

  // The rest goes through the service: each command without one opens a database of its own.
  const { child, ended } = await installed.run()
  await mailtide('accounts', 'import-token', keyFile, '--email', ZOE)
  await mailtide('accounts', 'import-token', keyFile)
  await mailtide('accounts', 'import-token', odd)
  await installed.until(({ accounts }) => accounts.filter(({ state }) => state === 'up_to_date').length === 2)
  await signInInManyWays()
  await installed.until(({ accounts }) => accounts.filter(({ state }) => state === 'up_to_date').length === 4)
  simulator.mailbox(ADA).revoke('password_changed')
  simulator.mailbox(BOB).revoke('client_secret_wrong')
  await call('POST', '/api/v1/background-sync/sync-now')
  await installed.until(({ accounts }) => accounts.filter(({ state }) => state === 'needs_reauth').length === 2)
  const before = await apiToken()
  await call('POST', '/api/v1/token/renew')
  shown.delete(`POST /api/v1/token/renew ${shown.size - 1}`)
  expect(await apiToken()).not.toBe(before)
  for (const path of ['accounts', 'settings', 'failures', 'storage', 'oauth-clients', 'logs?lines=5000&level=DEBUG'])
    await call('GET', `/api/v1/${path}`)
  for (const path of [
    '/metrics',
    '/api/v1/background-sync/status',
    '/api/v1/background-sync/metrics',
    '/nowhere?code=4/x',
  ])
    shown.set(path, await (await installed.call('GET', path)).text())
  for (const words of ['status --json', 'clients list', 'config', 'logs --level debug', 'check'])
    await mailtide(...words.split(' '))

  // Enough to say for a log file to be put aside.
  for (let minutes = 100; minutes < 180; minutes++)
    await installed.call('POST', `/api/v1/background-sync/start?interval_minutes=${minutes}`)
  for (const name of ['cmdline', 'comm'])
    shown.set(`/proc ${name}`, await readFile(`/proc/${child.pid}/${name}`, 'utf8').catch(() => ''))
  child.kill('SIGUSR2')
  while ((await readdir(join(folder, 'reports'))).length === 0) await delay(20)
  const secrets = new Map([...tap.seen].flatMap(([name, values]) => [...values].map((value) => [value, name] as const)))
  for (const [value, name] of [
    [PASSPHRASE, 'the passphrase'],
    [PROXY_PASSWORD, 'the password of the proxy'],
    [DATABASE_PASSWORD, 'the password of the database'],
    [IN_BAD_FILE, 'a token in a bad file'],
    [HAND_MADE, 'the secret of a client'],
    [key.private_key.split('\n')[3] ?? '', 'a line of the private key'],
    [await apiToken(), 'the API token'],
    [before, 'the old API token'],
  ] as const)
    secrets.set(value, name)
  // An error that nobody foresaw, with every secret in it.
  const { refresh_token, client_secret } = simulator.authorizedUser(ADA)
  const inOneText = [
    `${PASSPHRASE} ${PROXY_PASSWORD} ${await apiToken()} ${refresh_token} ${client_secret}`,
    key.private_key,
  ]
  const named = [...secrets].map(([value, name]) => `"${name.replaceAll(' ', '_')}":"${value}"`)
  const ofOAuth = named.filter((text) =>
    /^"(code_verifier|access_token|assertion|refresh_token|client_secret)"/.test(text),
  )
  await writeFile(
    join(folder, 'wish'),
    [...inOneText, JSON.stringify({ private_key: key.private_key }), `{${ofOAuth.join(',')}}`].join('\n'),
  )
  const crashed = await ended
  await rm(join(folder, 'wish'))
  expect(crashed.code).toBe(1)
  expect(crashed.stdout).toContain('Deep inside')
  shown.set('the crash', `${crashed.stdout}\n${crashed.stderr}`)

  await runWithoutDatabase()

  // Credentials that are damaged or of another box, and a clean end.
  const [first, second] = await readdir(paths().credentials)
  await writeFile(join(paths().credentials, first ?? ''), '{"version":1,"box":"pass')
  await writeFile(join(paths().credentials, second ?? ''), '{"version":1,"box":"plain","sealed":"{}"}')
  const again = await installed.run()
  await installed.call('POST', '/api/v1/background-sync/sync-now')
  await installed.until(({ accounts }) => accounts.filter(({ state }) => state === 'needs_reauth').length >= 2)
  again.child.kill('SIGTERM')
  const stopped = await again.ended
  shown.set('the second run', `${stopped.stdout}\n${stopped.stderr}`)
  shown.set('the database', await databaseDump())
  for (const [name, bytes] of await filesBelow(join(folder, 'reports')))
    shown.set(`report ${name}`, bytes.toString('latin1'))
  const files = await filesBelow(installed.home)
  expect(files.filter(([name]) => name.startsWith('logs/')).length).toBeGreaterThan(1)
  for (const [name, bytes] of files) shown.set(name, bytes.toString('latin1'))

  const kinds = new Set(secrets.values())
  expect([...tap.seen.keys()].filter((name) => !kinds.has(name))).toEqual([])
  const found = [...shown].flatMap(([where, text]) =>
    [...secrets]
      .filter(([value]) => text.includes(value) || text.includes(Buffer.from(value).toString('base64').slice(0, -4)))
      .map(([, name]) => `${name} in ${where}`),
  )
  expect(found).toEqual(['the API token in api-token'])
}, 240_000)
