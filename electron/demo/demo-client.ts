import { Worker } from 'node:worker_threads'
import { AppError } from '../../shared/errors.ts'
import type { DemoGmail, DemoGmailOptions } from '../ports.ts'
import type { DemoMessage, DemoWorkerData } from './demo-protocol.ts'

/** The worker lies beside this file: TypeScript from source, JavaScript when bundled. */
const workerUrl = new URL(`./demo-worker${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url)

/** A thread that is not ready by then never will be. */
const READY_WITHIN_MS = 60_000
/** It holds a few hundred mails; whatever wants more than this ends it, and not the program. */
const MOST_HEAP_MB = 256

/**
 * Starts the demo's Gmail in a thread of its own; nothing of it is loaded before. Throws `AppError('demo')` when it does not come up. `program`
 * is for tests.
 */
export async function startDemoGmail(
  { email, since, onChange }: DemoGmailOptions,
  program: URL = workerUrl,
  readyWithinMs = READY_WITHIN_MS,
): Promise<DemoGmail> {
  const worker = new Worker(program, {
    workerData: { email, since: since.getTime() } satisfies DemoWorkerData,
    name: 'mailtide-demo',
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
  })
  const ended = Promise.withResolvers<void>()
  const ready = Promise.withResolvers<Extract<DemoMessage, { readonly kind: 'ready' }>>()
  const fail = (why: string): void => ready.reject(new AppError('demo', why))
  worker.on('message', (message: DemoMessage) => {
    if (message.kind === 'ready') ready.resolve(message)
    else if (message.kind === 'failed') fail(message.message)
    else onChange()
  })
  worker.on('error', (error) => fail(error instanceof Error ? error.message : String(error)))
  worker.on('exit', () => {
    fail('its thread ended')
    ended.resolve()
  })
  const close = async (): Promise<void> => {
    await worker.terminate()
  }
  const late = setTimeout(() => fail(`it did not start within ${readyWithinMs / 1000} seconds`), readyWithinMs)
  try {
    const { rootUrl, oauthUrl, credential } = await ready.promise
    // It is no reason for a program to go on.
    worker.unref()
    return { rootUrl, oauthUrl, credential, ended: ended.promise, close }
  } catch (error) {
    await close()
    throw error
  } finally {
    clearTimeout(late)
  }
}
