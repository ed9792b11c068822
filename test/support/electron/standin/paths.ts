import { existsSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import type Electron from 'electron'

export type PathName = Parameters<Electron.App['getPath']>[0]

/** `app.getPath` and `setPath`, with Electron's places on Linux. */
export function createPaths(name: () => string) {
  const own = new Map<string, string>()
  const given = process.argv.find((word) => word.startsWith('--user-data-dir='))?.slice('--user-data-dir='.length)
  const defaults = (): Partial<Record<PathName, string>> => {
    const home = homedir()
    const appData = own.get('appData') ?? process.env['XDG_CONFIG_HOME'] ?? join(home, '.config')
    const userData = own.get('userData') ?? given ?? join(appData, name())
    return {
      home,
      appData,
      userData,
      sessionData: userData,
      temp: tmpdir(),
      exe: process.execPath,
      module: process.execPath,
      logs: join(userData, 'logs'),
      desktop: join(home, 'Desktop'),
      documents: join(home, 'Documents'),
      downloads: join(home, 'Downloads'),
      crashDumps: join(userData, 'Crashpad'),
    }
  }
  return {
    get(key: PathName): string {
      const path = own.get(key) ?? defaults()[key]
      if (path === undefined) throw new Error(`Failed to get '${key}' path`)
      return path
    },
    set(key: string, path: string): void {
      if (!isAbsolute(path)) throw new Error('Path must be absolute')
      if (!(key in defaults())) throw new Error(`Failed to set path`)
      // Electron wants the folder to exist (https://www.electronjs.org/docs/latest/api/app#appsetpathname-path).
      if (!existsSync(path)) throw new Error(`stand-in: app.setPath('${key}'): ${path} does not exist`)
      own.set(key, path)
    },
  }
}
