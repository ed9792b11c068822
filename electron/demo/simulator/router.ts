/** From an HTTP request line to an answer: authorisation, refusals, faults, quota, then the method itself. */
import { getLabel, getProfile, getSendAs, listLabels, settings } from './account-routes.ts'
import { type Answer, googleError, jsonWithText, Refused } from './answer.ts'
import type { Context, Dice, Route } from './context.ts'
import {
  apiDisabled,
  dailyLimit,
  delegationDenied,
  domainPolicy,
  htmlPage,
  insufficientScope,
  invalidCredentials,
  mailboxOff,
  missingCredentials,
  notFound,
  preconditionFailed,
  quotaExceeded,
  quotaVariant,
  resourceExhausted,
  serverError,
  tooManyConcurrent,
  userRateLimit,
} from './errors.ts'
import { applyFields } from './fields.ts'
import { getAttachment, getDraft, getMessage, getThread } from './get-routes.ts'
import { listHistory } from './history-route.ts'
import { listDrafts, listMessages, listThreads } from './list-routes.ts'
import type { MailboxState } from './mailbox.ts'
import { costOf, PROJECT_LIMIT, userLimit } from './quota.ts'

interface Method {
  readonly name: string
  readonly route: Route
  readonly path: readonly string[]
}

const collections: Readonly<Record<string, readonly [string, Route]>> = {
  profile: ['getProfile', getProfile],
  labels: ['labels.list', listLabels],
  messages: ['messages.list', listMessages],
  threads: ['threads.list', listThreads],
  drafts: ['drafts.list', listDrafts],
  history: ['history.list', listHistory],
}
const items: Readonly<Record<string, readonly [string, Route]>> = {
  labels: ['labels.get', getLabel],
  messages: ['messages.get', getMessage],
  threads: ['threads.get', getThread],
  drafts: ['drafts.get', getDraft],
}

/** The method behind the path below `users/{userId}/`. */
function methodOf(rest: string): Method | undefined {
  const setting = settings[rest]
  if (setting !== undefined) return { name: rest.replaceAll('/', '.'), route: setting, path: [] }
  const alias = /^settings\/sendAs\/([^/]+)$/.exec(rest)?.[1]
  if (alias !== undefined) return { name: 'settings.sendAs.get', route: getSendAs, path: [decodeURIComponent(alias)] }
  const [collection = '', id, sub, subId, ...more] = rest.split('/').map(decodeURIComponent)
  if (more.length > 0) return undefined
  if (id === undefined) {
    const found = collections[collection]
    return found && { name: found[0], route: found[1], path: [] }
  }
  if (sub === undefined) {
    const found = items[collection]
    return found && { name: found[0], route: found[1], path: [id] }
  }
  if (collection === 'messages' && sub === 'attachments' && subId !== undefined)
    return { name: 'attachments.get', route: getAttachment, path: [id, subId] }
  return undefined
}

const READING = ['gmail.readonly', 'gmail.modify', 'gmail.metadata']
const mayRead = (scopes: readonly string[]): boolean =>
  scopes.includes('https://mail.google.com/') ||
  READING.some((name) => scopes.some((scope) => scope.endsWith(`/${name}`)))

/** The account's standing refusal, if it has one. */
function refusalOf(mailbox: MailboxState, context: Context): Answer | undefined {
  const table = context.dials.quota === 'old' ? 'old' : 'new'
  switch (mailbox.refusal) {
    case null:
      return undefined
    case 'mailbox_off':
      return googleError(mailboxOff())
    case 'precondition':
      return googleError(preconditionFailed())
    case 'api_disabled':
      return googleError(apiDisabled())
    case 'domain_policy':
      return googleError(domainPolicy())
    case 'delegation_denied':
      return googleError(delegationDenied(mailbox.email))
    case 'insufficient_scope':
      return googleError(insufficientScope())
    case 'daily_limit':
      return googleError(dailyLimit('dailyLimitExceeded'))
    case 'quota_exceeded':
      return googleError(dailyLimit('quotaExceeded'))
    case 'project_quota':
      return googleError(quotaExceeded(table, 'project', PROJECT_LIMIT))
    case 'rate_limited_until':
      return googleError(userRateLimit(context.clock.now() + context.dials.userRateMs))
  }
}

