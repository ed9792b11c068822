import { createContext, type ReactNode, useContext } from 'react'
import { hrefOf, type PageName } from '../navigation.ts'

/** The pages that this window has. */
export const PagesContext = createContext<ReadonlySet<PageName>>(new Set())

export interface PageLinkProps {
  readonly page: PageName
  readonly part?: string
  readonly params?: Readonly<Record<string, string>>
  readonly className?: string
  readonly children: ReactNode
}

/** A link to a page; nothing where the window has no such page. */
export function PageLink({ page, part, params, className, children }: PageLinkProps) {
  if (!useContext(PagesContext).has(page)) return null
  return (
    <a href={hrefOf(page, part, params)} className={className}>
      {children}
    </a>
  )
}

/** Whether the window has a page. */
export const useHasPage = (page: PageName): boolean => useContext(PagesContext).has(page)
