import { counted } from '../../../shared/describe.ts'
import { asAppError } from '../../../shared/errors.ts'
import { createClient, ServiceGone } from '../../remote/client.ts'
import type { CommandContext } from '../command.ts'
import { type CheckOptions, judgeSnapshot, severities, type Verdict, verdictLine } from '../nagios.ts'

/** The verdict that time is up comes before the question is given up. */
const WORDS_FIRST_MS = 50

export interface CheckCommandOptions extends Omit<CheckOptions, 'now'> {
  /** Seconds until a service that does not answer counts as hanging. */
  readonly timeout: number
}

/**
 * `mailtide check`: a plugin for Nagios, Icinga, Checkmk and others. Exit code 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. A service that does
 * not run or not answer is CRITICAL; what keeps the check itself from looking is UNKNOWN.
 */
export async function check(context: CommandContext, options: CheckCommandOptions): Promise<number> {
  const verdict = await verdictOf(context, options)
  context.print(`${verdictLine(verdict)}\n`, {
    status: verdict.severity,
    exit_code: severities.indexOf(verdict.severity),
    message: verdict.text,
    perfdata: verdict.figures,
  })
  return severities.indexOf(verdict.severity)
}

async function verdictOf(context: CommandContext, options: CheckCommandOptions): Promise<Verdict> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<Verdict>((resolve) => {
    const text = `Mailtide does not answer within ${counted(options.timeout, 'second')}`
    timer = setTimeout(() => resolve({ severity: 'CRITICAL', text, figures: [] }), options.timeout * 1_000)
  })
  try {
    return await Promise.race([look(context, options), late])
  } finally {
    clearTimeout(timer)
  }
}

async function look(context: CommandContext, options: CheckCommandOptions): Promise<Verdict> {
  try {
    const end = performance.now() + options.timeout * 1_000
    const { address, token } = await context.connectTo(options.timeout * 1_000)
    // Only what is left of the time: a question that still waits would keep the command from ending.
    const left = Math.max(0, Math.ceil(end - performance.now()))
    const { sync_status } = await createClient(address, token, left + WORDS_FIRST_MS).status({})
    return judgeSnapshot(sync_status, { ...options, now: context.now() })
  } catch (error) {
    const { message, remedy, code } = asAppError(error)
    const severity = error instanceof ServiceGone || code === 'network' || code === 'store' ? 'CRITICAL' : 'UNKNOWN'
    return { severity, text: remedy === undefined ? message : `${message}. ${remedy}`, figures: [] }
  }
}
