import type { ReactNode } from 'react'
import type { Tone } from '../model/tones.ts'
import { Icon, type IconName } from './Icon.tsx'

export interface BannerProps {
  readonly tone: Tone
  readonly icon: IconName
  /** What is so, as a sentence. */
  readonly title: string
  /** What happens next. */
  readonly children: ReactNode
  readonly actions?: ReactNode
}

/** Something that is so for the whole window, told at the top of every page. */
export function Banner({ tone, icon, title, children, actions }: BannerProps) {
  return (
    <div className="banner" data-tone={tone} role="status">
      <Icon name={icon} />
      <p>
        <b>{title}</b> {children}
      </p>
      {actions === undefined ? null : <span className="controls">{actions}</span>}
    </div>
  )
}
