import { setTimeout as delay } from 'node:timers/promises'
import { fillMailbox } from '../../electron/demo/generator.ts'
import { startSimulator } from '../../electron/demo/simulator.ts'
import { treeUse } from './process-tree.ts'
import { install } from './product.ts'

/** What a pass costs that finds nothing new. */
export interface IdleRun {
  readonly passes: number
  readonly requests_per_pass: number
  readonly units_per_pass: number
  readonly cpu_ms_per_pass: number
  /** CPU of a minute in which nothing is due. */
  readonly cpu_ms_per_minute_at_rest: number
}

const REST_MS = 15_000

export async function benchIdle(passes: number): Promise<IdleRun> {
  const simulator = await startSimulator()
  const email = 'idle@example.test'
  fillMailbox(simulator.addMailbox(email), { count: 300, seed: 1 })
  const product = await install({ rootUrl: simulator.url, oauthUrl: simulator.oauthUrl })
  try {
    await product.importToken(simulator.authorizedUser(email))
    const running = await product.run()
    await running.until(({ accounts, state }) => accounts[0]?.state === 'up_to_date' && state === 'idle')
    await running.sync()
    simulator.resetStats()
    const before = treeUse(running.pid).cpuSeconds
    for (let pass = 0; pass < passes; pass++) await running.sync()
    const after = treeUse(running.pid).cpuSeconds
    const { requests, units } = simulator.stats()
    await delay(REST_MS)
    const rested = treeUse(running.pid).cpuSeconds
    await running.stop()
    return {
      passes,
      requests_per_pass: requests / passes,
      units_per_pass: units / passes,
      cpu_ms_per_pass: ((after - before) * 1000) / passes,
      cpu_ms_per_minute_at_rest: (rested - after) * 1000 * (60_000 / REST_MS),
    }
  } finally {
    await product.remove()
    await simulator.close()
  }
}
