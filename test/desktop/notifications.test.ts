import { EventEmitter } from 'node:events'
import type { NotificationConstructorOptions } from 'electron'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createNotifications, type NotificationsDeps, placeOf, wordsOf } from '../../electron/desktop/notifications.ts'
import type { Place } from '../../electron/desktop/place.ts'
import { Alert } from '../../shared/status.ts'
import { isCollected } from '../support/collected.ts'
import { createFakeClock } from '../support/fake-clock.ts'
import { silentLog } from '../support/silent-log.ts'

const alert = (kind: Alert['kind'], who: string | null = null): Alert => ({
  key: who === null ? kind : `${kind}:${who}`,
  kind,
  account: who === null ? null : `${who}@example.org`,
  message: `${who ?? kind} has trouble`,
  remedy: 'Do something about it',
  since: '2026-01-01T00:00:00.000Z',
})
const many = (kind: Alert['kind'], count: number): Alert[] =>
  Array.from({ length: count }, (_, at) => alert(kind, `a${at}`))

class FakeNotification extends EventEmitter {
  isShown = false
  readonly options: NotificationConstructorOptions
  constructor(options: NotificationConstructorOptions) {
    super()
    this.options = options
  }
  show(): void {
    this.isShown = true
  }
  close(): void {
    this.isShown = false
  }
}

function desktop(changes: Partial<NotificationsDeps> = {}) {
  const made: FakeNotification[] = []
  const opened: Place[] = []
  const logged: string[] = []
  const clock = createFakeClock()
  const notifications = createNotifications({
    make: (options) => {
      const notification = new FakeNotification(options)
      made.push(notification)
      return notification
    },
    isSupported: () => true,
    isWanted: () => true,
    open: (place) => opened.push(place),
    clock,
    log: { ...silentLog, info: (message) => void logged.push(message) },
    ...changes,
  })
  onTestFinished(notifications.close)
  const titles = (): (string | undefined)[] => made.map(({ options }) => options.title)
  return { notifications, made, opened, logged, clock, titles }
}

const minute = 60_000

