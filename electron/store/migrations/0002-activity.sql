-- What was done between two moments: written every now and then while a cycle runs and when it ends, so that charts show a download of
-- many hours as it went, and totals keep what a cycle did that was cut short. The charts and the totals are sums over these rows.
create table mailtide.activity (
  at timestamptz not null,
  worker text not null,
  -- 1 when a cycle ended here, and how long it took.
  cycles smallint not null,
  duration_seconds float8,
  emails bigint not null,
  errors bigint not null,
  errors_by_kind jsonb not null,
  quota_units bigint not null,
  -- As of this moment; null when they could not be told.
  database_bytes bigint,
  raw_bytes bigint,
  primary key (at, worker)
);

-- What rows removed for their age add to the totals, so that these never fall. Names: cycles, emails, errors, error:<kind>.
create table mailtide.activity_total (
  name text primary key,
  value bigint not null
);

-- Quota units were counted from the start of the process until now: cycles did not keep their own.
insert into mailtide.activity (at, worker, cycles, duration_seconds, emails, errors, errors_by_kind, quota_units)
  select finished_at, worker, 1, greatest(0, extract(epoch from finished_at - started_at))::float8, emails, errors, errors_by_kind, 0
  from mailtide.cycle
  on conflict do nothing;

create index cycle_by_end on mailtide.cycle (finished_at);

-- The list of failures must not cost a walk through a queue of a million downloads.
create index fetch_queue_failed on mailtide.fetch_queue (account_id, message_id) where attempts > 0;
