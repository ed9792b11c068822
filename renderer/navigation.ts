import { useSyncExternalStore } from 'react'

export const pageNames = ['overview', 'metrics', 'logs', 'settings', 'welcome'] as const
export type PageName = (typeof pageNames)[number]

/** Where the window is: a page, and what it was asked to show there. */
export interface Place {
  readonly page: PageName
  /** A part of the page, such as a step of a guide; empty for all of it. */
  readonly part: string
  readonly params: URLSearchParams
}

/** The place that an address names: `#/logs?account=a@b.example`, `#/welcome/client`. Anything unknown is the Overview. Pure. */
export function placeOf(hash: string): Place {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2)
  const [name = '', ...rest] = path.split('/')
  const page = pageNames.find((known) => known === name) ?? 'overview'
  return { page, part: rest.map(decoded).join('/'), params: new URLSearchParams(query) }
}

/** The address of a place. */
export function hrefOf(page: PageName, part = '', params: Readonly<Record<string, string>> = {}): string {
  const query = new URLSearchParams(params).toString()
  const path = part === '' ? '' : `/${part.split('/').map(encodeURIComponent).join('/')}`
  return `#/${page}${path}${query === '' ? '' : `?${query}`}`
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const subscribe = (listener: () => void): (() => void) => {
  window.addEventListener('hashchange', listener)
  return () => window.removeEventListener('hashchange', listener)
}

/** The present address after the `#`, as it changes. */
export const useHash = (): string => useSyncExternalStore(subscribe, () => window.location.hash)
