-- Every table of a mailbox begins its key with the account, so that the same schema can be spread by account over a
-- distributed Postgres. No sequences, no triggers, no foreign keys between mailbox tables: each write is complete by itself.
-- The text search configuration folds accents ("école" is found by "ecole") and does no stemming: a mailbox has many languages.
create schema if not exists mailtide;
create schema if not exists mail;
create extension if not exists unaccent;

create text search configuration mailtide.words (copy = pg_catalog.simple);
alter text search configuration mailtide.words
  alter mapping for hword, hword_part, word with unaccent, simple;

create table mailtide.account (
  id text primary key,
  email text not null,
  -- The address as Gmail compares it: lower case, without dots and tags for gmail.com.
  email_key text not null unique,
  client_id text not null,
  paused boolean not null default false,
  created_at timestamptz not null
);

-- Where one account stands. History id and listing progress are written in the transaction that stores what they vouch for.
create table mailtide.checkpoint (
  account_id text primary key,
  history_id numeric,
  -- listing: ids are still being listed; downloading: all ids are known; done: everything listed was stored once.
  backfill text not null default 'new' check (backfill in ('new', 'listing', 'downloading', 'done')),
  list_page_token text,
  listed bigint not null default 0,
  -- The mailbox's history id when the present listing pass began, how many unknown ids it found so far, and which pass it is.
  list_history_id numeric,
  list_fresh bigint not null default 0,
  list_pass integer not null default 1,
  backfill_total bigint not null default 0,
  backfill_started_at timestamptz,
  backfill_finished_at timestamptz,
  last_synced_at timestamptz,
  labels_listed_at timestamptz,
  audited_at timestamptz,
  -- A reconcile in progress: its own history id (taken before its listing), its step and where its listing stands.
  reconcile text check (reconcile in ('listing', 'diff', 'catch_up', 'verify', 'labels')),
  reconcile_history_id numeric,
  -- The page token of the listing, or the last label whose members were rebuilt.
  reconcile_page_token text,
  reconcile_run bigint not null default 0,
  reconcile_started_at timestamptz
);

create table mailtide.label (
  account_id text not null,
  id text not null,
  name text not null,
  type text not null,
  text_color text,
  background_color text,
  removed_at timestamptz,
  primary key (account_id, id)
);

create table mailtide.message (
  account_id text not null,
  id text not null,
  thread_id text not null,
  internal_date timestamptz not null,
  date_header timestamptz,
  date_raw text,
  from_name text not null,
  from_address text not null,
  sender_address text not null,
  reply_to_addresses text[] not null,
  to_addresses text[] not null,
  cc_addresses text[] not null,
  bcc_addresses text[] not null,
  -- Names and addresses of everybody, for search.
  people text not null,
  subject text not null,
  snippet text not null,
  body_text text not null,
  attachment_names text not null,
  headers jsonb not null,
  message_id_header text,
  in_reply_to text[] not null,
  reference_ids text[] not null,
  size_bytes bigint not null,
  sha256 bytea not null,
  has_attachments boolean not null,
  parser_version integer not null,
  -- Codes of what could not be read as it should; 'parse_timeout' and 'parse_failed' mean that nothing was read but the bytes.
  faults text[] not null,
  -- Set when Gmail no longer has the message; our copy stays.
  deleted_at timestamptz,
  stored_at timestamptz not null,
  -- The cap keeps a tsvector below Postgres' limit of 1 MB whatever the words.
  fts tsvector not null generated always as (
    setweight(to_tsvector('mailtide.words', left(subject, 2000)), 'A') ||
    setweight(to_tsvector('mailtide.words', left(people, 16000)), 'B') ||
    setweight(to_tsvector('mailtide.words', left(attachment_names, 4000)), 'C') ||
    to_tsvector('mailtide.words', left(body_text, 200000))
  ) stored,
  primary key (account_id, id)
);
create index message_by_date on mailtide.message (account_id, internal_date desc, id);
create index message_by_date_all on mailtide.message (internal_date desc);
create index message_by_thread on mailtide.message (account_id, thread_id);
create index message_by_words on mailtide.message using gin (fts);
-- Re-parsing looks for rows of an older parser; almost always there are none.
create index message_unread_by_parser on mailtide.message (account_id, id) where faults && array['parse_timeout', 'parse_failed'];

-- Gmail's history id as of our copy of a message and its labels: an older copy or change never overwrites a newer one.
-- Numeric, because it is an unsigned 64-bit value. Apart from the wide row for the same reason as the labels below.
create table mailtide.message_version (
  account_id text not null,
  message_id text not null,
  history_id numeric not null,
  primary key (account_id, message_id)
);

-- Narrow and apart from the wide row: labels change often, and an update would rewrite the row with its text and words.
create table mailtide.message_label (
  account_id text not null,
  message_id text not null,
  label_id text not null,
  primary key (account_id, message_id, label_id)
);
create index message_label_by_label on mailtide.message_label (account_id, label_id, message_id);

create table mailtide.attachment (
  account_id text not null,
  message_id text not null,
  part text not null,
  position integer not null,
  filename text,
  mime_type text not null,
  disposition text,
  content_id text,
  -- Where the encoded content lies in the original bytes, and how it is encoded: a download is cut out of the original.
  encoding text not null,
  start_offset bigint not null,
  end_offset bigint not null,
  size_bytes bigint not null,
  sha256 bytea not null,
  primary key (account_id, message_id, position)
);

