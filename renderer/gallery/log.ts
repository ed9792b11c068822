import type { LogEntry, LogLevel } from '../../shared/log-entry.ts'

const said: readonly (readonly [LogLevel, string, string, LogEntry['fields']?])[] = [
  ['info', 'sync.engine', 'Starting sync cycle...'],
  ['info', 'sync.engine', 'Syncing user: margot.delacroix@kustvaart-archief.example'],
  ['debug', 'gmail.retry', 'A call to Gmail is repeated', { attempt: 2, wait_ms: 1_500 }],
  ['info', 'sync.engine', 'Syncing user: redaktion-langzeitarchiv@hafenmuseum-bremerhaven.example'],
  [
    'warning',
    'gmail.history',
    'Gmail no longer has the history since the last sync; comparing the whole mailbox',
    { account: 'up' },
  ],
  ['info', 'sync.engine', 'Sync completed for margot.delacroix@kustvaart-archief.example: 6 emails'],
  [
    'warning',
    'sync.engine',
    'Sync failed for jonas.weidenbrueck@weidenbrueck-partner.example: Gmail does not answer',
    { code: 'network' },
  ],
  ['info', 'sync.engine', 'Sync completed for redaktion-langzeitarchiv@hafenmuseum-bremerhaven.example: 50 emails'],
  [
    'error',
    'sync.engine',
    'Sync failed for jonas.weidenbrueck@weidenbrueck-partner.example: An unexpected error occurred in Mailtide',
    { stack: 'TypeError: x is not a function\\n    at turn (turn.ts:12:3)\\n    at cycle (cycle.ts:80:9)' },
  ],
  ['info', 'sync.engine', 'Sync cycle completed in 194.11s'],
]

/** So many lines up to `now`, two seconds apart, as the service would write them. */
export function galleryLog(now: Date, count: number): readonly LogEntry[] {
  return Array.from({ length: count }, (_, index): LogEntry => {
    const [level, name, message, fields] = said[index % said.length]!
    const at = new Date(now.getTime() - (count - index) * 2_000).toISOString()
    return {
      at,
      level,
      name,
      message,
      ...(fields === undefined ? {} : { fields }),
      ...(index % 42 === 41 ? { repeated: 41 } : {}),
    }
  })
}
