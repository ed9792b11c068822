import { type ReactNode, useEffect, useMemo, useRef } from 'react'
import { tallyOf } from '../shared/needs-you.ts'
import type { Snapshot } from '../shared/status.ts'
import { type Connection, needsToken } from './backend/backend.ts'
import { Announcer } from './components/Announcer.tsx'
import { Frame } from './components/Frame.tsx'
import { HEADING_ID, Page } from './components/Page.tsx'
import { PagesContext } from './components/PageLink.tsx'
import { ServiceStatus } from './components/ServiceStatus.tsx'
import { type ServiceView, serviceView } from './model/service-view.ts'
import { look } from './model/tones.ts'
import { hrefOf, type PageName, type Place, placeOf, useHash } from './navigation.ts'
import { Logs } from './pages/Logs.tsx'
import { Metrics } from './pages/Metrics.tsx'
import { Overview } from './pages/Overview.tsx'
import { Settings } from './pages/Settings.tsx'
import { Welcome } from './pages/Welcome.tsx'
import { useSnapshot } from './use-snapshot.ts'
import { words } from './words/words.ts'

export interface PageInput {
  readonly snapshot: Snapshot
  readonly view: ServiceView
  readonly place: Place
}

/** The pages of the window: a new page is a line here. */
const pages: Partial<Readonly<Record<PageName, (input: PageInput) => ReactNode>>> = {
  overview: ({ snapshot, view }) => <Overview snapshot={snapshot} view={view} />,
  metrics: ({ snapshot, place }) => <Metrics snapshot={snapshot} params={place.params} />,
  logs: ({ snapshot, place }) => <Logs accounts={snapshot.accounts} params={place.params} />,
  settings: ({ snapshot, place }) => <Settings snapshot={snapshot} part={place.part} />,
  welcome: ({ snapshot, place }) => <Welcome snapshot={snapshot} place={place} />,
}
const pageNames: ReadonlySet<PageName> = new Set(Object.keys(pages) as PageName[])

/** The window: the frame around the page that its address names. */
export function App() {
  const { snapshot, connection } = useSnapshot()
  const hash = useHash()
  const place = useMemo(() => placeOf(hash), [hash])
  const page = pages[place.page] === undefined ? 'overview' : place.page
  const isStale = connection.state === 'lost' || connection.state === 'refused'
  const view = useMemo(() => {
    if (snapshot === null) return null
    const now = serviceView(snapshot, words)
    // Without a connection nobody knows whether anything goes on: nothing turns, nothing counts down.
    if (!isStale) return now
    const detail = now.next.kind === 'none' ? now.detail : words.frame.nothingNewer
    return { ...now, look: { ...now.look, isActive: false }, next: { kind: 'none' as const }, detail }
  }, [snapshot, isStale])
  useTitle(page, view?.short ?? null)
  useFocusOnPage(page)
  useFirstVisit(hash, snapshot)
  return (
    <PagesContext value={pageNames}>
      <Frame
        pages={pageNames}
        current={page}
        needYou={snapshot === null ? 0 : tallyOf(snapshot).needYou}
        isStale={isStale}
        status={view === null ? null : <ServiceStatus view={view} />}
      >
        {snapshot === null || view === null ? (
          <Looking connection={connection} />
        ) : (
          pages[page]?.({ snapshot, view, place })
        )}
      </Frame>
      <Announcer snapshot={snapshot} />
    </PagesContext>
  )
}

/** Before the first snapshot: the frame is there, and nothing is claimed. */
function Looking({ connection }: { readonly connection: Connection }) {
  const isLocked = connection.state === 'refused' && needsToken(connection.problem)
  return (
    <Page
      title={isLocked ? words.frame.locked : words.frame.loading}
      look={isLocked ? look('turn', 'key') : look('rest', 'fresh')}
    >
      {null}
    </Page>
  )
}

function useTitle(page: PageName, state: string | null): void {
  useEffect(() => {
    document.title = words.frame.title(words.frame.pageNames[page], state)
  }, [page, state])
}

/** Whoever comes to another page begins at its heading; the first page leaves the focus alone. */
function useFocusOnPage(page: PageName): void {
  const last = useRef(page)
  useEffect(() => {
    if (last.current === page) return
    last.current = page
    document.getElementById(HEADING_ID)?.focus()
  }, [page])
}

/** Without an account one begins at the welcome, unless an address names another page. What comes later moves nobody. */
function useFirstVisit(hash: string, snapshot: Snapshot | null): void {
  const hasBegun = useRef(false)
  useEffect(() => {
    if (snapshot === null || hasBegun.current) return
    hasBegun.current = true
    if (snapshot.accounts.length === 0 && hash.replace(/^#\/?/, '') === '') {
      window.location.replace(hrefOf('welcome'))
    }
  }, [hash, snapshot])
}
