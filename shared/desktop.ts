import { z } from 'zod'
import { Problem } from './errors.ts'
import { UpdateState, updateActions } from './update-state.ts'

/** What an app can tell of itself beside the service's snapshot. */
export const DesktopState = z.object({
  /**
   * Where the service is. `own`: in the app. `attached`: in another process, named by `owner`. `lost`: that one does not answer at
   * present. `gone`: it was stopped. `failed`: there is none, for the reason in `problem`.
   */
  service: z.enum(['starting', 'own', 'attached', 'lost', 'gone', 'failed']),
  owner: z.object({ pid: z.int(), host: z.string() }).nullable(),
  problem: Problem.nullable(),
  /** What a service that starts is doing, when that takes long, in words; else null. */
  doing: z.string().nullable(),
  /** Whether the app starts when the person logs in; null where that cannot be known. */
  starts_at_login: z.boolean().nullable(),
  /** Why sign-ins are not sealed by the system's key store, in words; null when they are. */
  sealing_weakness: z.string().nullable(),
  /** Whether there is a tray to live in; null until that is known. */
  has_tray: z.boolean().nullable(),
  platform: z.enum(['linux', 'darwin', 'win32', 'other']),
  /** How the app stands to newer versions of itself. */
  update: UpdateState,
})
export type DesktopState = z.infer<typeof DesktopState>

const nothing = z.strictObject({})
const done = z.object({})

interface DesktopOperation<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly summary: string
  readonly input: Input
  readonly output: Output
}
const operation = <Input extends z.ZodType, Output extends z.ZodType>(
  row: DesktopOperation<Input, Output>,
): DesktopOperation<Input, Output> => row

/** What the app's own window can ask of the app, and no page of a browser: rows that have no address. */
export const desktopOperations = {
  openLogs: operation({ summary: 'Show the folder of the log files', input: nothing, output: done }),
  openDataFolder: operation({ summary: 'Show the data folder', input: nothing, output: done }),
  /** Only pages that the guide and the sign-in lead to. */
  openUrl: operation({
    summary: 'Open a page in the person’s own browser',
    input: z.strictObject({ url: z.url().max(8_000) }),
    output: done,
  }),
  copyText: operation({
    summary: 'Put a text on the clipboard',
    input: z.strictObject({ text: z.string().max(50_000_000) }),
    output: done,
  }),
  saveText: operation({
    summary: 'Save a text as a file, where the person chooses',
    input: z.strictObject({
      name: z.string().regex(/^[\w. -]{1,100}$/, { error: 'must be a plain file name' }),
      text: z.string().max(50_000_000),
    }),
    output: z.object({ saved: z.boolean() }),
  }),
  startAtLogin: operation({
    summary: 'Start the app when the person logs in, or not',
    input: z.strictObject({ on: z.boolean() }),
    output: z.object({ starts_at_login: z.boolean().nullable() }),
  }),
  /** `restart` ends the app in order first; `download` shows the page that has the new version. */
  update: operation({
    summary: 'Look for a newer version now, restart with the one that is ready, or show where to fetch it',
    input: z.strictObject({ action: z.enum(updateActions) }),
    output: done,
  }),
} as const

type Table = typeof desktopOperations
export type DesktopOperationName = keyof Table
export const desktopOperationNames = Object.keys(desktopOperations) as readonly DesktopOperationName[]

/** The app's end: input as validated, output before validation. */
export type DesktopHandlers = {
  readonly [N in DesktopOperationName]: (input: z.output<Table[N]['input']>) => Promise<z.input<Table[N]['output']>>
}
