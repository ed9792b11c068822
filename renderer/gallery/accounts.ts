import { NOT_VERIFIED } from '../../shared/audit.ts'
import { DEMO_EMAIL, DEMO_ID } from '../../shared/demo.ts'
import type { AccountSnapshot, AccountState } from '../../shared/status.ts'

/** Made-up accounts in every state. Times are told from the moment at which one looks. */
export function galleryAccounts(now: Date) {
  const ago = (minutes: number): string => new Date(now.getTime() - minutes * 60_000).toISOString()
  const ahead = (minutes: number): string => ago(-minutes)

  type Numbers = Partial<Omit<AccountSnapshot, 'state' | 'email' | 'id'>>
  const account = (email: string, state: AccountState, numbers: Numbers): AccountSnapshot => ({
    id: email,
    email,
    demo: false,
    ...state,
    last_synced_at: null,
    next_due_at: null,
    messages_stored: 0,
    messages_deleted: 0,
    messages_waiting: 0,
    messages_failed: 0,
    backfill: null,
    last_error: null,
    completeness: NOT_VERIFIED,
    sign_in_ends_at: null,
    quota: { table: 'new', units_per_second: 98, units_used: 0, errors: 0 },
    ...numbers,
  })
  const backfill = (total: number, done: number, rate: number | null, eta: number | null) => ({
    listed: total,
    listing_complete: true,
    done,
    total,
    percent: Math.floor((done / total) * 1_000) / 10,
    per_second: rate,
    eta_seconds: eta,
    started_at: ago(7 * 60 + 50),
    back_to: done === 0 ? null : done < 100 ? ago(3 * 24 * 60) : '2019-03-14T09:00:00.000Z',
  })

  return {
    withdrawn: account(
      'facturation.et.comptabilite.internationale@cooperative-maritime-du-finistere.example',
      {
        state: 'needs_reauth',
        reason: 'needs_reauth',
        message:
          'Google no longer accepts the sign-in: it was revoked, the password changed, it was not used for six months, or the OAuth client is in testing mode, where a sign-in lasts seven days (facturation)',
        remedy: 'Sign in again',
        cause: 'withdrawn',
      },
      { messages_stored: 9_318, last_synced_at: ago(20 * 60 + 22) },
    ),
    apiOff: account(
      'jonas.weidenbrueck@weidenbrueck-partner.example',
      {
        state: 'error',
        code: 'api_disabled',
        message: 'The Gmail API is not enabled in the Google project (jonas)',
        remedy:
          'Enable the Gmail API at https://console.cloud.google.com/apis/library/gmail.googleapis.com?project=mailtide and wait a few minutes',
        action: {
          kind: 'open_page',
          url: 'https://console.cloud.google.com/apis/library/gmail.googleapis.com?project=mailtide',
        },
        until: ahead(5),
      },
      {
        messages_stored: 22_150,
        messages_waiting: 13,
        last_synced_at: ago(33),
        last_error: {
          code: 'api_disabled',
          message: 'The Gmail API is not enabled in the Google project',
          remedy: null,
          at: ago(1),
        },
      },
    ),
    demo: {
      ...account(DEMO_EMAIL, { state: 'backfilling' }, { messages_stored: 84, messages_waiting: 156 }),
      id: DEMO_ID,
      demo: true,
      backfill: backfill(240, 84, 24, 6),
    },
    demoStuck: {
      ...account(
        DEMO_EMAIL,
        {
          state: 'error',
          code: 'demo',
          message: 'The demo mailbox is not running: its thread ended',
          remedy: 'Mailtide keeps trying; if it does not recover, restart Mailtide or remove the demo account',
          until: ahead(1),
        },
        { messages_stored: 240, last_synced_at: ago(6) },
      ),
      id: DEMO_ID,
      demo: true,
    },
    copying: account(
      'redaktion-langzeitarchiv@hafenmuseum-bremerhaven.example',
      { state: 'backfilling' },
      {
        messages_stored: 135_898,
        messages_waiting: 81_638,
        messages_failed: 4,
        backfill: backfill(217_540, 135_902, 4.8, 17_008),
      },
    ),
    syncing: account(
      'anna.lindqvist@nordvik.example',
      { state: 'syncing' },
      { messages_stored: 12_718, messages_waiting: 128, last_synced_at: ago(67) },
    ),
    butForThree: account(
      'margot.delacroix@kustvaart-archief.example',
      { state: 'up_to_date' },
      {
        messages_stored: 49_413,
        messages_deleted: 1_204,
        messages_failed: 3,
        last_synced_at: ago(4),
        next_due_at: ahead(56),
        sign_in_ends_at: ahead(5 * 24 * 60),
      },
    ),
    quota: account(
      'r.okonkwo-adeyemi+newsletters@lagos-press.example',
      {
        state: 'waiting',
        reason: 'quota',
        until: ahead(6),
        message: 'Gmail’s quota for this minute is used up',
        remedy: null,
      },
      {
        messages_stored: 51_377,
        messages_waiting: 34_627,
        backfill: backfill(86_004, 51_377, 0.1, 345_000),
      },
    ),
    upToDate: account(
      'maha@alkhatib-tarjama.example',
      { state: 'up_to_date' },
      { messages_stored: 31_870, last_synced_at: ago(3), next_due_at: ahead(57) },
    ),
    paused: account(
      'old-archive-2009@brightwater.example',
      { state: 'paused', since: ago(22 * 24 * 60) },
      { messages_stored: 204_771, last_synced_at: ago(22 * 24 * 60) },
    ),
    fresh: account('lena@brightwater.example', { state: 'new' }, {}),
    listing: account(
      'archiv@hafenmuseum-bremerhaven.example',
      { state: 'backfilling' },
      {
        messages_waiting: 12_500,
        backfill: { ...backfill(12_500, 0, null, null), listing_complete: false },
      },
    ),
    measuring: account(
      'bibliotheek@kustvaart-archief.example',
      { state: 'backfilling' },
      { messages_stored: 50, messages_waiting: 8_950, backfill: backfill(9_000, 50, null, null) },
    ),
    network: account(
      'kontor@nordvik.example',
      {
        state: 'waiting',
        reason: 'network',
        until: ahead(5),
        message: 'Gmail cannot be reached',
        remedy: null,
      },
      { messages_stored: 12_718, messages_waiting: 128, last_synced_at: ago(67) },
    ),
    server: account(
      'post@werft-nord.example',
      { state: 'waiting', reason: 'server', until: ahead(2), message: 'Gmail has a temporary problem', remedy: null },
      { messages_stored: 800, last_synced_at: ago(67) },
    ),
    store: account(
      'lager@werft-nord.example',
      { state: 'waiting', reason: 'store', until: ahead(1), message: 'The database restarts', remedy: null },
      { messages_stored: 1_800, last_synced_at: ago(67) },
    ),
    battery: account(
      'fotos@werft-nord.example',
      {
        state: 'waiting',
        reason: 'battery',
        until: ahead(5),
        message: 'The first download waits while the computer is on battery; new mail is synced',
        remedy: null,
      },
      { messages_stored: 4_000, messages_waiting: 6_000, backfill: backfill(10_000, 4_000, 0, null) },
    ),
    disk: account(
      'bilder@werft-nord.example',
      {
        state: 'waiting',
        reason: 'disk',
        until: ahead(1),
        message: 'Only 0.2 GB are free on the disk of /home/anna/.config/mailtide; syncing waits below 2.0 GB',
        remedy: 'Free some space, or lower the setting minFreeBytes; syncing then resumes automatically',
        action: { kind: 'change_setting', setting: 'min_free_bytes' },
      },
      { messages_stored: 88_100, messages_waiting: 20, last_synced_at: ago(67) },
    ),
    clock: account(
      'zeit@werft-nord.example',
      {
        state: 'waiting',
        reason: 'server',
        until: ahead(1),
        message: 'Google refuses the request because this computer’s clock is off (zeit)',
        remedy: 'Set the clock',
        cause: 'clock',
      },
      { messages_stored: 88_100, last_synced_at: ago(67) },
    ),
    wrongAccount: account(
      'b@werft-nord.example',
      {
        state: 'needs_reauth',
        reason: 'wrong_account',
        message: 'You signed in as a@werft-nord.example, this mailbox is b@werft-nord.example. Nothing was stored',
        remedy: 'Sign in as b@werft-nord.example',
      },
      { messages_stored: 5 },
    ),
    deadClient: account(
      'kasse@werft-nord.example',
      {
        state: 'needs_reauth',
        reason: 'needs_reauth',
        message: 'The OAuth client was deleted in the Google console (Google deletes those unused for six months)',
        remedy: 'Create a new OAuth client of the type desktop app, then sign in again with it',
        cause: 'client',
      },
      { messages_stored: 512, last_synced_at: ago(26 * 60) },
    ),
    testing: account(
      'einkauf@werft-nord.example',
      {
        state: 'needs_reauth',
        reason: 'needs_reauth',
        message:
          'The sign-in ended on 2026-11-25, as Google had announced: the OAuth client is in testing mode, where it lasts seven days, or access was allowed for a limited time',
        remedy: 'Publish the OAuth client',
        cause: 'testing_mode',
      },
      { messages_stored: 3_512, last_synced_at: ago(90) },
    ),
    blocked: account(
      'vorstand@werft-nord.example',
      {
        state: 'error',
        code: 'policy',
        message: 'The administrator of the domain has switched off Gmail access',
        remedy: 'Ask the administrator',
        until: ahead(24 * 60),
      },
      { messages_stored: 12 },
    ),
    bug: account(
      'x@werft-nord.example',
      {
        state: 'error',
        code: 'bug',
        message: 'An unexpected error occurred in Mailtide',
        remedy: 'See the log, and report this as a bug',
        until: ahead(15),
      },
      { messages_stored: 12, last_synced_at: ago(16) },
    ),
  }
}

export type GalleryAccounts = ReturnType<typeof galleryAccounts>
