import { setTimeout as delay } from 'node:timers/promises'
import { unrepaired, type Verification } from '../../../shared/audit.ts'
import { allFindings, stepWords } from '../../../shared/audit-words.ts'
import type { Client } from '../../../shared/contract.ts'
import { number } from '../../../shared/describe.ts'
import { AppError, asAppError } from '../../../shared/errors.ts'
import { type CommandContext, connectIfRunning, exitCodes, interruptible } from '../command.ts'
import { verificationText } from '../verify-text.ts'

export interface VerifyOptions {
  readonly account: string | undefined
  /** How many messages are fetched again; null = none. */
  readonly deep: number | null
  readonly seed: string | undefined
  readonly repair: boolean
  /** Their folder is away for good. */
  readonly newOriginals: boolean
  readonly local: boolean
  readonly labels: boolean
}

export const verifyExits = { differs: 5, unseen: 6 } as const

const LOOK_EVERY_MS = 500
const DEEP_BY_DEFAULT = 100

/**
 * `mailtide verify`: whether the copy is complete, and as it was stored. Without a service only what shows without Gmail. The exit code is 0 only
 * when everything that was to be looked at was, and nothing is missing, waiting or wrong.
 */
export async function verify(context: CommandContext, options: VerifyOptions): Promise<number> {
  const client = await connectIfRunning(context)
  if (client === null && !options.local)
    context.note(
      'Mailtide is not running: only what is stored here is checked. To compare with Gmail as well: mailtide start',
    )
  const verification = await context.progress('Verifying', (say) =>
    interruptible((signal) =>
      client === null
        ? context.offline.verify({
            env: context.env,
            account: options.account,
            repair: options.repair,
            newOriginals: options.newOriginals,
            signal,
            onProgress: (now) => say(progressText(now)),
          })
        : follow(client, options, signal, say),
    ),
  )
  context.print(verificationText(verification, context.now(), context.paint, options.labels), {
    ...verification,
    gmail_asked: client !== null && !options.local,
  })
  return exitOf(verification, client !== null && !options.local, options.local)
}

async function follow(
  client: Client,
  { account, deep, seed, repair, newOriginals, local }: VerifyOptions,
  signal: AbortSignal,
  say: (now: string) => void,
): Promise<Verification> {
  let { verification } = await client.verifyBegin({
    ...(account === undefined ? {} : { account }),
    ...(deep === null ? {} : { deep }),
    ...(seed === undefined ? {} : { seed }),
    repair,
    ...(newOriginals ? { new_originals: true } : {}),
    local,
  })
  const { started_at } = verification
  while (verification.state === 'running') {
    if (signal.aborted) return await end(client, started_at)
    await delay(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
    const shown = await client.verifyShow({})
    if (shown.verification === null || shown.verification.started_at !== started_at)
      throw new AppError('aborted', 'Another command ended the verification')
    verification = shown.verification
    say(progressText(verification))
  }
  return verification
}

/** What it came to when it is ended, or ended by itself just then. */
async function end(client: Client, startedAt: string): Promise<Verification> {
  try {
    return (await client.verifyCancel({})).verification
  } catch (error) {
    const { verification } = await client.verifyShow({})
    if (asAppError(error).code === 'not_running' && verification?.started_at === startedAt) return verification
    throw error
  }
}

function progressText({ progress }: Verification): string {
  if (progress === null) return 'Verifying'
  const { account, step, done, total } = progress
  return `Verifying ${account}: ${stepWords[step]}${total > 0 ? `, ${number(done)} of ${number(total)}` : ''}`
}

/** What was found decides; then what could not be looked at; then what still waits. */
function exitOf(verification: Verification, gmailAsked: boolean, onlyLocal: boolean): number {
  const { accounts, unseen, state } = verification
  const open = accounts.some((audit) => {
    if (!onlyLocal && gmailAsked) return audit.verdict !== 'complete'
    return unrepaired(onlyLocal ? (audit.local?.findings ?? []) : allFindings(audit)) > 0
  })
  if (open) return verifyExits.differs
  if (unseen.length > 0 || state !== 'done' || (!gmailAsked && !onlyLocal)) return verifyExits.unseen
  return exitCodes.ok
}

/** How many messages `--deep` compares when it does not say. */
export const deepCount = (given: string | undefined): number | null =>
  given === undefined ? null : given === 'true' ? DEEP_BY_DEFAULT : Number(given)
