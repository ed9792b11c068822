import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import type { Clock } from '../../../electron/ports.ts'
import type { BuiltService } from '../../../electron/service/create-service.ts'
import { AppError } from '../../../shared/errors.ts'
import type { Settings } from '../../../shared/settings.ts'
import { buildService } from '../harness.ts'
import { silentLog } from '../silent-log.ts'

/** The computer on which the service runs, life after life, on one data folder. */
export interface Machine {
  readonly built: () => BuiltService
  isRunning(): boolean
  /** Opens the service on the folder as it is. Throws what the service throws. */
  open(): Promise<void>
  /** Another one tries to open the same folder: why it cannot, or null where it could. */
  second(): Promise<unknown>
  /** Ends the service as one asks it to. */
  close(): Promise<void>
  /**
   * Ends the service as kill -9 does: its threads stop where they are, and the folder stays as they left it. What is left of it in this
   * thread lives on without folder, and is closed.
   */
  kill(): Promise<void>
  /** Resolves when nothing is left of the killed ones. */
  buried(): Promise<void>
}

export interface MachineOptions {
  readonly folder: string
  readonly url: string
  readonly settings: Settings
  readonly clock: Clock
}

export function createMachine({ folder, url, settings, clock }: MachineOptions): Machine & { release(): void } {
  const threads = new Set<Worker>()
  const ghosts: Promise<unknown>[] = []
  let lives = 1
  let built: BuiltService | null = null
  let owner = {}
  const home = (): string => join(folder, `data-${lives}`)

  const onThread = (message: unknown): void => {
    const { worker } = message as { readonly worker: Worker }
    threads.add(worker)
    worker.once('exit', () => threads.delete(worker))
  }
  subscribe('worker_threads', onThread)

  const present = (): BuiltService => {
    if (built === null) throw new Error('No service runs on the machine')
    return built
  }
  const build = (assertOwned: () => void): Promise<BuiltService> =>
    buildService({
      home: home(),
      rootUrl: url,
      oauthUrl: `${url}oauth/`,
      settings,
      clock,
      log: silentLog,
      databaseUrl: undefined,
      assertOwned,
    })
  return {
    built: present,
    isRunning: () => built !== null,
    async open() {
      const mine = {}
      owner = mine
      built = await build(() => {
        if (owner !== mine) throw new AppError('already_running', 'The data folder belongs to another life')
      })
    },
    second: () =>
      build(() => undefined).then(
        async (other) => {
          await other.service.close()
          return null
        },
        (error: unknown) => error,
      ),
    async close() {
      const old = present()
      built = null
      await old.service.close()
    },
    async kill() {
      const old = present()
      built = null
      owner = {}
      await Promise.all([...threads].map((thread) => thread.terminate()))
      // Under another name the folder is out of reach of whatever of the old life still moves.
      const left = home()
      lives++
      renameSync(left, home())
      ghosts.push(old.service.close().catch(() => undefined))
    },
    buried: async () => {
      await Promise.all(ghosts)
    },
    release: () => unsubscribe('worker_threads', onThread),
  }
}
