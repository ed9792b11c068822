import type { HttpOptions } from './http.ts'

const KEY = 'mailtide-token'

/**
 * Keeps the API token as long as this tab lives: a link may bring it after the `#`, which browsers send to nobody. It is taken out of the
 * address at once, so that it is in no history and in no copied link.
 */
export function tokensOf(window: Window): HttpOptions['tokens'] {
  const brought = /^#token=([\w.~+/=-]+)$/.exec(window.location.hash)?.[1]
  if (brought !== undefined) {
    window.sessionStorage.setItem(KEY, brought)
    window.history.replaceState(null, '', `${window.location.pathname}${window.location.search}`)
  }
  return {
    read: () => window.sessionStorage.getItem(KEY),
    write: (token) => window.sessionStorage.setItem(KEY, token),
  }
}
