import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { Snapshot } from '../../shared/status.ts'
import type { LoopDelay } from './probe.ts'
import { type TreeWatch, watchTree } from './process-tree.ts'

const mailtide = new URL('../../build/mailtide.mjs', import.meta.url).pathname
const probe = new URL('./probe.ts', import.meta.url).href

export interface ProductOptions {
  readonly rootUrl: string
  readonly oauthUrl: string
  readonly env?: Readonly<Record<string, string>>
  /** For node itself, such as `--cpu-prof`. */
  readonly nodeArgs?: readonly string[]
}

/** A data folder of its own, on which the product is run any number of times. */
export interface Installation {
  readonly home: string
  /** `accounts import-token`: the first time it makes the database as well. */
  importToken(authorizedUser: object): Promise<void>
  run(): Promise<Running>
  remove(): Promise<void>
}

/** The product as a process of its own: `mailtide run`. */
export interface Running {
  readonly pid: number
  readonly watch: TreeWatch
  /** Milliseconds since 1970. */
  readonly startedAt: number
  readonly child: ChildProcess
  /** Null while it does not answer yet. */
  status(): Promise<Snapshot | null>
  /** Polls the status until it is as wanted. Throws when the product ends before, or after `limitMs`. */
  until(wanted: (snapshot: Snapshot) => boolean, limitMs?: number): Promise<Snapshot>
  /** One whole cycle from now on, by `sync-now`. */
  sync(): Promise<Snapshot>
  /** What the probe saw of the main thread since the last call or the start. */
  loopDelay(): Promise<LoopDelay>
  /** A clean stop by SIGTERM. Throws when the product does not end well. */
  stop(): Promise<void>
}

export async function install(options: ProductOptions): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), 'mailtide-bench-'))
  const home = join(folder, 'home')
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    MAILTIDE_HOME: home,
    MAILTIDE_PORT: '0',
    MAILTIDE_PACING: 'off',
    MAILTIDE_GMAIL_ROOT_URL: options.rootUrl,
    MAILTIDE_OAUTH_URL: options.oauthUrl,
    ...options.env,
  }
  return {
    home,
    async importToken(authorizedUser) {
      const file = join(folder, 'token.json')
      await writeFile(file, JSON.stringify(authorizedUser))
      const child = start([mailtide, 'accounts', 'import-token', file], env)
      const { code } = await child.ended
      if (code !== 0) throw new Error(`import-token ended with ${code}: ${child.output()}`)
    },
    async run() {
      await rm(join(home, 'service.json'), { force: true })
      const startedAt = Date.now()
      const started = start([...(options.nodeArgs ?? []), '--import', probe, mailtide, 'run'], env)
      const pid = started.child.pid
      if (pid === undefined) throw new Error('The product could not be started')
      return running({ ...started, pid, startedAt, home })
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

interface Started {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>
  /** The last lines that it wrote. */
  output(): string
}

function start(args: readonly string[], env: NodeJS.ProcessEnv): Started {
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  let text = ''
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString('utf8')).slice(-4_000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  return { child, ended, output: () => text }
}

const StatusAnswer = z.object({ sync_status: Snapshot })

function running(
  started: Started & { readonly pid: number; readonly startedAt: number; readonly home: string },
): Running {
  const { child, ended, output, home } = started
  const watch = watchTree(started.pid)
  let base: string | null = null

  const findBase = async (): Promise<string | null> => {
    const file = await readFile(join(home, 'service.json'), 'utf8').catch(() => null)
    if (file === null) return null
    const { port } = z.object({ port: z.int() }).parse(JSON.parse(file))
    return `http://127.0.0.1:${port}/api/v1/background-sync`
  }
  const status = async (): Promise<Snapshot | null> => {
    base ??= await findBase()
    if (base === null) return null
    const answer = await fetch(`${base}/status`)
    if (!answer.ok) return null
    return StatusAnswer.parse(await answer.json()).sync_status
  }
  const until: Running['until'] = async (wanted, limitMs = 600_000) => {
    const end = Date.now() + limitMs
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The product ended: ${output()}`)
      const snapshot = await status().catch(() => null)
      if (snapshot !== null && wanted(snapshot)) return snapshot
      if (Date.now() > end) throw new Error(`The product did not get there in ${limitMs / 1000} s: ${output()}`)
      await delay(100)
    }
  }
  return {
    pid: started.pid,
    watch,
    startedAt: started.startedAt,
    child,
    status,
    until,
    async sync() {
      const before = await until((snapshot) => snapshot.state === 'idle')
      const answer = await fetch(`${base}/sync-now`, { method: 'POST' })
      if (!answer.ok) throw new Error(`sync-now answered ${answer.status}`)
      return until((snapshot) => snapshot.total_cycles > before.total_cycles && snapshot.state === 'idle')
    },
    async loopDelay() {
      const answer = once(child, 'message')
      child.send('loop delay')
      const [delay] = (await answer) as [LoopDelay]
      return delay
    },
    async stop() {
      watch.stop()
      child.kill('SIGTERM')
      const { code, signal } = await ended
      if (code !== 0) throw new Error(`The product ended with ${code ?? signal} when asked to stop: ${output()}`)
    },
  }
}
