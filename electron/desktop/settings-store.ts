import ElectronStore from 'electron-store'
import type { MakeSettingsStore } from '../platform/settings.ts'

/** The settings file by electron-store, which is `conf` with Electron's folders: the headless host reads and writes the same file. */
export const electronSettingsStore: MakeSettingsStore = ({ configName, ...options }) =>
  new ElectronStore<Record<string, unknown>>({ ...options, name: configName })
