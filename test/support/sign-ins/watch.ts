import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Simulator } from '../../../electron/demo/types.ts'
import type { AccountSnapshot, Snapshot } from '../../../shared/status.ts'

const MINUTE = 60_000

/** What is known of an account beside what the product says of it. */
interface Watched {
  /** Since when it could go on: its sign-in lives, and nothing else is in its way. Null while that is not so. */
  goodSince: number | null
  /** Since when its sign-in is dead, with nothing in the way of finding out. */
  deadSince: number | null
  /** Since when it asks for a sign-in though the one it has lives. */
  askedSince: number | null
  lastSynced: { value: string | null; at: number }
  stored: number
}

export interface Circumstances {
  /** Milliseconds since the beginning. */
  readonly at: number
  readonly networkWorks: boolean
  /** How far the product's clock is off. */
  readonly clockOffMs: number
  /** Whether somebody is signing the account in at the moment. */
  readonly isSigningIn: (email: string) => boolean
}

export interface Watch {
  /** Looks at everything that must hold at every moment; each fault is told once. */
  look(snapshot: Snapshot, around: Circumstances): Promise<void>
  /** The product was restarted: what was counted since its start begins anew. */
  restarted(at: number): void
  readonly faults: readonly string[]
}

/** Google lets a signed request be off by five minutes. */
const CLOCK_SLACK_MS = 4.5 * MINUTE

export function createWatch(options: {
  readonly simulator: Simulator
  readonly credentials: string
  readonly intervalMinutes: number
}): Watch {
  const { simulator, credentials, intervalMinutes } = options
  /** A wait that began before everything was well ends within 15 minutes, and the sync takes some time itself. */
  const lateMs = Math.max(intervalMinutes, 15) * MINUTE + 5 * MINUTE
  const watched = new Map<string, Watched>()
  const faults: string[] = []
  const told = new Set<string>()

  const fault = (email: string, what: string, at: number, more: unknown): void => {
    if (told.has(`${email} ${what}`)) return
    told.add(`${email} ${what}`)
    faults.push(`${(at / 3_600_000).toFixed(2)} h: ${email} ${what}: ${JSON.stringify(more)}`)
  }

  /** Whether what the account has stored still opens it. */
  const lives = async (id: string): Promise<'user' | 'key' | null> => {
    const { sealed } = JSON.parse(await readFile(join(credentials, `${id}.json`), 'utf8')) as {
      readonly sealed: string
    }
    const credential = JSON.parse(sealed) as { readonly refresh_token?: string; readonly private_key_id?: string }
    if (credential.refresh_token !== undefined)
      return simulator.deathOf(credential.refresh_token) === null ? 'user' : null
    return credential.private_key_id === simulator.serviceAccountKey().private_key_id ? 'key' : null
  }

  const lookAt = async (account: AccountSnapshot, around: Circumstances): Promise<void> => {
    const { at, networkWorks, clockOffMs } = around
    const { email } = account
    const known: Watched = watched.get(email) ?? {
      goodSince: null,
      deadSince: null,
      askedSince: null,
      lastSynced: { value: null, at },
      stored: 0,
    }
    watched.set(email, known)
    const living = await lives(account.id)
    const clockServes = living !== 'key' || Math.abs(clockOffMs) < CLOCK_SLACK_MS
    known.goodSince = living !== null && networkWorks && clockServes ? (known.goodSince ?? at) : null
    known.deadSince = living === null && networkWorks ? (known.deadSince ?? at) : null
    if (account.last_synced_at !== known.lastSynced.value) known.lastSynced = { value: account.last_synced_at, at }

    const asks = account.state === 'needs_reauth'
    known.askedSince = asks && living !== null && !around.isSigningIn(email) ? (known.askedSince ?? at) : null
    if (known.askedSince !== null && at - known.askedSince > MINUTE)
      fault(email, 'is asked to sign in without cause', at, account)
    if (known.goodSince !== null && at - Math.max(known.goodSince, known.lastSynced.at) > lateMs)
      fault(email, 'is stuck though it could go on', at, account)
    if (known.deadSince !== null && at - known.deadSince > lateMs && !asks)
      fault(email, 'has a dead sign-in and does not say so', at, account)
    if (asks && (account.message.trim() === '' || account.remedy.trim() === ''))
      fault(email, 'asks without words', at, account)
    if (account.messages_stored < known.stored) fault(email, 'lost mail', at, account)
    if (known.lastSynced.value !== null && account.backfill !== null && known.stored > 0)
      fault(email, 'began anew', at, account)
    if (account.last_synced_at !== null) known.stored = account.messages_stored
  }

  return {
    faults,
    restarted: (at) => {
      for (const known of watched.values()) {
        known.askedSince = null
        known.goodSince = known.goodSince === null ? null : at
        known.deadSince = known.deadSince === null ? null : at
      }
    },
    look: async (snapshot, around) => {
      for (const account of snapshot.accounts) await lookAt(account, around)
      if ((snapshot.errors_by_kind['bug'] ?? 0) > 0) {
        const errors = snapshot.accounts.map(({ email, last_error }) => [email, last_error])
        fault('the service', 'met a bug', around.at, errors)
      }
      if (snapshot.state === 'failed') fault('the service', 'failed', around.at, snapshot.failure)
    },
  }
}
