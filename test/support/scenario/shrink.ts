import { AT_ONCE, type Scenario, type ScenarioResult } from './run.ts'
import { troubles } from './troubles.ts'

/** Everything that a scenario can be without. */
export const dials: readonly string[] = ['odd dates', AT_ONCE, ...troubles.map(({ name }) => name)]

/** Whether a scenario went as none may. */
export const isBad = ({ lost, faults, hung }: ScenarioResult): boolean => lost > 0 || faults.length > 0 || hung

/**
 * The smallest scenario found that still goes wrong: troubles are left out, halves of them first and then one by one, and time is cut.
 * Null when it goes well the second time. `run` is asked at most `most` times.
 */
export async function shrink(
  scenario: Scenario,
  run: (scenario: Scenario) => Promise<ScenarioResult>,
  most = 40,
): Promise<Scenario | null> {
  let runs = 0
  const fails = async (candidate: Scenario): Promise<boolean> => runs++ < most && isBad(await run(candidate))
  if (!(await fails(scenario))) return null
  let best = scenario
  for (const hours of [scenario.hours / 4, scenario.hours / 2]) {
    const shorter = { ...best, hours }
    if (!(await fails(shorter))) continue
    best = shorter
    break
  }
  let left = dials.filter((name) => !best.without?.includes(name))
  for (let size = Math.ceil(left.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length && runs < most; ) {
      const dropped = left.slice(at, at + size)
      const fewer = { ...best, without: [...(best.without ?? []), ...dropped] }
      if (await fails(fewer)) {
        best = fewer
        left = left.filter((name) => !dropped.includes(name))
      } else at += size
    }
  }
  return best
}
