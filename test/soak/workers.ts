import { postgresMissing, startPostgres } from '../support/postgres-server.ts'
import { runWorkers } from '../support/workers.ts'
import { NOTHING, type Tally } from './tally.ts'

/** Three workers, twenty accounts: killed and frozen at random for so many minutes, in the end as one worker alone would have it. */
export async function soakWorkers(minutes: number, say: (text: string) => void): Promise<Tally> {
  if (minutes === 0) return NOTHING
  const missing = postgresMissing()
  if (missing !== null) {
    say(`workers: ${missing}`)
    return NOTHING
  }
  const server = await startPostgres()
  try {
    const { faults, lost, doubled, crashed, hung, ...figures } = await runWorkers({
      serverUrl: server.url,
      seed: 1,
      accounts: 20,
      mails: 400,
      seconds: minutes * 60,
      ends: Number.POSITIVE_INFINITY,
      say,
    })
    for (const fault of faults) say(`workers: ${fault}`)
    say(`workers: ${JSON.stringify({ ...figures, lost, doubled, crashed, hung })}`)
    // What was lost, crashed or hung is among the faults; the rest are accounts that nobody took over.
    return { ...NOTHING, lost, doubled, crashed, hung, misled: lost + crashed + hung === 0 ? faults.length : 0 }
  } finally {
    await server.stop()
  }
}
