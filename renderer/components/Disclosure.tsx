import type { ReactNode } from 'react'
import { Icon } from './Icon.tsx'

export interface DisclosureProps {
  readonly title: ReactNode
  readonly isOpen?: boolean
  readonly children: ReactNode
}

/** Something that few need: its title, and the rest when one asks for it. */
export function Disclosure({ title, isOpen = false, children }: DisclosureProps) {
  return (
    <details className="disclosure" open={isOpen}>
      <summary>
        <Icon name="right" isSmall />
        {title}
      </summary>
      {children}
    </details>
  )
}
