/**
 * `full`: the system tells so; `full unforeseen`: it is found out by writing, as when another program filled it just now; `over quota`: the
 * same, where the user may not have more of it; `over quota at sync`: it is found out only then, as on some network drives; `stale`: a
 * network drive no longer knows the file.
 */
export const DISK_STATES = [
  'well',
  'full',
  'full unforeseen',
  'over quota',
  'over quota at sync',
  'slow',
  'broken',
  'stale',
  'read-only',
] as const
export type DiskState = (typeof DISK_STATES)[number]

/** Under this name threads are given the number of the present state, in shared memory. */
export const SHARED_STATE = 'mailtide test disk'
