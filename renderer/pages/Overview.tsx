import { useId, useState } from 'react'
import { inOrder, matching } from '../../shared/needs-you.ts'
import type { Snapshot } from '../../shared/status.ts'
import { Button } from '../components/Button.tsx'
import { Icon } from '../components/Icon.tsx'
import { Page } from '../components/Page.tsx'
import { PageLink } from '../components/PageLink.tsx'
import { ServiceControls, ServiceDetail } from '../components/ServiceHead.tsx'
import type { ServiceView } from '../model/service-view.ts'
import { useOperation } from '../use-operation.ts'
import { words } from '../words/words.ts'
import { AccountEntry } from './overview/AccountEntry.tsx'
import { GroupHead, Totals } from './overview/GroupHead.tsx'

const say = words.service

export interface OverviewProps {
  readonly snapshot: Snapshot
  readonly view: ServiceView
}

/** Everything that is kept, at a glance: the service in a sentence, then the accounts, first those that need the person. */
export function Overview({ snapshot, view }: OverviewProps) {
  return (
    <Page
      title={view.sentence}
      look={view.look}
      detail={<ServiceDetail view={view} />}
      controls={<Controls snapshot={snapshot} view={view} />}
    >
      {snapshot.accounts.length === 0 ? <Empty /> : <Accounts snapshot={snapshot} />}
    </Page>
  )
}

function Controls({ snapshot, view }: OverviewProps) {
  const start = useOperation('start')
  const stop = useOperation('stop')
  const syncNow = useOperation('syncNow')
  const settings = useOperation('settingsChange')
  const all = [start, stop, syncNow, settings]
  const reset = (): void => {
    for (const operation of all) operation.reset()
  }
  const failed = all.find((operation) => operation.state === 'failed')
  return (
    <ServiceControls
      view={view}
      interval={snapshot.interval_minutes}
      isBusy={all.some((operation) => operation.state === 'pending')}
      problem={failed?.state === 'failed' ? failed.problem : null}
      onInterval={(minutes) => {
        reset()
        // To choose an interval must not start what the person has stopped.
        if (snapshot.running) void start.run({ interval_minutes: minutes })
        else void settings.run({ interval_minutes: minutes })
      }}
      onSyncNow={() => {
        reset()
        void syncNow.run({})
      }}
      onStart={() => {
        reset()
        void start.run({})
      }}
      onStop={() => {
        reset()
        void stop.run({})
      }}
    />
  )
}

/** From so many accounts on one looks for an address rather than along the list. */
const FILTER_ABOVE = 10

function Accounts({ snapshot }: { readonly snapshot: Snapshot }) {
  const id = useId()
  const [filter, setFilter] = useState('')
  const { accounts } = snapshot
  const hasFilter = accounts.length > FILTER_ABOVE
  const shown = hasFilter ? matching(accounts, filter) : accounts
  const { first, rest } = inOrder(shown, snapshot)
  const groups = [
    { key: 'turn', accounts: first, title: say.needYou(first.length) },
    { key: 'rest', accounts: rest, title: first.length === 0 ? say.accounts(rest.length) : say.others(rest.length) },
  ].filter((group) => group.accounts.length > 0)
  return (
    <>
      {hasFilter ? (
        <div className="filter">
          <span className="search">
            <Icon name="search" isSmall />
            <input
              className="field"
              type="search"
              aria-label={say.filter}
              placeholder={say.filter}
              value={filter}
              onChange={(event) => setFilter(event.target.value)}
            />
          </span>
        </div>
      ) : null}
      {groups.map((group, index) => (
        <section key={group.key} className="group" aria-labelledby={`${id}-${group.key}`}>
          <GroupHead id={`${id}-${group.key}`} title={group.title}>
            {index > 0 ? undefined : (
              <>
                {groups.length > 1 ? <span>{say.accounts(accounts.length)}</span> : null}
                <Totals accounts={accounts} store={snapshot.store} />
              </>
            )}
          </GroupHead>
          <ul className="accounts">
            {group.accounts.map((account) => (
              <AccountEntry key={account.id} account={account} snapshot={snapshot} />
            ))}
          </ul>
        </section>
      ))}
      {groups.length === 0 ? (
        <div className="empty">
          <b>{say.noMatch(filter)}</b>
          <Button onClick={() => setFilter('')}>{say.clearFilter}</Button>
        </div>
      ) : null}
    </>
  )
}

function Empty() {
  return (
    <div className="empty">
      <span>{say.empty.text}</span>
      <span className="controls">
        <PageLink page="welcome" className="btn btn-turn">
          <Icon name="add" isSmall />
          {say.empty.action}
        </PageLink>
        <PageLink page="welcome" part="demo" className="btn">
          {say.empty.demo}
        </PageLink>
      </span>
    </div>
  )
}
