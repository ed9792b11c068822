-- Since when an account is paused: null where it is not, and where it was paused before this was written down.
alter table mailtide.account add column paused_at timestamptz;
