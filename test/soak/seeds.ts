import { forgetLogs } from '../support/log-watch.ts'
import { runScenario, type Scenario, type ScenarioResult } from '../support/scenario/run.ts'
import { dials, isBad, shrink } from '../support/scenario/shrink.ts'
import { troubles } from '../support/scenario/troubles.ts'
import { type Figures, readFigures } from './figures.ts'
import type { Count } from './rounds.ts'
import { addTallies, NOTHING, type Tally } from './tally.ts'

/** Simulated; in the end everything is well again, and that may take some hours more. */
const HOURS = 24
/** After the first ones, in which Node and the product load what they keep. */
const WARM_UP = 5
/** What a day may leave behind, on average: more would fill a computer's memory in a year. */
const MOST_KB_A_DAY = 300

/** For each seed a day of the whole service in which everything goes wrong that can; one that goes wrong is made as small as it can be. */
export async function soakSeeds({ from, count }: Count, say: (text: string) => void): Promise<Tally> {
  let total = NOTHING
  let warm = readFigures()
  const happened = new Map<string, number>()
  for (let seed = from; seed < from + count; seed++) {
    const scenario: Scenario = { seed, hours: HOURS }
    const result = await runScenario(scenario)
    // What the mails of the day said is kept for whoever looks through the logs: nobody here, and it would grow with the days.
    forgetLogs()
    for (const [name, times] of Object.entries(result.happened)) happened.set(name, (happened.get(name) ?? 0) + times)
    total = addTallies(total, tallyOf(result))
    const { seconds, cpuSeconds, cycles } = result
    say(
      `seed ${seed}: ${seconds.toFixed(1)} s, ${cpuSeconds.toFixed(1)} s of the processor, ${cycles} cycles${isBad(result) ? ', BAD' : ''}`,
    )
    if (isBad(result)) await explain(scenario, result, say)
    if (seed - from + 1 === WARM_UP) warm = readFigures()
  }
  total = addTallies(total, count > WARM_UP * 4 ? leaks(warm, readFigures(), count - WARM_UP, say) : NOTHING)
  const never = troubles.filter(({ name }) => !happened.has(name)).map(({ name }) => name)
  say(
    `seeds: ${count}, ${[...happened.values()].reduce((sum, times) => sum + times, 0)} happenings ${JSON.stringify(total)}`,
  )
  if (count > 0 && never.length > 0) say(`seeds: never happened: ${never.join(', ')}`)
  return total
}

/** Memory and handles that grow with the days are a crash to come. */
function leaks(warm: Figures, end: Figures, days: number, say: (text: string) => void): Tally {
  say(`seeds: after warming up ${JSON.stringify(warm)}, after ${days} more days ${JSON.stringify(end)}`)
  const grows = (end.heap_mb - warm.heap_mb) * 1_000 > MOST_KB_A_DAY * days || end.handles > warm.handles + 2
  return { ...NOTHING, crashed: grows ? 1 : 0 }
}

async function explain(scenario: Scenario, result: ScenarioResult, say: (text: string) => void): Promise<void> {
  for (const fault of result.faults) say(`seed ${scenario.seed}: ${fault}`)
  const smallest = await shrink(scenario, runScenario)
  if (smallest === null) return say(`seed ${scenario.seed}: went well the second time`)
  const left = dials.filter((name) => !smallest.without?.includes(name))
  say(`seed ${scenario.seed}: smallest: ${smallest.hours} hours with nothing but ${left.join(', ') || 'time'}`)
  say(JSON.stringify(smallest))
}

function tallyOf({ lost, faults, hung }: ScenarioResult): Tally {
  // Each fault is told once; what differs in the end is counted as lost.
  return { ...NOTHING, lost, misled: lost === 0 && !hung ? faults.length : 0, hung: hung ? 1 : 0 }
}
