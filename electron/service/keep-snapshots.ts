import { asAppError, isAbort } from '../../shared/errors.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Clock, Log } from '../ports.ts'
import type { Snapshots } from '../store/open-store.ts'

export interface KeepSnapshotsDeps {
  readonly snapshots: Snapshots
  /** Throws when one more would be beyond what Mailtide may take. */
  readonly ensureRoom: () => Promise<void>
  /** Whether mail is being synced at the moment. */
  readonly isBusy: () => boolean
  readonly clock: Clock
  readonly log: Log
  readonly settings: () => Pick<Settings, 'snapshotHours' | 'snapshotsKept' | 'minFreeBytes'>
}

const LOOK_EVERY_MS = 10 * 60_000
const HOUR_MS = 60 * 60_000
/** After a failure: the disk may have room by then. */
const AGAIN_MS = HOUR_MS

/**
 * Makes a snapshot when the newest is older than the settings say, as long as the service is open. While mail is synced it waits, since a
 * copy that is opened beside the database takes some 300 MB; but no longer than the settings' time once more, for a first download may take
 * weeks. `close` waits for the one under way.
 */
export function keepSnapshots({ snapshots, ensureRoom, isBusy, clock, log, settings }: KeepSnapshotsDeps): {
  close(): Promise<void>
} {
  const closed = new AbortController()
  let notBefore = 0
  const began = clock.monotonic()

  const isDue = async (): Promise<boolean> => {
    const { snapshotHours } = settings()
    if (snapshotHours === 0 || clock.monotonic() < notBefore) return false
    const newest = (await snapshots.list()).find(({ reason }) => reason !== 'migration')
    const every = snapshotHours * HOUR_MS
    const patience = isBusy() ? every : 0
    if (newest === undefined) return clock.monotonic() - began >= patience
    const age = clock.now().getTime() - Date.parse(newest.made_at)
    // One from the future was made by a clock that was wrong.
    return age >= every + patience || age < -HOUR_MS
  }
  const look = async (): Promise<void> => {
    try {
      if (!(await isDue())) return
      const { snapshotsKept, minFreeBytes } = settings()
      await ensureRoom()
      await snapshots.take({ reason: 'schedule', keep: snapshotsKept, reserveBytes: minFreeBytes })
    } catch (error) {
      notBefore = clock.monotonic() + AGAIN_MS
      const { message, remedy } = asAppError(error)
      if (!closed.signal.aborted) log.warning(`No snapshot could be created: ${message}. ${remedy ?? 'See the log'}`)
    }
  }
  const looking = (async () => {
    for (;;) {
      await clock.sleep(LOOK_EVERY_MS, closed.signal)
      await look()
    }
  })().catch((error: unknown) => {
    if (!isAbort(error)) throw error
  })

  return {
    close: async () => {
      closed.abort()
      await looking
    },
  }
}
