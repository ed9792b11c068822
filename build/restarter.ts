import { type ChildProcess, spawn } from 'node:child_process'

/** A program that is started anew when what it is made of has changed. */
export interface Restarter {
  /** Soon: many changes at once are one. The program that runs is asked to end, and waited for, first. */
  restart(): void
}

/** Changes of several files, as an editor or git makes them, arrive within this time. */
const QUIET_MS = 200

/** Ends with the program when a person quits it; hands SIGINT and SIGTERM down. */
export function restarter(program: string, words: readonly string[]): Restarter {
  let running: ChildProcess | null = null
  let timer: NodeJS.Timeout | undefined
  let isWanted = false

  const start = (): void => {
    isWanted = false
    running = spawn(program, words, { stdio: 'inherit' })
    running.once('error', (error) => {
      console.error(`${program} cannot be started: ${error.message}`)
      process.exit(1)
    })
    running.once('exit', (code) => {
      running = null
      if (!isWanted) process.exit(code ?? 1)
      start()
    })
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      clearTimeout(timer)
      isWanted = false
      if (running === null) process.exit(0)
      running.kill(signal)
    })
  }
  return {
    restart: () => {
      clearTimeout(timer)
      timer = setTimeout(() => {
        if (running === null) start()
        else if (!isWanted) {
          isWanted = true
          running.kill('SIGTERM')
        }
      }, QUIET_MS)
    },
  }
}
