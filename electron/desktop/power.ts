import type { PowerMonitor } from 'electron'
import type { Looks } from '../platform/surroundings.ts'
import type { Log, Surroundings } from '../ports.ts'

type Monitor = Pick<PowerMonitor, 'isOnBatteryPower' | 'on' | 'off'>

export interface PowerDeps {
  readonly monitor: Pick<PowerMonitor, 'on' | 'off'>
  readonly log: Log
  /** The computer was asleep: what looks at time or network looks again. */
  readonly onResume: () => void
  /** The system ends, or the session does: everything is closed in order, within seconds. macOS and Linux; on Windows the window hears of it. */
  readonly onShutdown: () => void
}

/** Follows sleep, wake and power-off. Returns the way to stop. Sleep is never held up: what was committed is safe, the rest is done on wake. */
export function followPower({ monitor, log, onResume, onShutdown }: PowerDeps): () => void {
  const suspended = (): void => log.info('The computer goes to sleep')
  const resumed = (): void => {
    log.info('The computer woke up')
    onResume()
  }
  // Without preventing the default the system would kill us before anything is closed.
  const shutdown = (event?: { readonly preventDefault?: () => void }): void => {
    event?.preventDefault?.()
    log.info('The system shuts down')
    onShutdown()
  }
  monitor.on('suspend', suspended)
  monitor.on('resume', resumed)
  monitor.on('shutdown', shutdown)
  return () => {
    monitor.off('suspend', suspended)
    monitor.off('resume', resumed)
    monitor.off('shutdown', shutdown)
  }
}

/**
 * The computer's surroundings as the desktop knows them: power by Electron, on every system; the network by what the system tells any program,
 * since Electron does not say whether it is metered.
 */
export function desktopSurroundings(monitor: Monitor, looks: Pick<Looks, 'metered'>): Surroundings {
  return {
    look: async (wanted) => ({
      battery: wanted.battery ? monitor.isOnBatteryPower() : null,
      metered: wanted.metered ? await looks.metered() : null,
    }),
    onChange: (listener) => {
      monitor.on('on-battery', listener)
      monitor.on('on-ac', listener)
      // Whoever wakes up may do so elsewhere.
      monitor.on('resume', listener)
      return () => {
        monitor.off('on-battery', listener)
        monitor.off('on-ac', listener)
        monitor.off('resume', listener)
      }
    },
  }
}
