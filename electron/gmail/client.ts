import { type gmail_v1, gmail as googleGmail } from 'googleapis/build/src/apis/gmail/index.js'
import { AppError } from '../../shared/errors.ts'
import type { MessageId } from '../../shared/ids.ts'
import type { Clock, Log } from '../ports.ts'
import { readFacts, readHistoryPage, readLabels, readLabelTotal, readListPage, readProfile } from './answers.ts'
import type { ByteGate } from './byte-gate.ts'
import type { ClockWatch } from './clock-watch.ts'
import { type Concurrency, createConcurrency } from './concurrency.ts'
import { type HeaderReader, HttpFailure, headersOf } from './failure.ts'
import { createAdapter, createSender } from './http-adapter.ts'
import type { Lane } from './quota-lane.ts'
import { type Collected, collect, readErrorBody } from './raw-body.ts'
import { createRawRequest } from './raw-request.ts'
import { type Call, createCaller, type RetryBudget } from './retry.ts'
import type { AccessTokens } from './tokens.ts'
import { type Agent, sharedAgent, withDeadline } from './transport.ts'
import type { Gmail, HistoryPage, ListPage } from './types.ts'

export interface GmailDeps {
  /** The account's address, or what else names it to the person in messages. */
  readonly name: string
  /** From the pacer of the account's client id. */
  readonly lane: Lane
  readonly tokens: AccessTokens
  readonly clock: Clock
  readonly log: Log
  /** `Endpoints.rootUrl`. */
  readonly rootUrl: string
  /** One for all accounts of the process. */
  readonly byteGate: ByteGate
  readonly concurrency?: Concurrency
  readonly agent?: Agent
  readonly budget?: Partial<RetryBudget>
  /** Is told the time by Gmail's answers. */
  readonly clockWatch?: ClockWatch | undefined
  /** How long Gmail may be silent: for a whole small answer [30 s], and between two pieces of a message [60 s]. */
  readonly timeouts?: { readonly callMs?: number; readonly idleMs?: number }
}

const me = 'me'
const historyTypes = ['messageAdded', 'messageDeleted', 'labelAdded', 'labelRemoved']
const factFields = 'id,threadId,labelIds,snippet,historyId,internalDate'
const changed = 'message(id,threadId,labelIds)'
const historyFields =
  'nextPageToken,historyId,history(id,' +
  `messagesAdded(${changed}),messagesDeleted(${changed}),labelsAdded(labelIds,${changed}),labelsRemoved(labelIds,${changed}))`

interface Answer {
  readonly status: number
  readonly headers: unknown
  readonly data: unknown
}

/**
 * One account's Gmail, over Google's own client with its retries off (ours see pacer and other workers).
 * https://developers.google.com/workspace/gmail/api/reference/rest
 */
