import type { RequestClass } from '../db.ts'

export interface Job {
  readonly requestClass: RequestClass
  /** Monotonic milliseconds at which it was queued. */
  readonly queuedAt: number
  run(): Promise<void>
  /** Called instead of `run` when the database ends before its turn. */
  refuse(error: Error): void
}

/** Maintenance that waited this long goes before the next batch: a backfill of hours must not starve it. */
export const maintenanceWaitMs = 60_000

/** Requests by urgency: interactive first, then batch, then maintenance; in order of arrival within each. */
export function createRequestQueue() {
  const lines: Record<RequestClass, Job[]> = { interactive: [], batch: [], maintenance: [] }
  return {
    push(job: Job): void {
      lines[job.requestClass].push(job)
    },
    next(now: number): Job | undefined {
      const { interactive, batch, maintenance } = lines
      if (interactive.length > 0) return interactive.shift()
      const [oldest] = maintenance
      if (oldest !== undefined && now - oldest.queuedAt >= maintenanceWaitMs) return maintenance.shift()
      return batch.shift() ?? maintenance.shift()
    },
    /** Takes all that wait. */
    drain(): Job[] {
      return Object.values(lines).flatMap((line) => line.splice(0))
    },
    get length(): number {
      return lines.interactive.length + lines.batch.length + lines.maintenance.length
    },
  }
}