describe('a notification', () => {
  it('says what happened and what to do, and a click leads there', async () => {
    const { notifications, made, opened, clock } = desktop()
    notifications.follow([alert('needs_reauth', 'ada')])
    await clock.advance(2_000)
    expect(made.map(({ options }) => options)).toEqual([
      { title: 'Sign in again: ada@example.org', body: 'ada has trouble. Do something about it' },
    ])
    made[0]?.emit('click')
    expect(opened).toEqual([{ page: 'overview', account: 'ada@example.org' }])
  })

  it('is held as long as it shows: one that is collected hears no click', async () => {
    const made: WeakRef<FakeNotification>[] = []
    const make = (options: NotificationConstructorOptions): FakeNotification => {
      const notification = new FakeNotification(options)
      made.push(new WeakRef(notification))
      return notification
    }
    const { notifications, clock } = desktop({ make })
    notifications.follow([alert('disk')])
    await clock.advance(2_000)
    expect(await isCollected(made[0])).toBe(false)
    notifications.follow([])
    expect(await isCollected(made[0])).toBe(true)
  })

  it('comes once while its cause stands, goes when it ends, and comes again with a new cause', async () => {
    const { notifications, made, clock } = desktop()
    const disk = alert('disk')
    for (let times = 0; times < 20; times++) {
      notifications.follow([disk])
      await clock.advance(minute)
    }
    expect(made.map(({ isShown }) => isShown)).toEqual([true])
    notifications.follow([])
    expect(made.map(({ isShown }) => isShown)).toEqual([false])
    notifications.follow([disk])
    await clock.advance(minute)
    expect(made.map(({ isShown }) => isShown)).toEqual([false, true])
  })

  it('does not come for what is over within a moment', async () => {
    const { notifications, made, clock } = desktop()
    notifications.follow([alert('clock')])
    await clock.advance(1_000)
    notifications.follow([])
    await clock.advance(minute)
    expect(made).toEqual([])
  })

  it('is one for forty accounts, stays while one of them is in trouble, and leads to all of them', async () => {
    const { notifications, made, opened, clock } = desktop()
    const forty = many('sync_failure', 40)
    for (const [at] of forty.entries()) notifications.follow(forty.slice(0, at + 1))
    await clock.advance(2_000)
    expect(made.map(({ options }) => options)).toEqual([
      {
        title: 'Cannot be synced: 40 accounts',
        body: 'a0@example.org, a1@example.org, a2@example.org and 37 more. Do something about it',
      },
    ])
    made[0]?.emit('click')
    expect(opened).toEqual([{ page: 'overview' }])
    notifications.follow(forty.slice(39))
    expect(made[0]?.isShown).toBe(true)
    notifications.follow([])
    expect(made[0]?.isShown).toBe(false)
  })

  it('of one kind is followed by the next after ten minutes, then for all that came; another kind does not wait', async () => {
    const { notifications, titles, clock } = desktop()
    const three = many('needs_reauth', 3)
    notifications.follow(three.slice(0, 1))
    await clock.advance(2_000)
    notifications.follow(three.slice(0, 2))
    await clock.advance(minute)
    notifications.follow([...three, alert('clock')])
    await clock.advance(minute)
    expect(titles()).toEqual(['Sign in again: a0@example.org', 'This computer’s clock is wrong'])
    await clock.advance(9 * minute)
    expect(titles().slice(2)).toEqual(['Sign in again: 2 accounts'])
  })

  it('is not shown when the person does not want any, neither later', async () => {
    let isWanted = false
    const { notifications, made, clock } = desktop({ isWanted: () => isWanted })
    notifications.follow([alert('disk')])
    await clock.advance(minute)
    isWanted = true
    notifications.follow([alert('disk')])
    await clock.advance(minute)
    expect(made).toEqual([])
    notifications.follow([alert('disk'), alert('clock')])
    await clock.advance(minute)
    expect(made).toHaveLength(1)
  })

  it('that the system cannot show is told to the log, once', async () => {
    const { notifications, made, logged, clock } = desktop({ isSupported: () => false })
    notifications.follow([alert('disk'), alert('clock')])
    await clock.advance(minute)
    expect(made).toEqual([])
    expect(logged).toEqual([expect.stringContaining('no notifications')])
  })

  it('that fails is told to the log, and closing it later does no harm', async () => {
    const { notifications, made, logged, clock } = desktop()
    notifications.follow([alert('disk')])
    await clock.advance(2_000)
    made[0]?.emit('failed', {}, 'Not allowed')
    expect(logged).toEqual(['A notification could not be shown: Not allowed'])
    notifications.follow([])
  })

  it('goes with the program', async () => {
    const { notifications, made, clock } = desktop()
    notifications.follow([alert('disk')])
    await clock.advance(2_000)
    notifications.follow([alert('disk'), alert('clock')])
    notifications.close()
    await clock.advance(minute)
    expect(made.map(({ isShown }) => isShown)).toEqual([false])
  })
})

describe('the words of every kind of alert', () => {
  const kinds = Alert.shape.kind.options
  it.each(kinds)('%s: have a short title and a place, for one and for many', (kind) => {
    for (const alerts of [[alert(kind)], [alert(kind, 'ada')], many(kind, 40)]) {
      const { title, body } = wordsOf(alerts)
      expect(title.length).toBeLessThanOrEqual(64)
      expect(title).not.toMatch(/[.!]$|please|oops/i)
      expect(body).toContain('Do something about it')
      expect(placeOf(alerts).page).toMatch(/^(overview|logs|settings)$/)
    }
  })

  it('are cut where systems would cut them, what happened before what to do', () => {
    const { body } = wordsOf([{ ...alert('store'), message: 'x'.repeat(1_000) }])
    expect(body.length).toBeLessThanOrEqual(240)
    expect(body).toMatch(/x…\. Do something about it$/)
  })

  it('send to the window where the remedies differ', () => {
    const { body } = wordsOf([alert('needs_reauth', 'ada'), { ...alert('needs_reauth', 'bob'), remedy: 'Else' }])
    expect(body).toBe('ada@example.org, bob@example.org. Open Mailtide to see what to do for each')
  })
})
