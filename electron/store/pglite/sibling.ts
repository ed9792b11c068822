import { extname } from 'node:path'

/**
 * A module beside another, with the same extension: `.ts` when run from source, `.js` when bundled.
 * Workers and child processes are started by file, so a bundler cannot find them by their import.
 */
export function siblingModule(name: string, importMetaUrl: string): URL {
  return new URL(`./${name}${extname(new URL(importMetaUrl).pathname)}`, importMetaUrl)
}
