import { performance } from 'node:perf_hooks'
import { parseMessage } from '../../electron/mail/parse.ts'
import { robustnessCases } from '../support/robustness.ts'

export interface RobustnessRow {
  readonly name: string
  readonly bytes: number
  readonly seconds: number
}

/** Reads every hostile mail of the table, the slowest first. Each may take a second. */
export function benchRobustness(): RobustnessRow[] {
  const rows = robustnessCases().map(({ name, make }) => {
    const mail = make()
    const start = performance.now()
    parseMessage(mail)
    return { name, bytes: mail.length, seconds: (performance.now() - start) / 1000 }
  })
  return rows.toSorted((a, b) => b.seconds - a.seconds)
}
