import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * Some tests read material that lies beside the repository (`../shared`): real nasty mails, Google's API description,
 * yardsticks. Returns the absolute path, or null where it is absent: the test then skips and says so.
 */
export function papers(path: string): string | null {
  const full = resolve(import.meta.dirname, '../../../shared', path)
  return existsSync(full) ? full : null
}

export const NO_PAPERS = 'skipped: ../shared is not beside this checkout'
