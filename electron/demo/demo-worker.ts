/**
 * The thread behind the demo account: a Gmail of our own on a loopback address, with a mailbox in which things go on happening. All of its
 * work is done here, so that the program beside it stays as quick as without a demo.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { asAppError } from '../../shared/errors.ts'
import type { DemoMessage, DemoWorkerData } from './demo-protocol.ts'
import { fillMailbox } from './generator.ts'
import { live } from './live.ts'
import { startSimulator } from './simulator.ts'

const MAILS = 240
const SEED = 5

/** An answer takes as long as Google's, so that a person sees mail arrive for some seconds. */
const LATENCY: readonly [number, number] = [80, 300]

/** Several a minute at first, then fewer: a demo that somebody forgot must not fill a disk. */
const pauseMs = (random: number, elapsedMs: number): number => 6_000 + random * 12_000 + elapsedMs / 60

const say = (message: DemoMessage): void => parentPort?.postMessage(message)

try {
  const { email, since } = workerData as DemoWorkerData
  const simulator = await startSimulator({
    seed: SEED,
    // Later than every id of an earlier run: whoever was synced with that one hears that its history is gone, and compares.
    historyFrom: Date.now(),
    dials: { latency: LATENCY, tokenFaults: false },
  })
  const mailbox = simulator.addMailbox(email)
  fillMailbox(mailbox, { count: MAILS, seed: SEED, until: since })
  const { client_id, client_secret, refresh_token } = simulator.authorizedUser(email)
  say({
    kind: 'ready',
    rootUrl: simulator.url,
    oauthUrl: simulator.oauthUrl,
    credential: { client_id, client_secret, refresh_token, scopes: [] },
  })
  // The thread is ended from outside.
  const { signal } = new AbortController()
  void live(mailbox, { signal, pause: pauseMs, onChange: () => say({ kind: 'changed' }) })
} catch (error) {
  say({ kind: 'failed', message: asAppError(error).message })
}
