import type Electron from 'electron'
import { controls } from './standin/controls.ts'

/** What a test asks of the app's process, over Node's own channel between the two. */
export type ControlRequest =
  | { readonly standIn: 'evaluate'; readonly id: number; readonly source: string; readonly arg: unknown }
  | { readonly standIn: 'control'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }

export type ControlReply =
  | { readonly standIn: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly standIn: 'reply'; readonly id: number; readonly error: string }

/** Answers tests; an app whose test is gone ends. */
export function listen(electron: typeof Electron): void {
  if (process.send === undefined) return
  process.on('disconnect', () => electron.app.exit(1))
  process.on('message', (message: ControlRequest) => {
    if (message.standIn === 'evaluate' || message.standIn === 'control') void reply(electron, message)
  })
}

async function reply(electron: typeof Electron, request: ControlRequest): Promise<void> {
  const { id } = request
  const send = (answer: ControlReply): void => {
    process.send?.(answer)
  }
  try {
    send({ standIn: 'reply', id, value: await run(electron, request) })
  } catch (error) {
    send({ standIn: 'reply', id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

async function run(electron: typeof Electron, request: ControlRequest): Promise<unknown> {
  if (request.standIn === 'control') {
    const control = controls[request.name as keyof typeof controls] as (...args: readonly unknown[]) => unknown
    return await control(...request.args)
  }
  // Source text of a test, as Playwright's `evaluate` takes it.
  // biome-ignore lint/security/noGlobalEval: it is what evaluate means.
  const work = globalThis.eval(`(${request.source})`) as (electron: unknown, arg: unknown) => unknown
  return await work(electron, request.arg)
}
