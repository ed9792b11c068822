/** The pages of the window that the tray and notifications lead to. */
export type Page = 'overview' | 'metrics' | 'logs' | 'settings' | 'welcome'

/** A place in the window: a page, and the account that is meant there, by address. */
export interface Place {
  readonly page: Page
  readonly account?: string | undefined
}

/** The place as the window's address spells it after its `#/`: `overview`, `overview?account=ada%40example.org`. */
export function placeAddress({ page, account }: Place): string {
  return account === undefined ? page : `${page}?${new URLSearchParams({ account }).toString()}`
}
