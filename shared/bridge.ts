import { z } from 'zod'
import type { OperationName, Reply } from './contract.ts'
import type { DesktopOperationName, DesktopState } from './desktop.ts'
import { eventKinds, type LostNotice } from './documents.ts'
import { type LogEntry, LogLevel } from './log-entry.ts'
import type { CycleSummary, Snapshot } from './status.ts'

/** What a page of the app can listen to: what the service tells over HTTP as well, and the app of itself. */
export const bridgeKinds = [...eventKinds, 'desktop'] as const
export type BridgeKind = (typeof bridgeKinds)[number]

/** What a page asks to be told. Of `status` and `desktop` the present state comes first. */
export const BridgeSubscription = z.strictObject({
  kinds: z.array(z.enum(bridgeKinds)).min(1).max(bridgeKinds.length),
  /** Log lines of this level and above. */
  level: LogLevel.default('info'),
  /** How many past log lines come first. */
  lines: z.int().min(0).max(5_000).default(0),
})
export type BridgeSubscription = z.output<typeof BridgeSubscription>

/** The data of each event, shaped as over HTTP. */
export interface BridgeData {
  readonly status: Snapshot
  readonly cycle: CycleSummary
  readonly log: LogEntry
  /** The page was too slow for some of what it asked for. */
  readonly lost: LostNotice
  readonly desktop: DesktopState
}
export type BridgeEvent = {
  readonly [Name in keyof BridgeData]: { readonly name: Name; readonly data: BridgeData[Name] }
}[keyof BridgeData]

/** All that a page of the app has of the app: `window.mailtide`. */
export interface Bridge {
  /** Never rejects for what is foreseen: the reply says what went wrong. */
  call(name: OperationName | DesktopOperationName, input: unknown): Promise<Reply>
  /**
   * Calls the listener with what came since it was called last, in order, once per frame at most; returns the way to stop. A request that is
   * not valid is told nothing, and the app's log says so.
   */
  subscribe(request: z.input<typeof BridgeSubscription>, listener: (events: readonly BridgeEvent[]) => void): () => void
}
