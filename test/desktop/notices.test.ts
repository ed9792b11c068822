import { expect, it } from 'vitest'
import { createNotices } from '../../electron/desktop/notices.ts'
import { AppError } from '../../shared/errors.ts'
import { isCollected } from '../support/collected.ts'
import { silentLog } from '../support/silent-log.ts'

function person(system: { readonly hasTray?: boolean | null; readonly hasNotifications?: boolean } = {}) {
  const { hasTray = true, hasNotifications = true } = system
  const seen: string[] = []
  const clicks: (() => void)[] = []
  const made: WeakRef<object>[] = []
  const window = {
    isShown: false,
    show: () => {
      window.isShown = true
    },
    isVisible: () => window.isShown,
  }
  const notices = createNotices({
    make: ({ title = '', body = '' }) => {
      const notification = {
        on: (event: string, listener: (...args: never[]) => void) => {
          if (event === 'click') clicks.push(listener)
        },
        show: () => seen.push(`${title}: ${body}`),
        close: () => undefined,
      }
      made.push(new WeakRef(notification))
      return notification
    },
    isSupported: () => hasNotifications,
    window,
    open: ({ page }) => seen.push(`opened ${page}`),
    hasTray: () => hasTray,
    log: silentLog,
  })
  return { notices, seen, clicks, made, window }
}

const full = new AppError('disk', 'The disk that holds /home/ada is full', { remedy: 'Free some space' })

it('a start that fails behind no window is told with its remedy, once for each reason, and a click shows the window', () => {
  const { notices, seen, clicks, window } = person()
  notices.failed(full)
  notices.failed(full)
  expect(seen).toEqual(['Mailtide cannot run: The disk that holds /home/ada is full. Free some space'])
  notices.failed(new AppError('store', 'The database is damaged'))
  expect(seen.at(-1)).toBe('Mailtide cannot run: The database is damaged')
  clicks[0]?.()
  expect(window.isShown).toBe(true)
})

it('who looks at the window needs no notification of what it shows', () => {
  const { notices, seen, window } = person()
  window.show()
  notices.failed(full)
  expect(seen).toEqual([])
})

it.each([{ hasTray: false }, { hasNotifications: false }])(
  'where nothing else would stay to be seen the window opens: %j',
  (system) => {
    const { notices, seen, window } = person(system)
    notices.failed(full)
    expect([seen, window.isShown]).toEqual([[], true])
  },
)

it('a notice leads to its page', () => {
  const { notices, seen, clicks } = person()
  notices.tell('Sign-ins are kept unencrypted', 'See Settings.', { page: 'settings' })
  clicks[0]?.()
  expect(seen.at(-1)).toBe('opened settings')
})

it('a notice is held: one that is collected hears no click', async () => {
  const { notices, made } = person()
  notices.tell('Mailtide keeps syncing', 'It is in the tray.')
  expect(await isCollected(made[0])).toBe(false)
  expect(await isCollected(new WeakRef({}))).toBe(true)
  notices.tell('Mailtide has no tray icon here', 'Start it again.')
  expect(await isCollected(made[0])).toBe(false)
})
