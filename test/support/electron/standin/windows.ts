import type Electron from 'electron'
import type { PageHost } from './page-host.ts'

/** The windows there are, oldest first: what Electron knows, and the page in Chromium behind each. */
export interface WindowEntry {
  readonly window: Electron.BrowserWindow
  readonly host: PageHost
  /** Asks its listeners and closes; whether it is closed now. */
  close(): Promise<boolean>
  destroy(): Promise<void>
  /** What Electron does when the page went without being asked. */
  closed(): void
}

export const windows: WindowEntry[] = []

/** Told when the last window has closed. */
export const windowWatch: { onLastClosed: () => void } = { onLastClosed: () => undefined }
