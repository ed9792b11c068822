import { rateText } from '../../../shared/describe.ts'
import type { AccountSnapshot, Snapshot } from '../../../shared/status.ts'
import { seriesOf } from '../prometheus.ts'
import { type Telling, telling } from './telling.ts'

/** What a snapshot says, however it came: by HTTP, as an event, or from a command. */
export function tellingOf(snapshot: Snapshot): Telling {
  const { current, next_cycle_at } = snapshot
  return telling([
    ['revision', snapshot.revision],
    ['service', snapshot.state],
    ['interval', snapshot.interval_minutes],
    ['next cycle time', snapshot.state !== 'idle' || next_cycle_at === null ? null : Date.parse(next_cycle_at)],
    ['cycles', snapshot.total_cycles],
    ['emails', snapshot.total_emails_synced],
    ['errors', snapshot.error_count],
    ['stored', snapshot.accounts.reduce((sum, account) => sum + account.messages_stored, 0)],
    ...snapshot.accounts.flatMap((account) => ofAccount(account)),
    ...(current === null || current.total === 0
      ? []
      : ([
          [`${current.account} work done`, current.done],
          [`${current.account} work total`, current.total],
        ] as const)),
  ])
}

function ofAccount(account: AccountSnapshot): readonly (readonly [string, string | number | null | undefined])[] {
  const { email, backfill, messages_stored, messages_deleted, messages_waiting, messages_failed } = account
  const left = messages_waiting + messages_failed
  const rate = backfill?.per_second ?? null
  return [
    [`${email} state`, account.state],
    [`${email} stored`, messages_stored],
    [`${email} deleted`, messages_deleted],
    [`${email} to download`, messages_waiting],
    [`${email} failed`, messages_failed],
    [`${email} left`, left],
    [`${email} in Gmail`, messages_stored - messages_deleted + left],
    [`${email} percent`, backfill?.listing_complete === true ? Math.floor(backfill.percent) : null],
    [`${email} done`, backfill !== null && backfill.total > 0 ? backfill.done : null],
    [`${email} total`, backfill !== null && backfill.total > 0 ? backfill.total : null],
    [`${email} rate`, rate === null || rate === 0 ? null : rateText(rate)],
    [`${email} reason`, account.state === 'waiting' ? account.reason : null],
    [`${email} until time`, account.state === 'waiting' ? Date.parse(account.until) : null],
  ]
}

/** What `/metrics` says. */
export function tellingOfMetrics(text: string, emails: readonly string[]): Telling {
  const series = seriesOf(text)
  const of = (name: string, email: string): number | undefined =>
    series.get(`mailtide_account_${name}{account="${email}"}`)
  return telling([
    ['cycles', series.get('mailtide_cycles_total')],
    ['emails', series.get('mailtide_emails_synced_total')],
    ...emails.flatMap((email) => {
      const ratio = of('backfill_ratio', email)
      return [
        [`${email} stored`, of('messages_stored', email)],
        [`${email} deleted`, of('messages_deleted', email)],
        [`${email} to download`, of('messages_waiting', email)],
        [`${email} failed`, of('messages_failed', email)],
        [`${email} ratio`, ratio],
      ] as const
    }),
  ])
}
