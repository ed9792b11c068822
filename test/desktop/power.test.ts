import { EventEmitter } from 'node:events'
import type { PowerMonitor } from 'electron'
import { expect, it } from 'vitest'
import { desktopSurroundings, followPower } from '../../electron/desktop/power.ts'
import { silentLog } from '../support/silent-log.ts'

/** What the system tells of its power, in the test's hand. */
class FakeMonitor extends EventEmitter {
  battery = false
  isOnBatteryPower(): boolean {
    return this.battery
  }
}
const monitorOf = (fake: FakeMonitor): PowerMonitor => fake as unknown as PowerMonitor

it('sleep, wake and power-off reach the host, and nothing does after the end', () => {
  const fake = new FakeMonitor()
  const told: string[] = []
  const stop = followPower({
    monitor: monitorOf(fake),
    log: silentLog,
    onResume: () => told.push('resume'),
    onShutdown: () => told.push('shutdown'),
  })
  let prevented = 0
  const shutdown = { preventDefault: () => prevented++ }
  fake.emit('suspend')
  fake.emit('resume')
  fake.emit('shutdown', shutdown)
  expect(told).toEqual(['resume', 'shutdown'])
  // The system waits for us only when it is asked to.
  expect(prevented).toBe(1)
  fake.emit('shutdown')
  stop()
  for (const event of ['suspend', 'resume', 'shutdown']) fake.emit(event, shutdown)
  expect(told).toEqual(['resume', 'shutdown', 'shutdown'])
  expect(fake.eventNames()).toEqual([])
})

it('the desktop knows its battery on every system, and of the network what the system tells', async () => {
  const fake = new FakeMonitor()
  const surroundings = desktopSurroundings(monitorOf(fake), { metered: async () => true })
  expect(await surroundings.look({ battery: true, metered: true })).toEqual({ battery: false, metered: true })
  fake.battery = true
  expect(await surroundings.look({ battery: true, metered: false })).toEqual({ battery: true, metered: null })
})

it('the desktop tells by itself when the plug is pulled or put in, and after a sleep', () => {
  const fake = new FakeMonitor()
  let times = 0
  const stop = desktopSurroundings(monitorOf(fake), { metered: async () => null }).onChange(() => times++)
  for (const event of ['on-battery', 'on-ac', 'resume']) fake.emit(event)
  expect(times).toBe(3)
  stop()
  expect(fake.eventNames()).toEqual([])
})
