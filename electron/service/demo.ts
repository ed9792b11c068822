import { DEMO_EMAIL, DEMO_ID } from '../../shared/demo.ts'
import { AppError, asAppError, isAbort } from '../../shared/errors.ts'
import { isLoopback } from '../gmail/endpoints.ts'
import type { DemoGmail, Log, StartDemoGmail, TokenStore } from '../ports.ts'

/** The demo account's Gmail, which runs from the first turn of that account until the account is removed or the service closed. */
export interface Demo {
  /** Starts it where it does not run. Throws `demo` when it cannot be started, `aborted` when the signal fires. */
  open(since: Date, signal: AbortSignal): Promise<DemoGmail>
  /** Null while it does not run. */
  present(): DemoGmail | null
  /** Ends it; `open` starts it again. Safe to call twice. */
  close(): Promise<void>
}

export interface DemoDeps {
  /** Null where the host brings no demo. */
  readonly start: StartDemoGmail | null
  readonly log: Log
  readonly onChange: () => void
}

export function createDemo({ start, log, onChange }: DemoDeps): Demo {
  let running: DemoGmail | null = null
  let starting: Promise<DemoGmail> | null = null

  const begin = async (from: StartDemoGmail, since: Date): Promise<DemoGmail> => {
    let made: DemoGmail | null = null
    made = await from({
      email: DEMO_EMAIL,
      since,
      // What one that was closed still says is nobody's news.
      onChange: () => {
        if (made !== null && running === made) onChange()
      },
    })
    if (![made.rootUrl, made.oauthUrl].every((url) => isLoopback(new URL(url)))) {
      await made.close()
      throw cannotStart('its address is not on this computer')
    }
    running = made
    log.info('The demo mailbox is there')
    void made.ended.then(() => {
      if (running !== made) return
      running = null
      log.warning('The demo mailbox ended unexpectedly; it is restarted at the next sync')
    })
    return made
  }

  return {
    open: async (since, signal) => {
      if (running !== null) return running
      if (start === null) throw cannotStart('this Mailtide has none')
      starting ??= begin(start, since).finally(() => {
        starting = null
      })
      starting.catch(() => undefined) // whoever waits is told
      try {
        return await unlessAborted(starting, signal)
      } catch (error) {
        if (isAbort(error) || (error instanceof AppError && error.code === 'demo')) throw error
        throw cannotStart(asAppError(error).message, error)
      }
    },
    present: () => running,
    close: async () => {
      await starting?.catch(() => undefined)
      const ending = running
      running = null
      await ending?.close()
    },
  }
}

/** Credentials as they are kept, save the demo's: that one comes from its Gmail and dies with it, and is never written anywhere. */
export function withDemoCredential(tokens: TokenStore, demo: Pick<Demo, 'present'>): TokenStore {
  return {
    read: async (account) => {
      if (account !== DEMO_ID) return await tokens.read(account)
      const gmail = demo.present()
      if (gmail === null) throw cannotStart('it does not run now')
      return gmail.credential
    },
    write: async (account, credential) => {
      if (account !== DEMO_ID) await tokens.write(account, credential)
    },
    remove: async (account) => {
      if (account !== DEMO_ID) await tokens.remove(account)
    },
  }
}

/** What nobody can ask of the demo: it has no permission of Google’s. Throws `conflict`. */
export const notForDemo = (what: string): AppError =>
  new AppError('conflict', `${DEMO_EMAIL} is the demo, with made-up mail: ${what}`, {
    remedy: 'Add your own account: mailtide accounts add',
  })

/** It ended under a turn, which met no Gmail any more. */
export const demoEnded = (cause: unknown): AppError =>
  cause instanceof AppError && cause.code === 'demo' ? cause : cannotStart('it ended while it was synced', cause)

const cannotStart = (why: string, cause?: unknown): AppError =>
  new AppError('demo', `The demo mailbox is not running: ${why}`, {
    remedy: 'Mailtide keeps trying; if it does not recover, restart Mailtide or remove the demo account',
    action: { kind: 'keeps_trying' },
    cause,
  })

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>()
  const onAbort = (): void => reject(new AppError('aborted', 'Stopped'))
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', onAbort))
}
