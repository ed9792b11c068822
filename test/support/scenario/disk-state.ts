/** `full`: the system tells so; `full unforeseen`: it is found out by writing, as with a quota or when another program filled it just now. */
export const DISK_STATES = ['well', 'full', 'full unforeseen', 'slow', 'broken', 'read-only'] as const
export type DiskState = (typeof DISK_STATES)[number]

/** Under this name threads are given the number of the present state, in shared memory. */
export const SHARED_STATE = 'mailtide test disk'
