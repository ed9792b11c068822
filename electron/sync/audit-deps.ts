import type { AuditStep } from '../../shared/audit.ts'
import type { RawStore } from '../store/raw.ts'
import type { SyncDeps } from './deps.ts'

/** What an audit needs beside what a turn needs. */
export interface AuditDeps extends SyncDeps {
  readonly raw: RawStore
  /** Runs work while no turn of the account does, here or in another worker. Kept short, so that new mail does not wait. */
  readonly hold: <T>(work: () => Promise<T>) => Promise<T>
  readonly step: (step: AuditStep, done: number, total: number) => void
  readonly parserVersion: number
}
