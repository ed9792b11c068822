import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createRandom } from '../../electron/demo/random.ts'
import { createTokenStore } from '../../electron/platform/credentials.ts'
import { dataPaths, prepareDataFolder } from '../../electron/platform/data-folder.ts'
import { isLeftover } from '../../electron/platform/durable-file.ts'
import { createClientStore } from '../../electron/platform/oauth-clients.ts'
import { passphraseBox } from '../../electron/platform/secret-boxes.ts'
import type { Credential, OAuthClient, SecretBox } from '../../electron/ports.ts'
import { accountId } from '../../shared/ids.ts'
import { silentLog } from './silent-log.ts'

export const ACCOUNT = 'ada1'
export const CLIENT = 'work'

/** Sealed text that is mixed of two cannot be opened; the key need not be strong for that. */
export const boxOfTest = (): SecretBox => passphraseBox('correct horse', { N: 2, r: 8, p: 1, maxmem: 1_000_000 })

/** Of many lengths, so that a short one over a long one would show. */
const secretNumbered = (n: number): string => `${n}-${'x'.repeat((n * 97) % 9_000)}`
export const credentialNumbered = (n: number): Credential => ({
  client_id: 'id',
  client_secret: secretNumbered(n),
  refresh_token: secretNumbered(n),
  scopes: [],
})
export const clientNumbered = (n: number): OAuthClient => ({
  client_id: 'id',
  client_secret: secretNumbered(n),
  project_id: String(n),
})

/** Which write it is of; throws when it is none of them. */
export function numberIn(kept: Credential | OAuthClient): number {
  const secret = 'client_secret' in kept ? kept.client_secret : ''
  const n = Number.parseInt(secret, 10)
  const isWhole = secret === secretNumbered(n) && (!('refresh_token' in kept) || kept.refresh_token === secret)
  if (!isWhole) throw new Error('What was kept is none of what was written')
  return n
}

/**
 * Kills a program with SIGKILL at random moments while it writes credentials, an OAuth client, the API token and the settings. After each
 * kill every file is one of the last two that were written, for its owner alone; what was half written is gone after the next start. Gives
 * what was otherwise.
 */
export async function killWhileWriting(kills: number, seed: number): Promise<readonly string[]> {
  const random = createRandom('credential kills', seed)
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-credential-kills-'))
  const { home } = await prepareDataFolder(join(folder, 'data'))
  const faults: string[] = []
  let leftovers: readonly string[] = []
  /** The write that each file is of, and the last one that was done in whole. */
  let seen: { readonly done: number; readonly files: Readonly<Record<string, number>> } = { done: 0, files: {} }
  try {
    for (let kill = 1; kill <= kills; kill++) {
      const before = leftovers
      const said = await lifeOfWriter(home, random.int(120), () => present(home))
      const fault = (what: string): void => void faults.push(`kill ${kill}: ${what}; it said: ${said.text.slice(-200)}`)
      if (said.found === null) fault('it did not start')
      if (said.atStart.some((name) => before.includes(name))) fault('what the last one left was not cleared away')
      const now = await look(home, Math.max(seen.done, said.done))
      for (const [file, n] of Object.entries(now.files)) {
        const oldest = Math.max(now.done, seen.files[file] ?? 0)
        // Before the first write was done there need be no file.
        if (n === null ? oldest > 0 : typeof n === 'string' || n < oldest || n > said.begun)
          fault(`${file} is that of write ${n}, not of ${oldest} to ${said.begun}`)
      }
      for (const file of await openToOthers(home)) fault(`${file} is open to others`)
      seen = { ...now, files: Object.fromEntries(Object.entries(now.files).map(([file, n]) => [file, Number(n)])) }
      leftovers = await present(home)
    }
    return faults
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

interface Said {
  readonly text: string
  /** The number that it found at its start; null when it did not get so far. */
  readonly found: number | null
  /** The last write that it began, and the last of which it knew that it was done. */
  readonly begun: number
  readonly done: number
  /** Half-written files that lay there once it had started. */
  readonly atStart: readonly string[]
}

async function lifeOfWriter(home: string, ms: number, look: () => Promise<readonly string[]>): Promise<Said> {
  const script = join(import.meta.dirname, 'credential-writer.ts')
  const child = spawn(process.execPath, [script, home], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const started = Promise.withResolvers<void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (text.includes('found ')) started.resolve()
    })
  }
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', () => resolve())
  })
  await Promise.race([started.promise, ended])
  const atStart = await look()
  await delay(ms)
  child.kill('SIGKILL')
  await ended
  const last = (word: string): number =>
    Number([...text.matchAll(new RegExp(`^${word} (\\d+)`, 'gm'))].at(-1)?.[1] ?? -1)
  const found = last('found')
  return {
    text,
    found: found < 0 ? null : found,
    begun: Math.max(found, last('begin')),
    done: last('done'),
    atStart,
  }
}

async function present(home: string): Promise<readonly string[]> {
  const paths = dataPaths(home)
  const names = await Promise.all(
    [home, paths.credentials, paths.clients].map((folder) => readdir(folder).catch((): string[] => [])),
  )
  return names.flat().filter(isLeftover)
}

interface Seen {
  readonly done: number
  /** A text says why it cannot be told; null when there is none. */
  readonly files: Readonly<Record<string, number | string | null>>
}

const filesOf = (home: string) => {
  const paths = dataPaths(home)
  const credential = join(paths.credentials, `${ACCOUNT}.json`)
  return {
    credential,
    client: join(paths.clients, `${CLIENT}.json`),
    apiToken: paths.apiToken,
    settings: paths.settings,
  }
}

async function look(home: string, done: number): Promise<Seen> {
  const paths = dataPaths(home)
  const box = boxOfTest()
  const files = filesOf(home)
  const numbers = {
    credential: async () =>
      numberIn(await createTokenStore(paths.credentials, box, silentLog).read(accountId(ACCOUNT))),
    client: async () => numberIn(await createClientStore(paths.clients, box, silentLog).read(CLIENT)),
    settings: async () =>
      (JSON.parse(await readFile(paths.settings, 'utf8')) as { readonly minFreeBytes: number }).minFreeBytes,
    // A random one: it is whole, or it is not.
    apiToken: async () => (/^[\w-]{43}\n$/.test(await readFile(paths.apiToken, 'utf8')) ? done : 'no token'),
  }
  const seen = Object.entries(numbers).map(async ([name, read]) => {
    const isThere = await stat(files[name as keyof typeof files]).catch(() => null)
    return [name, isThere === null ? null : await read().catch((error: unknown) => String(error))] as const
  })
  return { done, files: Object.fromEntries(await Promise.all(seen)) }
}

async function openToOthers(home: string): Promise<readonly string[]> {
  if (process.platform === 'win32') return []
  const modes = Object.values(filesOf(home)).map(async (file) => {
    const facts = await stat(file).catch(() => null)
    return facts === null || (facts.mode & 0o777) === 0o600 ? [] : [file]
  })
  return (await Promise.all(modes)).flat()
}
