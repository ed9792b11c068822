/**
 * `full`: the system tells so; `full unforeseen`: it is found out by writing, as when another program filled it just now; `over quota`: the
 * same, where the user may not have more of it; `full at sync`: written is only then, as on some network drives.
 */
export const DISK_STATES = [
  'well',
  'full',
  'full unforeseen',
  'over quota',
  'full at sync',
  'slow',
  'broken',
  'read-only',
] as const
export type DiskState = (typeof DISK_STATES)[number]

/** Under this name threads are given the number of the present state, in shared memory. */
export const SHARED_STATE = 'mailtide test disk'
