-- When the last whole listing ended, until its newest page was looked at once more: Gmail lists what has just arrived after some seconds.
alter table mailtide.checkpoint add column listing_ended_at timestamptz;
