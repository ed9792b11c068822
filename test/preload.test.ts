import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { channels } from '../electron/desktop/channels.ts'
import type { Bridge } from '../shared/bridge.ts'
import { buildPreload } from './support/electron/build-preload.ts'

let preload: Awaited<ReturnType<typeof buildPreload>>
let source: string
beforeAll(async () => {
  preload = await buildPreload()
  source = await readFile(preload.file, 'utf8')
})
afterAll(() => preload.remove())

/** The built preload in a page whose frames and time are in the test's hand. */
function loadPage() {
  const sent: unknown[][] = []
  const frames: (() => void)[] = []
  const timers = new Map<number, { readonly ms: number; readonly wake: () => void }>()
  let exposed: Bridge | undefined
  let receive: (event: unknown, ...args: unknown[]) => void = () => undefined
  const electron = {
    contextBridge: {
      exposeInMainWorld: (_name: string, bridge: Bridge) => {
        exposed = bridge
      },
    },
    ipcRenderer: {
      send: (...args: unknown[]) => sent.push(args),
      on: (_channel: string, listener: typeof receive) => {
        receive = listener
      },
    },
  }
  const names = ['require', 'requestAnimationFrame', 'setTimeout', 'clearTimeout', 'crypto']
  new Function(...names, source)(
    () => electron,
    (draw: () => void) => frames.push(draw),
    (wake: () => void, ms: number) => {
      timers.set(timers.size, { ms, wake })
      return timers.size - 1
    },
    (id: number) => timers.delete(id),
    { randomUUID: () => 'page-1' },
  )
  return {
    bridge: exposed!,
    draw: () => {
      for (const frame of frames.splice(0)) frame()
    },
    wake: () => {
      const due = [...timers.values()]
      timers.clear()
      for (const { wake } of due) wake()
      return due.map(({ ms }) => ms)
    },
    events: (id: number, page = 'page-1') => receive({}, page, id, [{ name: 'status', data: {} }]),
    asked: () => sent.filter(([channel]) => channel === channels.more).map(([, ...rest]) => rest),
    sent,
  }
}

it('the next events are asked for when the page has drawn the last ones', () => {
  const page = loadPage()
  const heard: unknown[] = []
  page.bridge.subscribe({ kinds: ['status'] }, (events) => heard.push(events))
  page.events(1)
  expect([heard.length, page.asked()]).toEqual([1, []])
  page.draw()
  expect(page.asked()).toEqual([['page-1', 1]])
  expect(page.wake()).toEqual([])
})

it('a page that is not drawn asks once a second', () => {
  const page = loadPage()
  page.bridge.subscribe({ kinds: ['status'] }, () => undefined)
  page.events(1)
  expect(page.wake()).toEqual([1_000])
  page.draw()
  expect(page.asked()).toEqual([['page-1', 1]])
})

it('a listener that fails does not end the events', () => {
  const page = loadPage()
  page.bridge.subscribe({ kinds: ['status'] }, () => {
    throw new Error('a bug of the page')
  })
  expect(() => page.events(1)).toThrow('a bug of the page')
  page.draw()
  expect(page.asked()).toHaveLength(1)
})

it('whoever listens no more, and another document, is told and asks nothing', () => {
  const page = loadPage()
  const heard: unknown[] = []
  const stop = page.bridge.subscribe({ kinds: ['status'] }, (events) => heard.push(events))
  page.events(1, 'page-0')
  page.draw()
  page.events(1)
  stop()
  stop()
  page.draw()
  page.events(1)
  expect([heard.length, page.asked()]).toEqual([1, []])
  expect(page.sent.filter(([channel]) => channel === channels.unsubscribe)).toEqual([
    [channels.unsubscribe, 'page-1', 1],
  ])
})

it('a listener is told what happened, and is handed nothing of Electron', () => {
  const page = loadPage()
  const heard: unknown[][] = []
  page.bridge.subscribe({ kinds: ['status'] }, (...args: unknown[]) => heard.push(args))
  page.events(1)
  expect(heard).toEqual([[[{ name: 'status', data: {} }]]])
})

it('is one file that needs nothing but Electron', () => {
  expect([...source.matchAll(/\brequire\(([^)]*)\)/g)].map(([, name]) => name)).toEqual(['"electron"'])
})
