import { type ReactNode, useEffect, useState } from 'react'
import type { Snapshot } from '../../shared/status.ts'
import { Button } from '../components/Button.tsx'
import { Icon } from '../components/Icon.tsx'
import { Page } from '../components/Page.tsx'
import { ProblemNote } from '../components/ProblemNote.tsx'
import { type SectionName, sectionNames, settingOf, settingsOf } from '../model/settings.ts'
import { hrefOf } from '../navigation.ts'
import { useOperation } from '../use-operation.ts'
import { type UsedSettings, useSettings } from '../use-settings.ts'
import { useSteps } from '../use-steps.ts'
import { words } from '../words/words.ts'
import { AccountRows } from './settings/AccountRows.tsx'
import { ApiRows } from './settings/ApiRows.tsx'
import { ClientRows } from './settings/ClientRows.tsx'
import { AboutRows, DesktopRows, StorageRows } from './settings/OtherRows.tsx'
import { TableRow } from './settings/TableRow.tsx'

const say = words.settings
const idOf = (section: SectionName): string => `settings-${section}`

export interface SettingsProps {
  readonly snapshot: Snapshot
  /** The section that the address names; empty for none. */
  readonly part: string
}

/** Everything that can be set, with what it does, what it may be, and where its value comes from. */
export function Settings({ snapshot, part }: SettingsProps) {
  const settings = useSettings()
  const { run: askClients, ...asked } = useOperation('clientsList')
  useEffect(() => {
    void askClients({})
  }, [askClients])
  const clients = asked.state === 'done' ? asked.output.clients : []
  const [search, setSearch] = useState('')

  const extras: Extras = {
    accounts: <AccountRows snapshot={snapshot} clients={clients.map(({ name }) => name)} />,
    clients: <ClientRows clients={clients} onChange={() => void askClients({})} />,
    computer: <DesktopRows />,
    api: <ApiRows port={snapshot.host.port} />,
    storage: <StorageRows folder={snapshot.host.data_folder} />,
    about: <AboutRows snapshot={snapshot} />,
  }
  return (
    <Page title={say.title} controls={<Search text={search} onChange={setSearch} />}>
      <ProblemNote
        problem={settings.problem}
        onToken={() => {
          settings.ask()
          void askClients({})
        }}
      />
      {settings.known === null ? null : search.trim() === '' ? (
        <Sections part={part} settings={settings} extras={extras} />
      ) : (
        <Found text={search} settings={settings} onClear={() => setSearch('')} />
      )}
    </Page>
  )
}

/** What a section has beside settings of the table. */
type Extras = Partial<Readonly<Record<SectionName, ReactNode>>>

interface SectionsProps {
  readonly part: string
  readonly settings: UsedSettings
  readonly extras: Extras
}

/** All sections, built one after the other: together they would hold the window up. */
function Sections({ part, settings, extras }: SectionsProps) {
  const step = useSteps(sectionNames.length)
  useSection(part, step === sectionNames.length)
  return (
    <div className="settings">
      <nav className="toc" aria-label={say.sectionList}>
        {sectionNames.map((name) => (
          <a key={name} href={hrefOf('settings', name)} aria-current={name === part ? 'true' : undefined}>
            {say.sections[name]}
          </a>
        ))}
      </nav>
      <div aria-busy={step < sectionNames.length}>
        {sectionNames.slice(0, step).map((name) => (
          <section key={name} className="section" aria-labelledby={idOf(name)}>
            <h2 id={idOf(name)} tabIndex={-1}>
              {say.sections[name]}
            </h2>
            <div className="rows">
              {extras[name]}
              {settingsOf[name].map((setting) => (
                <TableRow key={setting} name={setting} settings={settings} />
              ))}
            </div>
          </section>
        ))}
      </div>
    </div>
  )
}

function Search({ text, onChange }: { readonly text: string; readonly onChange: (text: string) => void }) {
  return (
    <span className="search">
      <Icon name="search" isSmall />
      <input
        className="field"
        type="search"
        aria-label={say.search}
        placeholder={say.search}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    </span>
  )
}

interface FoundProps {
  readonly text: string
  readonly settings: UsedSettings
  readonly onClear: () => void
}

/** The settings of the table that have all the words somewhere. */
function Found({ text, settings, onClear }: FoundProps) {
  const wanted = text.toLowerCase().split(/\s+/)
  const found = sectionNames
    .flatMap((section) => settingsOf[section])
    .filter((name) => {
      const all = `${name} ${say.name(name)} ${settingOf(name).effect}`.toLowerCase()
      return wanted.every((word) => all.includes(word))
    })
  if (found.length === 0) {
    return (
      <div className="empty">
        <b>{say.noMatch(text.trim())}</b>
        <Button onClick={onClear}>{words.service.clearFilter}</Button>
      </div>
    )
  }
  return (
    <div className="rows rows-found">
      {found.map((name) => (
        <TableRow key={name} name={name} settings={settings} />
      ))}
    </div>
  )
}

/** An address within the page leads to its section. */
function useSection(part: string, isReady: boolean): void {
  useEffect(() => {
    const name = sectionNames.find((known) => known === part)
    if (!isReady || name === undefined) return
    const heading = document.getElementById(idOf(name))
    if (heading === null) return
    heading.scrollIntoView()
    heading.focus({ preventScroll: true })
    // What stands above is still asked for and grows: the heading is kept in sight until the person goes somewhere.
    const watch = new ResizeObserver(() => heading.scrollIntoView())
    const leave = (): void => watch.disconnect()
    const page = heading.closest('.settings')
    if (page !== null) watch.observe(page)
    for (const kind of departures) window.addEventListener(kind, leave, { once: true, passive: true })
    return () => {
      leave()
      for (const kind of departures) window.removeEventListener(kind, leave)
    }
  }, [part, isReady])
}

const departures = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const
