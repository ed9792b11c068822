import { AppError } from '../../shared/errors.ts'
import type { StorageFigures } from '../../shared/figures.ts'
import { wireName } from '../../shared/settings.ts'
import type { Clock } from '../ports.ts'

export interface FolderQuotaDeps {
  readonly measure: () => Promise<StorageFigures>
  readonly clock: Pick<Clock, 'monotonic'>
  /** The setting `maxFolderBytes`; 0 is no limit. */
  readonly limit: () => number
}

export interface FolderQuota {
  /**
   * Throws `disk` when everything that Mailtide keeps, with `more` bytes, is beyond the person's limit. A database server counts by what is in it,
   * wherever that lies. Costs a look at the folder once a minute, and each time that what was written since may be beyond it; nothing without a limit.
   */
  ensure(more?: number): Promise<void>
  /** About so many bytes are being written, rather too many than too few: they count until the next look. */
  wrote(bytes: number): void
}

/** What was measured holds so long, with what was written since. */
const HOLDS_MS = 60_000

export function createFolderQuota({ measure, clock, limit }: FolderQuotaDeps): FolderQuota {
  let written = 0
  let known: { readonly bytes: number; readonly at: number; readonly written: number } | null = null
  const look = async (): Promise<number> => {
    // What is written meanwhile may be measured or not.
    const before = written
    const bytes = totalOf(await measure())
    known = { bytes, at: clock.monotonic(), written: before }
    return bytes
  }
  const ensure = async (more = 0): Promise<void> => {
    const most = limit()
    if (most === 0) return
    const isFresh = known !== null && clock.monotonic() - known.at < HOLDS_MS
    const before = known !== null && isFresh ? known.bytes + written - known.written : await look()
    if (before + more <= most) return
    // Less may have been written, and somebody may have made room since.
    const bytes = isFresh ? await look() : before
    if (bytes + more <= most) return
    throw new AppError('disk', `Mailtide uses ${gigabytes(bytes)} and may use ${gigabytes(most)}`, {
      remedy: 'Raise the setting maxFolderBytes, or set it to 0 for no limit; syncing then resumes automatically',
      action: { kind: 'change_setting', setting: wireName('maxFolderBytes') },
    })
  }
  return {
    ensure,
    wrote: (bytes) => {
      written += bytes
    },
  }
}

/** Parts of the database are not counted twice. */
const totalOf = ({ database_bytes, raw_bytes, snapshots_bytes, kept_bytes, logs_bytes }: StorageFigures): number =>
  [database_bytes, raw_bytes, snapshots_bytes, kept_bytes, logs_bytes].reduce<number>(
    (sum, part) => sum + (part ?? 0),
    0,
  )

const gigabytes = (bytes: number): string => `${(bytes / 1_000_000_000).toFixed(1)} GB`
