import { createHash, randomBytes } from 'node:crypto'
import { AppError } from '../../shared/errors.ts'
import type { Clock } from '../ports.ts'

/** Codes that open the window in a browser, each once and for a while. */
export interface LinkCodes {
  /** `ownUserOnly`: others of this computer may see it on its way, and it does not count for them. */
  make(ownUserOnly?: boolean): { readonly code: string; readonly expiresAt: Date }
  /**
   * Uses a code up, for a program of our own user or of another one; null where nobody can tell. Throws `forbidden` for a code that is unknown, used or too
   * old, and for one that is not for the other user, which leaves it as it is.
   */
  redeem(code: string, isOwnUser?: boolean | null): void
  /** From now on none counts: the token they lead to was replaced. */
  clear(): void
}

/** Long enough to open a tunnel first, and short enough that a link in a terminal's history is worth nothing. */
const LIFE_MS = 10 * 60_000
/** More than one person opens at once; the oldest gives way. */
const MOST = 16

interface Kept {
  readonly expiresAt: number
  readonly ownUserOnly: boolean
  isUsed: boolean
}

/**
 * Nothing of them is on the disk, and in memory only their digests are, which are looked up: how long that takes says nothing of the code.
 * `onMisuse` is told when a code comes a second time, for then somebody else may have had it first, and when it comes from another user.
 */
export function createLinkCodes(
  clock: Pick<Clock, 'now'>,
  onMisuse: (what: 'used_again' | 'other_user') => void,
): LinkCodes {
  const kept = new Map<string, Kept>()
  const digest = (code: string): string => createHash('sha256').update(code).digest('base64')
  const forget = (now: number): void => {
    for (const [key, { expiresAt }] of kept) if (expiresAt <= now) kept.delete(key)
  }
  return {
    make: (ownUserOnly = false) => {
      const now = clock.now().getTime()
      forget(now)
      const oldest = kept.size < MOST ? undefined : kept.keys().next().value
      if (oldest !== undefined) kept.delete(oldest)
      const code = randomBytes(32).toString('base64url')
      kept.set(digest(code), { expiresAt: now + LIFE_MS, ownUserOnly, isUsed: false })
      return { code, expiresAt: new Date(now + LIFE_MS) }
    },
    redeem: (code, isOwnUser = null) => {
      forget(clock.now().getTime())
      const known = kept.get(digest(code))
      if (known === undefined) {
        throw new AppError('forbidden', 'This link is too old, or from before a restart', { remedy: anew })
      }
      if (known.ownUserOnly && isOwnUser === false) {
        onMisuse('other_user')
        throw new AppError('forbidden', 'This link was made for another user of this computer', {
          remedy: 'For a link that any user can open: mailtide open --no-browser',
        })
      }
      if (known.isUsed) {
        onMisuse('used_again')
        throw new AppError('forbidden', 'This link was used already', {
          remedy: `${anew}. If you did not use it, renew the API token in Settings`,
        })
      }
      known.isUsed = true
    },
    clear: () => kept.clear(),
  }
}

const anew = 'Make a new one: mailtide open'
