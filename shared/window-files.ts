/**
 * How the files of the window are served, by the desktop's own scheme and over HTTP alike: the same page under the same policy. Only what the
 * build made runs, and nothing leaves or comes from elsewhere.
 */
export const windowPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const windowHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': windowPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  // The files are on this computer: a copy of them in a cache would only outlive an update.
  'cache-control': 'no-store',
}

/** The types of the files that a build makes; anything else is bytes to no page. */
const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json; charset=utf-8',
  svg: 'image/svg+xml',
  png: 'image/png',
  ico: 'image/x-icon',
  woff2: 'font/woff2',
  txt: 'text/plain; charset=utf-8',
}

/** The media type of a file by its name. */
export const windowFileType = (name: string): string =>
  types[/\.(\w+)$/.exec(name)?.[1] ?? ''] ?? 'application/octet-stream'

/** A name as a build gives them: no hidden file, no way up, no drive, no stream of Windows. */
const plainName = /^[\w@-][\w.@-]*$/

/** The names on the way to a file of the window, from the path of its address; null for a path that leads to none. */
export function windowFile(path: string): readonly string[] | null {
  if (path === '/' || path === '') return ['index.html']
  const names = path.slice(1).split('/')
  return names.every((name) => plainName.test(name)) ? names : null
}
