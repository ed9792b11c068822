import { Fragment, type ReactNode } from 'react'
import type { Look } from '../model/tones.ts'
import { Banners } from './Banners.tsx'
import { Icon } from './Icon.tsx'

/** The heading of the page: gets the focus when one comes to the page. */
export const HEADING_ID = 'page-heading'

export interface PageProps {
  /** What is true now, in a sentence. */
  readonly title: string
  readonly look?: Look
  /** A second line, smaller. */
  readonly detail?: ReactNode
  /** At the end of the head. */
  readonly controls?: ReactNode
  /** `flow`: the whole page scrolls. `fill`: head and foot stand, what is between scrolls by itself. */
  readonly layout?: 'flow' | 'fill'
  readonly children: ReactNode
}

/** A page of the window: a head that stays, what holds for every page, and the page itself. */
export function Page({ title, look, detail, controls, layout = 'flow', children }: PageProps) {
  return (
    <main className={layout === 'fill' ? 'page page-fill' : 'page'} id="main" tabIndex={-1}>
      <div className="page-head">
        <PageTitle title={title} look={look ?? null} detail={detail} />
        {controls === undefined ? null : <div className="controls">{controls}</div>}
      </div>
      <div className="page-body">
        {layout === 'fill' ? (
          children
        ) : (
          <div className="page-inner">
            <Banners />
            {children}
          </div>
        )}
      </div>
    </main>
  )
}

interface PageTitleProps {
  readonly title: string
  readonly look: Look | null
  readonly detail: ReactNode
}

function PageTitle({ title, look, detail }: PageTitleProps) {
  return (
    <div className="page-title" data-tone={look?.tone} data-active={look?.isActive || undefined}>
      {look === null ? null : <Icon name={look.icon} />}
      <div>
        <h1 id={HEADING_ID} tabIndex={-1}>
          <Clauses text={title} />
        </h1>
        {detail === undefined ? null : <p>{detail}</p>}
      </div>
    </div>
  )
}

/** A sentence that begins a line between its clauses rather than in the midst of one. */
export function Clauses({ text }: { readonly text: string }) {
  return text.split(/(?<=,) /).map((clause, index) => (
    <Fragment key={clause}>
      {index === 0 ? null : ' '}
      <span className="clause">{clause}</span>
    </Fragment>
  ))
}
