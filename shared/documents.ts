import { z } from 'zod'
import { wholeNumber } from './contract.ts'
import { LogEntry, LogLevel } from './log-entry.ts'
import { CycleSummary, Snapshot } from './status.ts'

/** An address that is read and answers with something else than the JSON of an operation. */
export interface Document<Input extends z.ZodType = z.ZodType> {
  readonly summary: string
  readonly path: string
  /** `open`: anyone on this computer, unless `requireToken`. */
  readonly auth: 'open' | 'token'
  readonly mediaType: string
  /** The query. */
  readonly input: Input
}

const document = <Input extends z.ZodType>(row: Document<Input>): Document<Input> => row

export const eventKinds = ['status', 'cycle', 'log'] as const
export type EventKind = (typeof eventKinds)[number]

const kindList = new RegExp(`^(${eventKinds.join('|')})(,(${eventKinds.join('|')}))*$`)

/** What one listens to. Without `after` the present snapshot comes first; with it, what came since. */
export const EventsInput = z.strictObject({
  kinds: z
    .string()
    .regex(kindList, { error: `must be some of ${eventKinds.join(',')}, separated by commas` })
    .default('status,cycle')
    .transform((text) => text.split(',') as readonly EventKind[])
    .describe('What to send, separated by commas. `log` needs the token'),
  level: LogLevel.default('info').describe('Log lines of this level and above'),
  lines: wholeNumber(0, 5_000).default(0).describe('How many past log lines to send first'),
  after: z
    .string()
    .max(200)
    .optional()
    .describe('The id of the last event received, to continue after it. The header `Last-Event-ID` does the same'),
})
export type EventsInput = z.output<typeof EventsInput>

/** What is sent whole or told as lost; of snapshots only the latest counts. */
export const lostKinds = ['cycle', 'log'] as const

/** Some of what was asked for cannot be sent any more. `count` is null when nobody knows how much. */
export const LostNotice = z.object({
  kind: z.enum(lostKinds),
  /** Log lines of every level are counted. */
  count: z.int().positive().nullable(),
  /** `too_slow`: it was dropped before it was read. `restarted`: the service that had it has ended. */
  reason: z.enum(['too_slow', 'restarted']),
})
export type LostNotice = z.infer<typeof LostNotice>

/**
 * The last event of a stream that the service ends by itself. `closing`: the service stops or starts anew. `forbidden`: the token
 * was renewed, or is needed now.
 */
export const EndNotice = z.object({ reason: z.enum(['closing', 'forbidden']) })
export type EndNotice = z.infer<typeof EndNotice>

/** The data of each event, by its name. */
export const eventData = {
  status: Snapshot,
  cycle: CycleSummary,
  log: LogEntry,
  lost: LostNotice,
  end: EndNotice,
} as const
export type EventName = keyof typeof eventData

/** What is served beside the operations. */
export const documents = {
  events: document({
    summary: 'Follow the service: server-sent events of status, cycles and log lines',
    path: '/api/v1/events',
    auth: 'open',
    mediaType: 'text/event-stream',
    input: EventsInput,
  }),
  metrics: document({
    summary: 'Metrics for Prometheus',
    path: '/metrics',
    auth: 'open',
    mediaType: 'text/plain',
    input: z.object({}),
  }),
  openapi: document({
    summary: 'This description of the API, in OpenAPI 3.1',
    path: '/openapi.json',
    auth: 'open',
    mediaType: 'application/json',
    input: z.object({}),
  }),
} as const
export type DocumentName = keyof typeof documents
export const documentNames = Object.keys(documents) as readonly DocumentName[]
