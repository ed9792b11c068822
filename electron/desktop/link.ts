import type { Handlers } from '../../shared/contract.ts'
import type { AppError } from '../../shared/errors.ts'
import type { LockOwner } from '../platform/lock.ts'

/**
 * The service behind the tray and the windows, and what can be said of it.
 *
 * `starting`: its database is being opened, or what `doing` says. `own`: it lives in this process. `attached`: another process has the data folder, and we only
 * show what it does. `gone`: that process ended cleanly, as somebody wanted. `failed`: there is none, for the reason given.
 */
export type LinkState =
  | { readonly kind: 'starting'; readonly doing: string | null }
  | { readonly kind: 'own' }
  | { readonly kind: 'attached'; readonly owner: LockOwner }
  | { readonly kind: 'lost'; readonly owner: LockOwner }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly error: AppError }

/** A service that this desktop works with. */
export interface Link {
  readonly handlers: Handlers
  /** Ends it within the time that the system leaves a program: our own service is stopped in order, another one is left alone. */
  close(): Promise<void>
}
