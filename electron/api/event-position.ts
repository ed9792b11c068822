/** How far a reader is: what the `id` of an event says, so that it can go on from there after a broken connection. */
export interface Position {
  /** Names one run of the service: revisions and counts begin anew with each. */
  readonly run: string
  /** Revision of the last snapshot sent; −1 before the first. */
  readonly revision: number
  /** Number of the last cycle sent, counted from 1 in each run; 0 before the first. */
  readonly cycle: number
  /** Number of the last log line sent or passed over, counted likewise. */
  readonly log: number
}

export const formatPosition = ({ run, revision, cycle, log }: Position): string => `${run}.${revision}.${cycle}.${log}`

/** Reads an id; null for what is none of ours. */
export function parsePosition(text: string): Position | null {
  const [, run, revision, cycle, log] = /^([0-9a-z]{1,32})\.(-1|\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(text) ?? []
  if (run === undefined) return null
  return { run, revision: Number(revision), cycle: Number(cycle), log: Number(log) }
}
