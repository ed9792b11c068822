import type { AccountSnapshot, Snapshot } from '../../shared/status.ts'
import { type GalleryAccounts, galleryAccounts } from './accounts.ts'

/** What mail of the usual size takes. */
export function sizesOf(accounts: readonly Pick<AccountSnapshot, 'messages_stored'>[]) {
  const stored = accounts.reduce((sum, { messages_stored }) => sum + messages_stored, 0)
  return { database_bytes: stored * 41_350, raw_bytes: stored * 77_290 }
}

/** Whole snapshots to look at. */
export function gallerySnapshots(now: Date) {
  const a: GalleryAccounts = galleryAccounts(now)
  const at = (seconds: number): string => new Date(now.getTime() + seconds * 1_000).toISOString()
  const snapshot = (accounts: readonly AccountSnapshot[], change: Partial<Snapshot> = {}): Snapshot => ({
    revision: 1,
    version: '0.1.0',
    host: { kind: 'desktop', pid: 4121, port: 8000, data_folder: '/home/anna/.config/mailtide' },
    running: true,
    state: 'idle',
    failure: null,
    interval_minutes: 5,
    started_at: at(-40_000),
    uptime_seconds: 40_000,
    next_cycle_at: at(222),
    current: null,
    total_cycles: 130,
    total_emails_synced: 516_315,
    error_count: 3,
    errors_by_kind: { network: 3 },
    last_sync_duration_seconds: 6.2,
    last_cycle: {
      started_at: at(-84),
      finished_at: at(-78),
      duration_seconds: 6.2,
      accounts: 2,
      emails: 4,
      errors: 0,
    },
    accounts: [...accounts],
    alerts: [],
    store: {
      kind: 'pglite',
      durable: true,
      restarts: 0,
      ...sizesOf(accounts),
      free_bytes: 210_000_000_000,
    },
    overrides: { gmail_root_url: null, oauth_url: null },
    ...change,
  })
  const stopped = { running: false, state: 'stopped', next_cycle_at: null } as const
  const all = [a.copying, a.syncing, a.withdrawn, a.apiOff, a.butForThree, a.quota, a.upToDate, a.paused]
  const anna: AccountSnapshot = { ...a.upToDate, id: 'anna', email: 'anna.lindqvist@nordvik.example' }
  const calm = [anna, a.upToDate]
  const current = {
    account: a.syncing.email,
    phase: 'catching_up',
    done: 112,
    total: 240,
    per_second: 11.5,
  } as const
  const busyAlerts: Snapshot['alerts'] = [
    {
      key: 'sync_failure:jonas',
      kind: 'sync_failure',
      account: a.apiOff.email,
      message: 'It cannot be synced',
      remedy: 'Enable the Gmail API',
      since: at(-28 * 60),
    },
  ]
  const many = Array.from(
    { length: 50 },
    (_, index): AccountSnapshot => ({
      ...(all[(index * 5) % all.length] ?? a.upToDate),
      id: `many-${index}`,
      email: `team-${String(index + 1).padStart(2, '0')}@${index % 7 === 0 ? 'cooperative-maritime-du-finistere' : 'werft-nord'}.example`,
    }),
  )
  const disk = {
    message: 'The disk is full: 0.2 GB free, 2.0 GB needed',
    remedy: 'Free some space, then start again',
  }
  return {
    busy: snapshot(all, { state: 'syncing', next_cycle_at: null, current, alerts: busyAlerts }),
    calm: snapshot(calm),
    one: snapshot([anna]),
    demo: snapshot([a.demo], { state: 'syncing', next_cycle_at: null }),
    demoBeside: snapshot([anna, a.demoStuck]),
    fifty: snapshot(many, { state: 'syncing', next_cycle_at: null }),
    empty: snapshot([], { last_cycle: null }),
    waiting: snapshot([a.network, ...calm]),
    battery: snapshot([a.battery, ...calm]),
    needYou: snapshot([a.withdrawn, a.disk, a.clock, ...calm], { interval_minutes: 7 }),
    allButFew: snapshot([a.butForThree, anna]),
    endsSoon: snapshot([{ ...anna, sign_in_ends_at: at(30 * 3_600) }, a.upToDate], {
      alerts: [
        {
          key: 'sign_in_ends:anna',
          kind: 'sign_in_ends',
          account: anna.email,
          message: 'Google ends the sign-in',
          remedy: 'Sign in again before that',
          since: at(-60),
        },
      ],
    }),
    unfinished: snapshot([a.measuring, a.listing, anna]),
    allPaused: snapshot([a.paused]),
    stopping: snapshot(all, { state: 'stopping', next_cycle_at: null }),
    stopped: snapshot([a.copying, a.network, a.fresh, a.withdrawn, anna], stopped),
    failed: snapshot(calm, { ...stopped, state: 'failed', failure: disk }),
    rare: snapshot(
      [
        a.fresh,
        a.listing,
        a.measuring,
        a.server,
        a.store,
        a.disk,
        a.clock,
        a.wrongAccount,
        a.deadClient,
        a.testing,
        a.blocked,
        a.bug,
      ],
      { state: 'syncing', next_cycle_at: null, current: { ...current, account: a.measuring.email, phase: 'listing' } },
    ),
    alerts: snapshot(calm, {
      host: { kind: 'headless', pid: 4121, port: null, data_folder: '/home/anna/.config/mailtide' },
      overrides: { gmail_root_url: 'http://127.0.0.1:9000', oauth_url: null },
      alerts: [
        {
          key: 'api',
          kind: 'api',
          account: null,
          message: 'Port 8000 is used by another program (pid 4121)',
          remedy: 'Syncing goes on; the API is off. Choose another port',
          since: at(-60),
        },
        {
          key: 'disk_low',
          kind: 'disk',
          account: null,
          message: 'The disk is nearly full: 3.1 GB left of the disk of /home/anna. Syncing waits below 2.0 GB',
          remedy: 'Free some space, or lower the setting minFreeBytes',
          since: at(-60),
        },
        {
          key: 'error_rate',
          kind: 'error_rate',
          account: null,
          message: '24 errors within the last hour',
          remedy: 'See the log for what failed',
          since: at(-60),
        },
      ],
    }),
  } as const satisfies Readonly<Record<string, Snapshot>>
}

export type GallerySnapshots = ReturnType<typeof gallerySnapshots>
export type SceneName = keyof GallerySnapshots
