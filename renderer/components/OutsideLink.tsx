import type { ReactNode } from 'react'
import { useBackend } from '../backend/context.ts'
import { words } from '../words/words.ts'
import { Icon } from './Icon.tsx'

export interface OutsideLinkProps {
  readonly href: string
  readonly className?: string
  readonly children: ReactNode
}

/** A page of somebody else's: opens in the person's own browser, never in the window. */
export function OutsideLink({ href, className, children }: OutsideLinkProps) {
  const { desktop, shell } = useBackend()
  return (
    <a
      href={href}
      className={className}
      target="_blank"
      rel="noopener noreferrer"
      onClick={(event) => {
        // A browser follows its own links best; only the app has another one to open.
        if (desktop === null) return
        event.preventDefault()
        void shell.openUrl(href).catch(() => undefined)
      }}
    >
      {children}
      <Icon name="open" isSmall />
      <span className="sr">, {words.frame.opensBrowser}</span>
    </a>
  )
}
