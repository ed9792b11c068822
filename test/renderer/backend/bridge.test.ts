import { describe, expect, it } from 'vitest'
import type { Connection } from '../../../renderer/backend/backend.ts'
import { createBridgeBackend } from '../../../renderer/backend/bridge.ts'
import type { Bridge, BridgeEvent } from '../../../shared/bridge.ts'
import type { Reply } from '../../../shared/contract.ts'
import type { DesktopState } from '../../../shared/desktop.ts'
import { AppError, toProblem } from '../../../shared/errors.ts'
import { adaStorage, idle } from '../../api/fake-service.ts'

function fakeBridge(reply: Reply | Error = { ok: true, value: adaStorage }) {
  const asked: unknown[] = []
  const listeners = new Set<(events: readonly BridgeEvent[]) => void>()
  const bridge: Bridge = {
    call: async (name, input) => {
      asked.push([name, input])
      if (reply instanceof Error) throw reply
      return reply
    },
    subscribe: (request, listener) => {
      asked.push(request)
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  return {
    asked,
    listeners,
    backend: createBridgeBackend(bridge),
    tell: (...events: readonly BridgeEvent[]) => {
      for (const listener of listeners) listener(events)
    },
  }
}

const desktop = (
  service: DesktopState['service'],
  problem: DesktopState['problem'] = null,
  doing: string | null = null,
): BridgeEvent => ({
  name: 'desktop',
  data: {
    service,
    owner: null,
    problem,
    starts_at_login: null,
    sealing_weakness: null,
    doing,
    has_tray: true,
    platform: 'linux',
    update: { kind: 'current', checked_at: null },
  },
})

const failing = (call: Promise<unknown>) =>
  call.then(
    () => null,
    (error: { problem?: unknown }) => error.problem,
  )

describe('a call over the bridge', () => {
  it('gives the answer of the contract', async () => {
    const { backend, asked } = fakeBridge()
    expect(await backend.call('storage', {})).toEqual(adaStorage)
    expect(asked).toEqual([['storage', {}]])
  })
  it('fails with the problem that the app tells', async () => {
    const problem = toProblem(new AppError('not_found', 'No such account', { remedy: 'Look at the list' }))
    expect(await failing(fakeBridge({ ok: false, problem }).backend.call('syncNow', {}))).toEqual(problem)
  })
  it('fails in words for an answer that is none, for none at all, and for what may not be asked', async () => {
    expect(await failing(fakeBridge({ ok: true, value: 'x' }).backend.call('storage', {}))).toMatchObject({
      code: 'bad_answer',
    })
    expect(await failing(fakeBridge(new Error('gone')).backend.call('storage', {}))).toMatchObject({ code: 'network' })
    const { backend, asked } = fakeBridge()
    expect(await failing(backend.call('start', { interval_minutes: 0 }))).toMatchObject({ code: 'bad_input' })
    expect(asked).toEqual([])
  })
  it('asks the app to open a page, to copy and to save', async () => {
    const { backend, asked } = fakeBridge({ ok: true, value: { saved: false } })
    await backend.shell.openUrl('https://mail.google.com/')
    expect(await backend.shell.copyText('an id')).toBe(true)
    expect(await backend.shell.saveText('a.csv', 'a,b')).toBe(false)
    expect(asked).toEqual([
      ['openUrl', { url: 'https://mail.google.com/' }],
      ['copyText', { text: 'an id' }],
      ['saveText', { name: 'a.csv', text: 'a,b' }],
    ])
  })
})

describe('what the app tells', () => {
  it('arrives one by one, whatever comes together, and only what was asked for', () => {
    const { backend, tell, asked, listeners } = fakeBridge()
    const revisions: number[] = []
    const end = backend.subscribe('status', ({ revision }) => revisions.push(revision))
    tell(
      { name: 'status', data: idle },
      { name: 'log', data: { at: idle.started_at!, level: 'info', name: 'x', message: 'y' } },
      { name: 'status', data: { ...idle, revision: 8 } },
    )
    expect(revisions).toEqual([7, 8])
    expect(asked).toEqual([{ kinds: ['status'] }])
    end()
    expect(listeners.size).toBe(0)
  })
  it('what a service does before it answers is told with the connection', () => {
    const { backend, tell } = fakeBridge()
    const told: Connection[] = []
    backend.subscribe('status', () => undefined, { onConnection: (now) => told.push(now) })
    tell(desktop('starting', null, 'restoring the database'))
    expect(told.at(-1)).toEqual({ state: 'connecting', doing: 'restoring the database' })
  })

  it.each([
    ['own', { state: 'connected' }],
    ['attached', { state: 'connected' }],
    ['starting', { state: 'connecting' }],
    ['lost', { state: 'lost', retryAt: null }],
    ['gone', { state: 'refused', problem: { title: 'Mailtide was stopped' } }],
    ['failed', { state: 'refused', problem: { title: 'Mailtide could not be started' } }],
  ] as const)('a service that is %s is a connection', (service, connection) => {
    const { backend, tell, asked } = fakeBridge()
    const told: Connection[] = []
    backend.subscribe('status', () => undefined, { onConnection: (now) => told.push(now) })
    tell(desktop(service))
    expect(told[0]).toEqual({ state: 'connecting' })
    expect(told.at(-1)).toMatchObject(connection)
    expect(asked).toEqual([{ kinds: ['status', 'desktop'] }])
  })
  it('why there is no service comes from the app where it knows', () => {
    const { backend, tell } = fakeBridge()
    const told: Connection[] = []
    backend.subscribe('status', () => undefined, { onConnection: (now) => told.push(now) })
    const problem = toProblem(new AppError('disk', 'The data folder cannot be written', { remedy: 'Make room' }))
    tell(desktop('failed', problem))
    expect(told.at(-1)).toEqual({ state: 'refused', problem })
  })
  it('is refused in words when it is not what this window understands', () => {
    const { backend, tell } = fakeBridge()
    const told: Connection[] = []
    backend.subscribe('status', () => undefined, { onConnection: (now) => told.push(now) })
    tell({ name: 'status', data: { revision: 'new' } as never })
    expect(told.at(-1)).toMatchObject({ state: 'refused', problem: { code: 'bad_answer' } })
  })
})
