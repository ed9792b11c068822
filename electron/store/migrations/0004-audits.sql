-- What was last found when an account was compared with Gmail and with itself, one row for each part (gmail, local, deep), as the programs
-- tell it. Kept over restarts, so that "when was it last checked" has an answer.
create table mailtide.audit (
  account_id text not null,
  part text not null check (part in ('gmail', 'local', 'deep')),
  at timestamptz not null,
  report jsonb not null,
  primary key (account_id, part)
);

-- By how much Gmail's own count of a label (or of the mailbox: '') differed from what is stored when every id was last listed and nothing was
-- wrong: spam, trash and messages that wait are not counted everywhere alike. A count that differs by as much tells nothing new.
create table mailtide.audit_count (
  account_id text not null,
  label_id text not null,
  explained bigint not null,
  primary key (account_id, label_id)
);

-- Is the copy complete? By account and label, as last compared; label_id is null for the whole mailbox.
create view mail.completeness as
  select a.email as account, null::text as label_id, null::text as label,
    (p.report #>> '{figures,gmail}')::bigint as gmail, (p.report #>> '{figures,stored}')::bigint as stored,
    (p.report #>> '{figures,waiting}')::bigint as waiting, (p.report #>> '{figures,gone}')::bigint as gone, p.at as checked_at
  from mailtide.audit p join mailtide.account a on a.id = p.account_id
  where p.part = 'gmail'
  union all
  select a.email, l.label_id, l.name, l.gmail, l.stored, l.waiting, l.gone, p.at
  from mailtide.audit p join mailtide.account a on a.id = p.account_id,
    jsonb_to_recordset(p.report -> 'labels') as l(label_id text, name text, gmail bigint, stored bigint, waiting bigint, gone bigint)
  where p.part = 'gmail';
