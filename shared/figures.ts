import { z } from 'zod'

const timestamp = z.iso.datetime()
const count = z.int().min(0)

/** A message that could not be downloaded, stored or read, with the reason. Its original is kept where there is one. */
export const FailedMessage = z.object({
  /** The address. */
  account: z.string(),
  gmail_id: z.string(),
  stage: z.enum(['download', 'store', 'parse']),
  reason: z.string(),
  attempts: count,
  /** Null when only a newer version of Mailtide can help: the mail was downloaded but could not be read. */
  next_try_at: timestamp.nullable(),
})
export type FailedMessage = z.infer<typeof FailedMessage>

/** How far back a chart reaches. */
export const seriesSpans = ['hour', 'day', 'week', 'month'] as const
export type SeriesSpan = (typeof seriesSpans)[number]

/**
 * What happened within one step of a chart. Cycles count where they ended, those of several workers together; a cycle cut short counts
 * with its emails, errors and quota, but not as a cycle.
 */
export const SeriesPoint = z.object({
  /** The step's beginning; it ends where the next one begins. */
  at: timestamp,
  cycles: count,
  emails: count,
  errors: count,
  errors_by_kind: z.record(z.string(), count),
  /** Null where no cycle ended. */
  duration_seconds_mean: z.number().min(0).nullable(),
  duration_seconds_max: z.number().min(0).nullable(),
  quota_units: count,
  /** The last known size within the step; null where none was taken. */
  database_bytes: count.nullable(),
  raw_bytes: count.nullable(),
})
export type SeriesPoint = z.infer<typeof SeriesPoint>

/** A chart: every step of the span, oldest first, without gaps; the last one holds the present moment. */
export const MetricsSeries = z.object({
  span: z.enum(seriesSpans),
  step_seconds: z.int().min(1),
  points: z.array(SeriesPoint),
})
export type MetricsSeries = z.infer<typeof MetricsSeries>

/** What Mailtide takes on the disk, in bytes. Null where it cannot be told. */
export const StorageFigures = z.object({
  kind: z.enum(['pglite', 'postgres']),
  data_folder: z.string(),
  /** Indexes and write-ahead log included. */
  database_bytes: count.nullable(),
  /** The original mails as they lie in the raw store, compressed. With `rawStore` postgres a part of `database_bytes`. */
  raw_bytes: count.nullable(),
  logs_bytes: count.nullable(),
  snapshots_bytes: count.nullable(),
  /** The write-ahead log, a part of `database_bytes`. Null with a server. */
  wal_bytes: count.nullable(),
  /** Databases kept aside: damaged ones, and those from before a restore or a rebuild. To be deleted by the person. */
  kept_bytes: count.nullable(),
  /** On the disk of the data folder. */
  free_bytes: count.nullable(),
  /** Syncing waits below this: the setting `minFreeBytes`. */
  min_free_bytes: count,
  /** Syncing waits when everything is more than this: the setting `maxFolderBytes`; 0 is no limit. */
  max_folder_bytes: count,
  durable: z.boolean(),
  restarts: count,
})
export type StorageFigures = z.infer<typeof StorageFigures>
