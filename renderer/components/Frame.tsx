import type { ReactNode } from 'react'
import { hrefOf, type PageName, pageNames } from '../navigation.ts'
import { words } from '../words/words.ts'
import { Icon, type IconName, Mark } from './Icon.tsx'

const icons: Readonly<Record<PageName, IconName>> = {
  overview: 'overview',
  metrics: 'metrics',
  logs: 'logs',
  settings: 'settings',
  welcome: 'add',
}

export interface FrameProps {
  readonly pages: ReadonlySet<PageName>
  readonly current: PageName
  /** How many accounts need the person: stands at the Overview. */
  readonly needYou: number
  /** The foot of the navigation. */
  readonly status: ReactNode
  /** What is shown is old: nothing turns. */
  readonly isStale: boolean
  readonly children: ReactNode
}

/** What stands around every page: a sidebar, in smaller windows a rail, in the smallest a bar at the top. */
export function Frame({ pages, current, needYou, status, isStale, children }: FrameProps) {
  return (
    <>
      <button type="button" className="skip" onClick={() => document.getElementById('main')?.focus()}>
        {words.frame.skip}
      </button>
      <div className="window" data-stale={isStale || undefined}>
        <header className="sidebar">
          <p className="brand">
            <Mark />
            <span>{words.frame.product}</span>
          </p>
          <nav className="nav" aria-label={words.frame.pages}>
            {pageNames
              .filter((name) => pages.has(name))
              .map((name) => (
                <a key={name} href={hrefOf(name)} aria-current={name === current ? 'page' : undefined}>
                  <Icon name={icons[name]} />
                  <span>{words.frame.pageNames[name]}</span>
                  {name === 'overview' && needYou > 0 ? (
                    <span className="count">
                      <span aria-hidden="true">{words.account.count(needYou)}</span>
                      <span className="sr">{words.frame.needYou(needYou)}</span>
                    </span>
                  ) : null}
                </a>
              ))}
          </nav>
          {status}
        </header>
        {children}
      </div>
    </>
  )
}
