import { EventEmitter } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { App } from 'electron'
import { expect, it, onTestFinished, vi } from 'vitest'
import { type ClosingDeps, orderlyClosing } from '../../electron/desktop/closing.ts'
import { silentLog } from '../support/silent-log.ts'

/** Electron's way out, with the app's own end in the test's hand. */
function running(options: Partial<ClosingDeps> = {}) {
  const done: string[] = []
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const system = new EventEmitter()
  const app = Object.assign(new EventEmitter(), {
    quit: () => {
      let isPrevented = false
      app.emit('before-quit', { preventDefault: () => (isPrevented = true) })
      if (!isPrevented) done.push('quit')
    },
    exit: (code: number) => done.push(`exit ${code}`),
  })
  const closing = orderlyClosing({
    app: app as unknown as App,
    process: system as unknown as NodeJS.Process,
    clock: { monotonic: () => 0 },
    log: silentLog,
    close: async () => {
      done.push(`closing, underway: ${closing.isUnderway()}`)
      await ended
    },
    relaunch: (isHidden) => done.push(isHidden ? 'again, hidden' : 'again'),
    confess: () => done.push('confessed'),
    ...options,
  })
  closing.takeSignals()
  return { app, system, closing, done, end }
}

it('a quit waits until all is closed, however often it is asked for', async () => {
  const { app, system, done, end, closing } = running()
  expect(closing.isUnderway()).toBe(false)
  app.quit()
  app.quit()
  system.emit('SIGTERM', 'SIGTERM')
  expect(done).toEqual(['closing, underway: true'])
  end()
  await nextTurn()
  expect(done).toEqual(['closing, underway: true', 'quit'])
})

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
  '%s ends it in order, whoever else listened to that signal',
  async (signal) => {
    const { system, closing, done, end } = running()
    // As a library does that would send it again, to end the process at once.
    system.on(signal, () => done.push('killed'))
    closing.takeSignals()
    system.emit(signal, signal)
    expect(done).toEqual(['closing, underway: true'])
    end()
    await nextTurn()
    expect(done).toEqual(['closing, underway: true', 'quit'])
  },
)

it('who starts it while it ends gets it back, once', async () => {
  const { app, done, end, closing } = running()
  expect(closing.comesBack(false)).toBe(false)
  app.quit()
  expect([closing.comesBack(false), closing.comesBack(true)]).toEqual([true, true])
  end()
  await nextTurn()
  expect(done).toEqual(['closing, underway: true', 'again', 'quit'])
})

it('an error that nobody foresaw is told once, when all is closed, and the app ends as failed', async () => {
  const { system, done, end } = running()
  system.emit('uncaughtException', new Error('one'))
  system.emit('unhandledRejection', new Error('two'))
  end()
  await nextTurn()
  expect(done).toEqual(['closing, underway: true', 'confessed', 'exit 1'])
})

it('what does not close is left as it is before a system that shuts down loses its patience', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const { app, done } = running()
  app.quit()
  vi.advanceTimersByTime(9_000)
  expect(done).toEqual(['closing, underway: true'])
  vi.advanceTimersByTime(1_000)
  expect(done).toEqual(['closing, underway: true', 'exit 1'])
})

it('a second signal ends it at once, but not the same press of Ctrl+C that comes twice', () => {
  let now = 0
  const { system, done } = running({ clock: { monotonic: () => now } })
  system.emit('SIGINT', 'SIGINT')
  now = 300
  system.emit('SIGINT', 'SIGINT')
  expect(done).toEqual(['closing, underway: true'])
  now = 900
  system.emit('SIGINT', 'SIGINT')
  expect(done).toEqual(['closing, underway: true', 'exit 1'])
})
