/** What preload and app say to each other, by name. The preload is one file: nothing else may be imported here. */
export const channels = {
  /** A question, answered with a `Reply`. */
  call: 'mailtide:call',
  /** A document has begun: whatever the one before it in the same window listened to is over. */
  hello: 'mailtide:hello',
  subscribe: 'mailtide:subscribe',
  unsubscribe: 'mailtide:unsubscribe',
  /** Events for one subscription; the next ones come when the page says `more`. */
  events: 'mailtide:events',
  more: 'mailtide:more',
} as const
