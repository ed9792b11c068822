import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { asAppError } from '../../shared/errors.ts'
import { writeDurably } from '../platform/durable-file.ts'
import type { Log } from '../ports.ts'

/** Where the window was, in the pixels that Electron counts. */
export const Bounds = z.object({ x: z.int(), y: z.int(), width: z.int().min(1), height: z.int().min(1) })
export type Bounds = z.infer<typeof Bounds>

/** What the app says once in its life. */
export const tellings = ['closed_to_tray', 'no_tray', 'plain_credentials'] as const
export type Telling = (typeof tellings)[number]

const State = z.object({
  bounds: Bounds.nullable().catch(null),
  maximized: z.boolean().catch(false),
  told: z.array(z.enum(tellings)).catch([]),
})
type State = z.infer<typeof State>

/** What the desktop remembers of itself over restarts, and nobody would miss. */
export interface DesktopState {
  readonly bounds: Bounds | null
  readonly isMaximized: boolean
  keepBounds(bounds: Bounds, isMaximized: boolean): void
  /** Whether this is the first time; from now on it is not. */
  isFirst(telling: Telling): boolean
  /** Resolves when what was kept is on the disk. */
  settled(): Promise<void>
}

/** A file that cannot be read, or holds something else, is as good as none: nobody's work depends on it. */
export function openDesktopState(path: string, log: Log): DesktopState {
  let state = read(path)
  let writing: Promise<void> = Promise.resolve()
  const keep = (patch: Partial<State>): void => {
    state = { ...state, ...patch }
    const text = `${JSON.stringify(state, null, 2)}\n`
    writing = writing
      .then(() => writeDurably(path, text))
      .catch((error: unknown) => {
        log.warning(`Where the window is cannot be remembered: ${asAppError(error).message}`)
      })
  }
  return {
    get bounds() {
      return state.bounds
    },
    get isMaximized() {
      return state.maximized
    },
    keepBounds: (bounds, maximized) => keep({ bounds, maximized }),
    isFirst: (telling) => {
      if (state.told.includes(telling)) return false
      keep({ told: [...state.told, telling] })
      return true
    },
    settled: () => writing,
  }
}

function read(path: string): State {
  try {
    return State.parse(JSON.parse(readFileSync(path, 'utf8')))
  } catch {
    return { bounds: null, maximized: false, told: [] }
  }
}
