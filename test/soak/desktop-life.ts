/** The desktop app's host without its windows, on the data folder that the environment names, until a signal. */
import Conf from 'conf'
import { createFeed } from '../../electron/desktop/feed.ts'
import { startDesktopHost } from '../../electron/desktop-host.ts'
import { plainBox } from '../../electron/platform/secret-boxes.ts'
import { asAppError } from '../../shared/errors.ts'

const end = (code: number): void => void process.exit(code)

try {
  const host = await startDesktopHost({
    env: process.env,
    openBox: async () => plainBox,
    settingsStore: (options) => new Conf<Record<string, unknown>>(options),
    feed: createFeed(),
    onDoing: () => undefined,
    onReady: () => undefined,
    onFailed: () => end(1),
  })
  process.once('SIGTERM', () => void host.close().then(() => end(0)))
} catch (error) {
  // The app itself would show that service from now on.
  console.error(`mailtide: ${asAppError(error).message}`)
  end(1)
}
