import { type ChildProcess, spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { Snapshot } from '../../shared/status.ts'

const mailtide = new URL('../../build/mailtide.mjs', import.meta.url).pathname
const StatusAnswer = z.object({ sync_status: Snapshot })

export interface Ending {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

/** One life of `mailtide run`. */
export interface Life {
  readonly child: ChildProcess
  readonly ended: Promise<Ending>
  hasEnded(): boolean
  /** Null while it does not answer. */
  status(): Promise<Snapshot | null>
  syncNow(): Promise<void>
  /** The last it wrote. */
  output(): string
}

const spawnMailtide = (args: readonly string[], env: NodeJS.ProcessEnv): Omit<Life, 'status' | 'syncNow'> => {
  const child = spawn(process.execPath, [mailtide, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  const keep = (chunk: Buffer): void => {
    text = (text + chunk.toString('utf8')).slice(-4_000)
  }
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const ended = new Promise<Ending>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => resolve({ code, signal }))
  })
  return {
    child,
    ended,
    hasEnded: () => child.exitCode !== null || child.signalCode !== null,
    output: () => text,
  }
}

/** Runs one command of `mailtide` to its end. */
export async function command(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const run = spawnMailtide(args, env)
  const { code } = await run.ended
  if (code !== 0) throw new Error(`mailtide ${args[0]} ended with ${code}: ${run.output()}`)
}

export async function live(home: string, env: NodeJS.ProcessEnv): Promise<Life> {
  // A life that was killed left its port behind.
  await rm(join(home, 'service.json'), { force: true })
  const life = spawnMailtide(['run'], env)
  let base: string | null = null
  const findBase = async (): Promise<string | null> => {
    const file = await readFile(join(home, 'service.json'), 'utf8').catch(() => null)
    return file === null ? null : `http://127.0.0.1:${z.object({ port: z.int() }).parse(JSON.parse(file)).port}`
  }
  const ask = async (path: string, method: 'GET' | 'POST'): Promise<Response | null> => {
    base ??= await findBase()
    if (base === null) return null
    const url = `${base}/api/v1/background-sync/${path}`
    return fetch(url, { method, signal: AbortSignal.timeout(10_000) }).catch(() => null)
  }
  return {
    ...life,
    async status() {
      const answer = await ask('status', 'GET')
      return answer?.ok === true ? StatusAnswer.parse(await answer.json()).sync_status : null
    },
    async syncNow() {
      await ask('sync-now', 'POST')
    },
  }
}
