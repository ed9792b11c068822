-- An account that the person removed: 'kept' while its mail stays readable, 'deleting' while its mail is being deleted in steps; the row goes
-- last, so that what a crash cut short is gone on with. Null for the accounts that are synced.
alter table mailtide.account add column removed text check (removed in ('kept', 'deleting'));

-- The same beside the originals, for a database that is made anew from them.
alter table mailtide.raw_account add column removed boolean not null default false;

-- Downloads of a removed account are nobody's failures: they are not tried again.
create or replace view mail.sync_failures as
  select a.email as account, q.message_id as gmail_id, coalesce(q.stage, 'download') as stage,
    q.error_message as reason, q.attempts, q.next_try_at
  from mailtide.fetch_queue q join mailtide.account a on a.id = q.account_id
  where q.attempts > 0 and a.removed is null
  union all
  select a.email, m.id, 'parse', 'The mail could not be read (' || array_to_string(m.faults, ', ') || '); its original is kept',
    1, null
  from mailtide.message m join mailtide.account a on a.id = m.account_id
  where m.faults && array['parse_timeout', 'parse_failed'];