/** A random refusal that the dials ask for. */
function faultOf(context: Context, dice: Dice): Answer | undefined {
  const { dials, clock } = context
  if (dice.roll('serverError', dials.serverError)) return outage(dice)
  if (dice.roll('unauthorized', dials.unauthorized)) return invalidCredentials()
  if (dice.roll('tooMany', dials.tooMany)) return googleError(tooManyConcurrent())
  if (dice.roll('exhausted', dials.exhausted)) return googleError(resourceExhausted())
  if (dice.roll('userRate', dials.userRate)) return googleError(userRateLimit(clock.now() + dials.userRateMs))
  if (dice.roll('spuriousQuota', dials.spuriousQuota)) {
    const table = dials.quota === 'old' ? 'old' : 'new'
    return quotaVariant(table, userLimit[table], dice.detail('quota variant'))
  }
  return undefined
}

/** 500 to 504, as JSON or as a page. */
export function outage(dice: Dice): Answer {
  const codes = [500, 502, 503, 504] as const
  const code = codes[Math.floor(dice.detail('outage code') * codes.length)] ?? 503
  return dice.detail('outage form') < 0.5 ? googleError(serverError(code)) : htmlPage(code, 'Server Error')
}

export interface Asked {
  readonly verb: string
  readonly path: string
  readonly params: URLSearchParams
  readonly authorization: string | undefined
  readonly dice: Dice
}

/** Who asks: the mailbox behind a good access token, or the 401. */
export function whoAsks(
  context: Context,
  authorization: string | undefined,
): { mailbox: MailboxState; scopes: readonly string[] } {
  const token = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1]
  if (token === undefined) throw new Refused(missingCredentials())
  const grant = context.grants.check(token)
  const mailbox = grant === undefined ? undefined : context.users.get(grant.user)
  if (grant === undefined || mailbox === undefined) throw new Refused(invalidCredentials())
  return { mailbox, scopes: grant.scopes }
}

function charge(context: Context, mailbox: MailboxState, method: string): void {
  const { dials, quota, stats, clock } = context
  const units = costOf(method, dials.quota)
  const verdict = quota.take(mailbox.user, units, dials, clock.now())
  if (verdict === 'ok') {
    stats.units += units
    return
  }
  stats.quotaErrors++
  const table = dials.quota === 'old' ? 'old' : 'new'
  throw new Refused(googleError(quotaExceeded(table, verdict, verdict === 'user' ? userLimit[table] : PROJECT_LIMIT)))
}

/** Answers one call of the Gmail API, alone or as part of a batch. `admit` says no when too many run at once. */
export function answerCall(context: Context, asked: Asked, admit: (user: string) => boolean): Answer {
  try {
    const { mailbox, scopes } = whoAsks(
      context,
      asked.authorization ?? `Bearer ${asked.params.get('access_token') ?? ''}`,
    )
    const [, owner = '', rest = ''] = /^\/gmail\/v1\/users\/([^/]+)\/(.+)$/.exec(asked.path) ?? []
    // Tokens here may read and no more, whatever the write.
    if (rest !== '' && asked.verb !== 'GET') return googleError(insufficientScope())
    const method = methodOf(rest)
    if (method === undefined) return htmlPage(404, 'Not Found')
    context.stats.byMethod[method.name] = (context.stats.byMethod[method.name] ?? 0) + 1
    const refusal = refusalOf(mailbox, context) ?? faultOf(context, asked.dice)
    if (refusal !== undefined) return refusal
    if (!mayRead(scopes)) return googleError(insufficientScope())
    const user = decodeURIComponent(owner).toLowerCase()
    if (user !== 'me' && user !== mailbox.email.toLowerCase()) return googleError(delegationDenied(user))
    charge(context, mailbox, method.name)
    if (!admit(mailbox.user)) {
      context.stats.concurrencyErrors++
      return googleError(tooManyConcurrent())
    }
    const value = method.route(context, { mailbox, params: asked.params, scopes, path: method.path, dice: asked.dice })
    const shown = applyFields(value, asked.params.get('fields')) as Record<string, unknown>
    return jsonWithText(shown, 'raw', asked.params.get('prettyPrint') !== 'false')
  } catch (error) {
    if (error instanceof Refused) return error.answer
    if (error instanceof URIError) return notFound().answer
    throw error
  }
}