export function createGmail(deps: GmailDeps): Gmail {
  const agent = deps.agent ?? sharedAgent(deps.rootUrl)
  const onHeaders = (headers: HeaderReader): void => deps.clockWatch?.observe(headers.get('date'))
  const api = googleGmail({
    version: 'v1',
    rootUrl: deps.rootUrl,
    retry: false,
    http2: false,
    agent,
    adapter: createAdapter(agent, onHeaders),
  })
  const askRaw = createRawRequest(api, `${factFields},raw`, createSender(agent, onHeaders))
  const callMs = deps.timeouts?.callMs ?? 30_000
  const idleMs = deps.timeouts?.idleMs ?? 60_000
  const caller = createCaller({
    account: deps.name,
    clock: deps.clock,
    log: deps.log,
    lane: deps.lane,
    concurrency: deps.concurrency ?? createConcurrency(),
    tokens: deps.tokens,
    ...(deps.budget === undefined ? {} : { budget: deps.budget }),
  })

  /** Every status is an answer to us: the library's errors would hold request and response whole. */
  const options = (token: string, signal: AbortSignal): SmallOptions => ({
    headers: { authorization: `Bearer ${token}` },
    signal,
    responseType: 'json',
    validateStatus: () => true,
  })

  /** A call whose answer is small JSON. */
  function small<T>(
    call: Pick<Call<unknown, T>, 'name' | 'method' | 'priority'> & { parallel?: boolean; pageToken?: boolean },
    send: (options: SmallOptions) => Promise<Answer>,
    read: (answer: unknown) => T,
    signal: AbortSignal,
  ): Promise<T> {
    const whole: Call<unknown, T> = {
      parallel: false,
      ...call,
      send: (token) =>
        withDeadline(signal, callMs, deps.name, async (deadline) => {
          const answer = await send(options(token, deadline.signal))
          if (answer.status !== 200) throw new HttpFailure(answer.status, headersOf(answer.headers), answer.data)
          return answer.data
        }),
      use: async (answer) => read(answer),
    }
    return caller.perform(whole, signal)
  }

  function fetchRaw(id: MessageId, token: string, admitted: () => void, signal: AbortSignal): Promise<Collected> {
    return withDeadline(signal, idleMs, deps.name, async (deadline) => {
      const { status, headers, body } = await askRaw(id, token, deadline.signal)
      deadline.touch()
      if (status !== 200) throw new HttpFailure(status, headers, await readErrorBody(body, deadline))
      admitted()
      return collect(body, deps.byteGate, deadline)
    })
  }

  return {
    profile: (signal) =>
      small(
        { name: 'profile', method: 'profile', priority: 'live' },
        (opts) => api.users.getProfile({ userId: me, fields: 'emailAddress,messagesTotal,historyId' }, opts),
        readProfile,
        signal,
      ),
    labels: (signal) =>
      small(
        { name: 'labels', method: 'labels', priority: 'live' },
        (opts) => api.users.labels.list({ userId: me, fields: 'labels(id,name,type,color)' }, opts),
        readLabels,
        signal,
      ),
    labelTotal: (id, signal) =>
      small(
        { name: 'labels', method: 'labels', priority: 'backfill' },
        (opts) => api.users.labels.get({ userId: me, id, fields: 'id,messagesTotal' }, opts),
        readLabelTotal,
        signal,
      ),
    list({ pageToken, includeSpamTrash, labelId }, signal) {
      const params: gmail_v1.Params$Resource$Users$Messages$List = {
        userId: me,
        maxResults: 500,
        includeSpamTrash,
        fields: 'messages(id,threadId),nextPageToken',
        ...(pageToken === null ? {} : { pageToken }),
        ...(labelId === undefined ? {} : { labelIds: [labelId] }),
      }
      const call = { name: 'list', method: 'list', priority: 'backfill', pageToken: pageToken !== null } as const
      const read = (answer: unknown): ListPage => onwards(readListPage(answer), pageToken)
      return small(call, (opts) => api.users.messages.list(params, opts), read, signal)
    },
    history(start, pageToken, signal) {
      const params: gmail_v1.Params$Resource$Users$History$List = {
        userId: me,
        startHistoryId: String(start),
        maxResults: 500,
        historyTypes,
        fields: historyFields,
        ...(pageToken === null ? {} : { pageToken }),
      }
      const call = { name: 'history', method: 'history', priority: 'live', pageToken: pageToken !== null } as const
      const read = (answer: unknown): HistoryPage => onwards(readHistoryPage(answer), pageToken)
      return small(call, (opts) => api.users.history.list(params, opts), read, signal)
    },
    minimal: (id, priority, signal) =>
      small(
        { name: 'get', method: 'get', priority, parallel: true },
        (opts) => api.users.messages.get({ userId: me, id, format: 'minimal', fields: factFields }, opts),
        (answer) => readFacts(answer, id),
        signal,
      ),
    raw: (id, priority, signal, take) =>
      caller.perform(
        {
          name: 'get',
          method: 'get',
          priority,
          parallel: true,
          send: (token, admitted) => fetchRaw(id, token, admitted, signal),
          async use({ body, release }) {
            try {
              return await take(body)
            } finally {
              release()
            }
          },
        },
        signal,
      ),
  }
}

type SmallOptions = {
  readonly headers: Record<string, string>
  readonly signal: AbortSignal
  readonly responseType: 'json'
  readonly validateStatus: () => boolean
}

/** A page that names itself as the next one would be read for ever. */
function onwards<P extends { readonly nextPageToken: string | null }>(page: P, sent: string | null): P {
  if (page.nextPageToken !== null && page.nextPageToken === sent) {
    throw new AppError('bad_answer', 'Gmail names the same page as the next one')
  }
  return page
}
