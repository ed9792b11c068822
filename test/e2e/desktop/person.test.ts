import { afterAll, beforeAll, expect, it } from 'vitest'
import { startSimulator } from '../../../electron/demo/simulator.ts'
import type { Simulator } from '../../../electron/demo/types.ts'
import { type Computer, setUpComputer } from '../../support/desktop.ts'
import { describeDesktop } from '../../support/electron/launch.ts'
import { firstDay } from '../../support/person.ts'

describeDesktop('a person with a new app', ['tray', 'notifications', 'records'], (launch) => {
  let google: Simulator
  let computer: Computer
  beforeAll(async () => {
    google = await startSimulator({})
    computer = await setUpComputer(launch, google, { isFresh: true })
  })
  afterAll(async () => {
    await computer.remove()
    await google.close()
  })
  for (const { name, run } of firstDay(() => ({ ...computer, name: 'desktop' }))) it(name, run, 120_000)

  it('has asked Google for nothing', () => {
    expect(google.stats().requests).toBe(0)
  })
})
