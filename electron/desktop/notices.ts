import type { AppError } from '../../shared/errors.ts'
import type { Log } from '../ports.ts'
import type { NotificationsDeps, ShownNotification } from './notifications.ts'
import type { Place } from './place.ts'

export interface NoticesDeps extends Pick<NotificationsDeps, 'make' | 'isSupported'> {
  readonly window: { show(): void; isVisible(): boolean }
  readonly open: (place: Place) => void
  /** Whether an icon shows in the panel; null while that is not known. */
  readonly hasTray: () => boolean | null
  readonly log: Log
}

/** What the app says of itself; what it says of accounts and the service comes from alerts. */
export interface Notices {
  /** A click leads to the place, or to the window as it is. */
  tell(title: string, body: string, place?: Place): void
  /** The service cannot run. Behind no window only the icon would show it, where there is one. Each reason is told once. */
  failed(error: AppError): void
}

export function createNotices({ make, isSupported, window, open, hasTray, log }: NoticesDeps): Notices {
  // Kept, or they would be collected with their clicks.
  const shown = new Set<ShownNotification>()
  let lastFailure = ''
  const tell = (title: string, body: string, place?: Place): void => {
    if (!isSupported()) {
      log.info(`${title}. ${body}`)
      return
    }
    const notification = make({ title, body })
    notification.on('click', () => (place === undefined ? window.show() : open(place)))
    notification.on('failed', (_event, error) => log.info(`${title}. ${body} (it could not be shown: ${error})`))
    shown.add(notification)
    notification.show()
  }
  return {
    tell,
    failed: ({ message, remedy }) => {
      if (message === lastFailure || window.isVisible()) return
      lastFailure = message
      if (hasTray() === false || !isSupported()) window.show()
      else tell('Mailtide cannot run', remedy === undefined ? message : `${message}. ${remedy}`)
    },
  }
}
