import type { StorageFigures } from '../../shared/figures.ts'
import type { AccountId } from '../../shared/ids.ts'
import type { Settings, SettingsPatch } from '../../shared/settings.ts'
import type { AccountState, ServiceState, Snapshot } from '../../shared/status.ts'
import type { ClientStore, Clock, Log, TokenStore } from '../ports.ts'
import type { Account } from '../store/accounts.ts'
import type { Db } from '../store/db.ts'
import type { Originals } from '../store/originals.ts'
import type { Progress } from '../sync/deps.ts'
import type { TurnOptions, TurnResult } from '../sync/turn.ts'
import type { RunAudit } from './audits.ts'
import type { Holds } from './holds.ts'
import type { Publisher } from './publisher.ts'
import type { Removal } from './removal.ts'
import type { Member, Roster } from './roster.ts'
import type { SignInsDeps } from './sign-ins.ts'
import type { SnapshotDeps, SnapshotFacts } from './snapshot.ts'
import type { Tally } from './tally.ts'
import type { RederiveReport } from './types.ts'

export type ServiceSettings = Pick<
  Settings,
  'intervalMinutes' | 'resyncAfterMinutes' | 'parallelAccounts' | 'errorsPerHour' | 'minFreeBytes' | 'auditDays'
>

export interface ServiceDeps {
  readonly db: Db
  readonly clock: Clock
  readonly log: Log
  readonly roster: Roster
  /** Read anew at each use, so that a changed setting holds from the next step on. */
  readonly settings: () => ServiceSettings
  /** Keeps a changed interval over restarts, and has it obeyed in this run whatever a flag or variable said: somebody asks for it now. */
  readonly saveInterval: (minutes: number) => void
  /** Throws `conflict` or `bad_settings`, with nothing changed. */
  readonly changeSettings: (patch: SettingsPatch) => void
  readonly host: Snapshot['host']
  /** Names this process among several that share a database. */
  readonly worker: string
  readonly version: string
  readonly overrides: Snapshot['overrides']
  readonly restartedUnexpectedly: boolean
  /** One turn of one account; null when another worker holds it. */
  readonly takeTurn: (
    member: Member,
    options: TurnOptions & { readonly report: (progress: Progress) => void },
  ) => Promise<TurnResult | null>
  readonly runAudit: RunAudit
  readonly quotaOf: SnapshotDeps['quotaOf']
  readonly storeFacts: StoreFacts
  /** Whether first downloads wait, by the person's settings and the computer's surroundings. */
  readonly holds: Holds
  readonly signIn: Pick<SignInsDeps, 'authUrl' | 'oauthUrl' | 'adopt'> & {
    readonly clients: ClientStore
    readonly tokens: TokenStore
    /** Has an account go on with another secret of its OAuth client; false when it has that one, or none. */
    readonly changeSecret: (account: Account, clientSecret: string) => Promise<boolean>
  }
  /** When the account's sign-in ends by itself, as far as is known. */
  readonly signInEndsAt: SnapshotDeps['signInEndsAt']
  /** Finds out what `signInEndsAt` tells, before the account's first turn does; false when the credential cannot be read. Never throws. */
  readonly lookAtSignIn: (member: Member) => Promise<boolean>
  /** How far this computer's clock is ahead of Google's; null when that is not known. */
  readonly clockAheadMs: SnapshotDeps['clockAheadMs']
  /** Why the host serves no HTTP API. */
  readonly apiTrouble: SnapshotDeps['apiTrouble']
  /** What was done about a damaged database. */
  readonly recovered: SnapshotDeps['recovered']
  readonly originals: Originals
  readonly importToken: (token: unknown, expectedEmail: string | undefined, oauthClient: unknown) => Promise<AccountId>
  /** Stores the demo account, and starts its Gmail. */
  readonly addDemo: () => Promise<AccountId>
  readonly removal: Pick<Removal, 'revoke' | 'leave' | 'letGo' | 'find' | 'deleteMail'>
  readonly reparse: (
    options: { readonly all: boolean; readonly account?: AccountId },
    signal: AbortSignal,
  ) => Promise<RederiveReport>
  /** Closes what the service was given, in reverse order of opening. */
  readonly closeAll: () => Promise<void>
}

/** Figures of the store that cost something to take. */
export interface StoreFacts {
  /** As last taken. */
  read(): Snapshot['store']
  /** Takes them anew, after each cycle and at start. Never throws. */
  refresh(): Promise<void>
  /** Only what can become dangerous between cycles: the space left on the disk. Never throws. */
  refreshSpace(): Promise<void>
  /** Everything, measured now. */
  measure(): Promise<StorageFigures>
}

/** A turn under way, and the way to end it alone. */
export interface RunningTurn {
  readonly stop: AbortController
  readonly done: Promise<void>
}

/** What the loop of cycles and the commands of people share. */
export interface Engine {
  readonly deps: ServiceDeps
  readonly facts: SnapshotFacts
  readonly tally: Tally
  readonly publisher: Publisher
  readonly turns: Map<AccountId, RunningTurn>
  /** Moves an account's state and tells everybody. A paused account stays paused, whatever its last turn says. */
  moveTo(member: Member, state: AccountState): void
  setState(state: ServiceState): void
  /** Fires at the next `poke`. */
  nudge(): AbortSignal
  /** Has the loop look again at who is due. */
  poke(): void
}

export function createEngine(parts: Pick<Engine, 'deps' | 'facts' | 'tally' | 'publisher'>): Engine {
  const { deps, facts, publisher } = parts
  let nudge = new AbortController()
  return {
    ...parts,
    turns: new Map(),
    moveTo: (member, state) => {
      member.state = member.account.paused ? { state: 'paused' } : state
      const until = 'until' in state && state.until !== null ? Date.parse(state.until) : null
      member.waitEnds = until === null ? null : deps.clock.monotonic() + until - deps.clock.now().getTime()
      publisher.changed()
    },
    setState: (state) => {
      facts.state = state
      publisher.changed()
    },
    nudge: () => nudge.signal,
    poke: () => {
      const before = nudge
      nudge = new AbortController()
      before.abort()
    },
  }
}
