import { EventEmitter } from 'node:events'
import type { App, Session } from 'electron'
import { expect, it } from 'vitest'
import { guardContents, refuseDebugging, refusePermissions } from '../../electron/desktop/guards.ts'
import { silentLog } from '../support/silent-log.ts'

/** A page under guard, and what became of what it tried. */
function guarded(openExternal: (address: string) => Promise<void> = async () => undefined) {
  const app = new EventEmitter()
  const contents = Object.assign(new EventEmitter(), {
    open: (_details: { url: string }): { action: string } => ({ action: 'none' }),
    setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
      this.open = handler
    },
  })
  guardContents(app as unknown as App, { openExternal, log: silentLog })
  app.emit('web-contents-created', {}, contents)
  const isStopped = (name: string, fields: object, ...more: unknown[]): boolean => {
    let wasStopped = false
    contents.emit(
      name,
      {
        ...fields,
        preventDefault: () => {
          wasStopped = true
        },
      },
      ...more,
    )
    return wasStopped
  }
  return { contents, isStopped }
}

it.each(['will-navigate', 'will-redirect'])('%s: a page stays with the app', (name) => {
  const { isStopped } = guarded()
  expect(isStopped(name, { url: 'app://bundle/index.html', isMainFrame: true })).toBe(false)
  for (const url of [
    'https://evil.example/',
    'file:///etc/passwd',
    'app://bundle.evil/',
    'javascript:alert(1)',
    'data:text/html,x',
  ])
    expect(isStopped(name, { url, isMainFrame: true })).toBe(true)
})

it('a frame goes nowhere, and no page holds a <webview>', () => {
  const { isStopped } = guarded()
  expect(isStopped('will-frame-navigate', { url: 'app://bundle/index.html', isMainFrame: false })).toBe(true)
  expect(isStopped('will-frame-navigate', { url: 'app://bundle/index.html', isMainFrame: true })).toBe(false)
  expect(isStopped('will-attach-webview', {}, {}, { src: 'https://evil.example/' })).toBe(true)
  expect(isStopped('will-attach-webview', {}, {}, {})).toBe(true)
})

it('no window is opened, and what it would have shown is offered to the browser', async () => {
  const offered: string[] = []
  const { contents } = guarded(async (address) => {
    offered.push(address)
    throw new Error('not that one')
  })
  for (const url of ['https://accounts.google.com/', 'file:///etc/passwd'])
    expect(contents.open({ url })).toEqual({ action: 'deny' })
  expect(offered).toEqual(['https://accounts.google.com/', 'file:///etc/passwd'])
})

it.each([
  [true, ['hidden']],
  [false, ['remote-debugging-port', 'remote-debugging-pipe', 'hidden']],
])('installed: %s. Started for developers’ tools, it keeps of the switches %j', (isPackaged, kept) => {
  const switches = new Set(['remote-debugging-port', 'remote-debugging-pipe', 'hidden'])
  const commandLine = { removeSwitch: (name: string) => void switches.delete(name) }
  refuseDebugging({ isPackaged, commandLine } as unknown as App)
  expect([...switches]).toEqual(kept)
})

it('every permission is refused', () => {
  const handlers: Record<string, (...args: unknown[]) => unknown> = {}
  const keep = (name: string) => (handler: (...args: unknown[]) => unknown) => {
    handlers[name] = handler
  }
  refusePermissions({
    setPermissionRequestHandler: keep('request'),
    setPermissionCheckHandler: keep('check'),
    setDevicePermissionHandler: keep('device'),
  } as unknown as Session)
  const answers: unknown[] = []
  handlers['request']!({}, 'media', (answer: unknown) => answers.push(answer))
  expect([answers, handlers['check']!({}, 'geolocation'), handlers['device']!({})]).toEqual([[false], false, false])
})