-- What is still to be downloaded, and why it failed so far. Backfill, history, reconcile and retry all end here.
create table mailtide.fetch_queue (
  account_id text not null,
  message_id text not null,
  thread_id text not null,
  -- 0: new mail, 1: repair, 2: backfill.
  priority smallint not null,
  -- Order within a priority: newest first as listed.
  ord bigint not null,
  -- When history first told of the message; a 404 soon after may pass (self-sent mail).
  queued_at timestamptz not null,
  -- The newest history record that spoke of the message while it was queued: an answer older than that does not have its change.
  min_history_id numeric,
  attempts integer not null default 0,
  next_try_at timestamptz not null,
  stage text,
  error_code text,
  error_message text,
  primary key (account_id, message_id)
);
create index fetch_queue_order on mailtide.fetch_queue (account_id, priority, ord, message_id);
create index fetch_queue_due on mailtide.fetch_queue (account_id, next_try_at);

-- Ids listed by a reconcile or an audit, until it is done.
create table mailtide.listed (
  account_id text not null,
  run bigint not null,
  message_id text not null,
  thread_id text not null,
  ord bigint not null,
  primary key (account_id, run, message_id)
);

-- Totals kept in the transaction that changes them, so that no screen ever counts rows. Names: messages, deleted, bytes,
-- attachments, queued (downloads that have not failed), failed, label:<label id>.
create table mailtide.counter (
  account_id text not null,
  name text not null,
  value bigint not null,
  primary key (account_id, name)
);

create table mailtide.cycle (
  started_at timestamptz not null,
  worker text not null,
  finished_at timestamptz not null,
  accounts integer not null,
  emails bigint not null,
  errors integer not null,
  errors_by_kind jsonb not null,
  quota_units bigint not null,
  primary key (started_at, worker)
);

-- Which of Gmail's quota tables an OAuth client turned out to have.
create table mailtide.quota_table (
  client_id text primary key,
  quota_table text not null check (quota_table in ('new', 'old')),
  found_at timestamptz not null
);

-- Originals, where they live in the database instead of in files.
create table mailtide.raw_account (
  id text primary key,
  email text not null,
  created_at timestamptz not null
);
create table mailtide.raw (
  account_id text not null,
  message_id text not null,
  packed bytea not null,
  primary key (account_id, message_id)
);
-- Already compressed by us: Postgres need not try again.
alter table mailtide.raw alter column packed set storage external;

-- The views for people. Columns are only ever added.
create view mail.messages as
  select a.email as account, m.id as gmail_id, m.thread_id, m.internal_date, m.date_header, m.from_name, m.from_address,
    m.to_addresses, m.cc_addresses, m.bcc_addresses, m.subject, m.snippet, m.body_text,
    array(select l.label_id from mailtide.message_label l
      where l.account_id = m.account_id and l.message_id = m.id order by l.label_id) as label_ids,
    array(select coalesce(n.name, l.label_id) from mailtide.message_label l
      left join mailtide.label n on n.account_id = l.account_id and n.id = l.label_id
      where l.account_id = m.account_id and l.message_id = m.id order by l.label_id) as labels,
    m.size_bytes, encode(m.sha256, 'hex') as sha256, m.has_attachments, m.message_id_header, m.deleted_at,
    m.reply_to_addresses, m.in_reply_to, m.reference_ids, m.headers, m.faults, m.stored_at, m.fts,
    (select v.history_id from mailtide.message_version v where v.account_id = m.account_id and v.message_id = m.id) as history_id
  from mailtide.message m join mailtide.account a on a.id = m.account_id;

create view mail.attachments as
  select a.email as account, t.message_id as gmail_id, t.part, t.filename, t.mime_type, t.size_bytes,
    encode(t.sha256, 'hex') as sha256, t.disposition, t.content_id
  from mailtide.attachment t join mailtide.account a on a.id = t.account_id;

create view mail.labels as
  select a.email as account, l.id as label_id, l.name, l.type, l.text_color, l.background_color,
    coalesce(c.value, 0) as messages, l.removed_at
  from mailtide.label l join mailtide.account a on a.id = l.account_id
  left join mailtide.counter c on c.account_id = l.account_id and c.name = 'label:' || l.id;

create view mail.threads as
  select a.email as account, m.thread_id, count(*) as messages, min(m.internal_date) as first_date,
    max(m.internal_date) as last_date, (array_agg(m.subject order by m.internal_date, m.id))[1] as subject,
    array_agg(distinct m.from_address) as from_addresses, bool_or(m.has_attachments) as has_attachments
  from mailtide.message m join mailtide.account a on a.id = m.account_id
  where m.deleted_at is null
  group by a.email, m.thread_id;

create view mail.senders as
  select a.email as account, lower(m.from_address) as address,
    (array_agg(m.from_name order by m.internal_date desc, m.id))[1] as name,
    count(*) as messages, sum(m.size_bytes)::bigint as size_bytes, max(m.internal_date) as last_date
  from mailtide.message m join mailtide.account a on a.id = m.account_id
  where m.from_address <> ''
  group by a.email, lower(m.from_address);

create view mail.sync_failures as
  select a.email as account, q.message_id as gmail_id, coalesce(q.stage, 'download') as stage,
    q.error_message as reason, q.attempts, q.next_try_at
  from mailtide.fetch_queue q join mailtide.account a on a.id = q.account_id
  where q.attempts > 0
  union all
  select a.email, m.id, 'parse', 'The mail could not be read (' || array_to_string(m.faults, ', ') || '); its original is kept',
    1, null
  from mailtide.message m join mailtide.account a on a.id = m.account_id
  where m.faults && array['parse_timeout', 'parse_failed'];

create view mail.cycles as
  select c.started_at, c.finished_at, extract(epoch from c.finished_at - c.started_at)::float8 as duration_seconds,
    c.accounts, c.emails, c.errors, c.errors_by_kind, c.quota_units, c.worker
  from mailtide.cycle c;
