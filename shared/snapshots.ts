import { z } from 'zod'

/** What is written down with a copy of the embedded database, once it was read in full and opened. */
export const SnapshotNote = z.object({
  made_at: z.iso.datetime(),
  /** `schedule`: by itself; `asked`: by a person; `migration`: before a change of the schema. */
  reason: z.enum(['schedule', 'asked', 'migration']),
  schema: z.int().min(0),
  /** Those that Gmail deleted included. */
  messages: z.int().min(0),
  verified_at: z.iso.datetime(),
})
export type SnapshotNote = z.infer<typeof SnapshotNote>

/** A snapshot as it lies in the data folder. */
export interface SnapshotInfo extends SnapshotNote {
  readonly name: string
  readonly bytes: number
}
