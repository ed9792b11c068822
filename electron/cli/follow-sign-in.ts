import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '../../shared/contract.ts'
import { AppError } from '../../shared/errors.ts'
import type { SignIn } from '../../shared/sign-in.ts'
import type { AccountSnapshot } from '../../shared/status.ts'
import { problemOf, ServiceGone, startRemedy } from '../remote/client.ts'
import { openBrowser } from './browser.ts'
import { type CommandContext, complaintOf, interruptible } from './command.ts'
import { wrap } from './lines.ts'

const LOOK_EVERY_MS = 500

/**
 * Leads the person through a sign-in that was begun: opens the browser where there is one, takes a pasted address, and waits for whichever
 * comes first. Ctrl-C gives it up. Throws why it failed.
 */
export function followSignIn(
  context: CommandContext,
  client: Client,
  begun: SignIn,
  { opensBrowser }: { readonly opensBrowser: boolean },
): Promise<AccountSnapshot> {
  return interruptible(async (stopped) => {
    const over = new AbortController()
    const signal = AbortSignal.any([stopped, over.signal])
    try {
      await invite(context, begun, opensBrowser)
      const outcome = await Promise.race([watch(client, begun.id, signal), paste(context, client, begun.id, signal)])
      if (outcome.account !== null) return outcome.account
      throw problemOf(outcome.problem, 0)
    } catch (error) {
      if (error instanceof ServiceGone) throw endedMeanwhile(error)
      if (!stopped.aborted) throw error
      // It may have ended well in the same moment.
      const { account } = await client.signInCancel({ id: begun.id })
      if (account !== null) return account
      throw new AppError('aborted', 'The sign-in was cancelled, and nothing was stored')
    } finally {
      over.abort()
    }
  })
}

async function invite({ env, note }: CommandContext, { url }: SignIn, opensBrowser: boolean): Promise<void> {
  const isOpened = opensBrowser && (await openBrowser(url, env))
  note(
    isOpened
      ? 'Sign in on Google’s page in your browser. If it does not open, go to:'
      : 'Open this address in a browser, and sign in with Google:',
  )
  note(`\n${url}\n`)
  const words = [
    'Google may warn that it hasn’t verified the app. The app is your own OAuth client: choose “Advanced”, then “Go to …”.',
    'If Google shows an error, or if the last page does not load because the browser is on another computer, paste the address of that page ' +
      'here and press Enter.',
    'Mailtide waits five minutes. Press Ctrl-C to cancel.',
  ]
  for (const paragraph of words) for (const line of wrap(paragraph)) note(line)
}

async function watch(client: Client, id: string, signal: AbortSignal): Promise<SignIn> {
  for (;;) {
    await delay(LOOK_EVERY_MS, undefined, { signal })
    const now = await client.signInShow({ id })
    if (now.state === 'done' || now.state === 'failed') return now
  }
}

/** Resolves only when a pasted address ended the sign-in. */
async function paste(context: CommandContext, client: Client, id: string, signal: AbortSignal): Promise<SignIn> {
  for (;;) {
    const line = await context.ask('> ', signal)
    if (line === null) return never()
    if (line.trim() === '') continue
    try {
      return await client.signInCode({ id, redirect: line })
    } catch (error) {
      if (!(error instanceof AppError)) throw error
      // The browser came back in the meantime, or Google takes long to answer: the other way tells how it ends.
      if (error.code === 'conflict' || error.code === 'network') return never()
      if (error.code !== 'bad_input') throw error
      context.note(complaintOf(error).trimEnd())
    }
  }
}

/** A sign-in does not outlive its service, and whether it ended well just before, nobody is left to tell. */
const endedMeanwhile = (cause: ServiceGone) =>
  new ServiceGone(null, 'Mailtide was stopped during the sign-in', {
    remedy: `${startRemedy}, then sign in again`,
    action: { kind: 'start_service' },
    cause,
  })

const never = () => new Promise<never>(() => undefined)
