import type { ReactNode } from 'react'
import { AppError, toProblem } from '../../shared/errors.ts'
import { Banner } from '../components/Banner.tsx'
import { Button } from '../components/Button.tsx'
import { CompletenessLine } from '../components/CompletenessLine.tsx'
import { Field } from '../components/Field.tsx'
import { Gauge } from '../components/Gauge.tsx'
import { Icon, iconNames } from '../components/Icon.tsx'
import { Clauses } from '../components/Page.tsx'
import { PagesContext } from '../components/PageLink.tsx'
import { ProblemNote } from '../components/ProblemNote.tsx'
import { ServiceControls, ServiceDetail } from '../components/ServiceHead.tsx'
import { ServiceStatus } from '../components/ServiceStatus.tsx'
import { SignInNote } from '../components/SignInNote.tsx'
import { chartsOf } from '../model/charts.ts'
import { serviceView } from '../model/service-view.ts'
import type { Tone } from '../model/tones.ts'
import { pageNames } from '../navigation.ts'
import { Chart } from '../pages/metrics/Chart.tsx'
import { AccountEntry } from '../pages/overview/AccountEntry.tsx'
import { words } from '../words/words.ts'
import { galleryCompleteness } from './audits.ts'
import { gallerySeries } from './series.ts'
import type { GallerySnapshots } from './snapshots.ts'

const nothing = (): void => undefined
const tones: readonly Tone[] = ['ok', 'work', 'wait', 'rest', 'turn', 'bad']
const problem = toProblem(
  new AppError('already_running', 'Service is already running', { remedy: 'Stop it first, or leave it as it is' }),
)

/** Every component in every state, for eyes, axe and screenshots. */
export function States({ snapshots }: { readonly snapshots: GallerySnapshots }) {
  return (
    <PagesContext value={new Set(pageNames)}>
      <main className="page" id="main">
        <div className="page-head">
          <div className="page-title">
            <div>
              <h1>States</h1>
              <p>Every component in every state: for developers, not a page of the product</p>
            </div>
          </div>
        </div>
        <div className="page-body">
          <div className="page-inner">
            <Group id="service" title="Service">
              <Heads snapshots={snapshots} />
            </Group>
            <Group id="banners" title="Told at the top of every page">
              <Banner tone="wait" icon="offline" title="No connection to Mailtide." actions={<Button>Try now</Button>}>
                Shown as of 14:26:08; trying again in 5 s.
              </Banner>
              <Banner tone="wait" icon="offline" title="This computer is offline.">
                Syncing goes on by itself when the network is back.
              </Banner>
              <Banner
                tone="turn"
                icon="turn"
                title="The disk is nearly full: 3.1 GB left."
                actions={<Button>Settings</Button>}
              >
                Free some space, or lower “Leave free on the disk” in Settings.
              </Banner>
              <Banner tone="rest" icon="info" title="24 errors within the last hour.">
                See the log for what failed.
              </Banner>
              <Banner tone="bad" icon="bad" title="Mailtide answered in a way this page does not understand.">
                Reload the page; if it comes back, restart Mailtide.
              </Banner>
            </Group>
            <Accounts id="usual" title="Accounts" snapshot={snapshots.busy} />
            <Accounts id="rare" title="Rarer states and remedies" snapshot={snapshots.rare} />
            <Accounts id="demo" title="The demo" snapshot={snapshots.demo} />
            <Accounts id="demo-beside" title="The demo beside an account, and stuck" snapshot={snapshots.demoBeside} />
            <Accounts id="stopped" title="While the service is stopped" snapshot={snapshots.stopped} />
            <Group id="completeness" title="Is the copy complete?">
              {Object.entries(galleryCompleteness(new Date())).map(([name, completeness]) => (
                <CompletenessLine key={name} completeness={completeness} onOpen={nothing} />
              ))}
            </Group>
            <Group id="charts" title="Charts, with and without anything in them">
              <Charts />
            </Group>
            <Group id="controls" title="Controls">
              <Controls />
            </Group>
            <Group id="icons" title="Icons">
              <div className="icon-key">
                {tones.map((tone) => (
                  <span key={tone} data-tone={tone}>
                    <Icon name="ok" /> {tone}
                  </span>
                ))}
              </div>
              <div className="icon-key">
                {iconNames.map((name) => (
                  <span key={name}>
                    <Icon name={name} /> <code>{name}</code>
                  </span>
                ))}
              </div>
            </Group>
          </div>
        </div>
      </main>
    </PagesContext>
  )
}

function Group({ id, title, children }: { readonly id: string; readonly title: string; readonly children: ReactNode }) {
  return (
    <section className="group" aria-labelledby={`g-${id}`}>
      <div className="group-head">
        <h2 id={`g-${id}`}>{title}</h2>
      </div>
      <div className="stack">{children}</div>
    </section>
  )
}

function Accounts({
  id,
  title,
  snapshot,
}: {
  readonly id: string
  readonly title: string
  readonly snapshot: GallerySnapshots['busy']
}) {
  return (
    <Group id={id} title={title}>
      <ul className="accounts">
        {snapshot.accounts.map((account) => (
          <AccountEntry key={account.id} account={account} snapshot={snapshot} />
        ))}
      </ul>
    </Group>
  )
}

function Heads({ snapshots }: { readonly snapshots: GallerySnapshots }) {
  return Object.entries(snapshots).map(([name, snapshot]) => {
    const view = serviceView(snapshot, words)
    return (
      <div key={name} className="page-head">
        <div className="page-title" data-tone={view.look.tone} data-active={view.look.isActive || undefined}>
          <Icon name={view.look.icon} />
          <div>
            <p className="as-h1">
              <Clauses text={view.sentence} />
            </p>
            <p>
              <ServiceDetail view={view} />
            </p>
          </div>
        </div>
        <div className="controls">
          <ServiceControls
            view={view}
            interval={snapshot.interval_minutes}
            isBusy={name === 'one'}
            problem={name === 'alerts' ? problem : null}
            onInterval={nothing}
            onSyncNow={nothing}
            onStart={nothing}
            onStop={nothing}
          />
        </div>
        <ServiceStatus view={view} />
      </div>
    )
  })
}

function Charts() {
  const series = gallerySeries(new Date(), 'week')
  const nothing = { ...series, points: series.points.slice(0, 0) }
  return (
    <div className="charts">
      {[series, nothing].flatMap((shown) =>
        chartsOf(shown, 5, words).map((chart) => (
          <Chart key={`${chart.key} ${chart.empty}`} chart={chart} series={shown} isWide={false} />
        )),
      )}
    </div>
  )
}

function Controls() {
  const signIn = {
    id: 'x',
    url: 'https://accounts.google.com/',
    state: 'waiting',
    expires_at: '2026-11-25T15:00:00.000Z',
    account: null,
    problem: null,
  } as const
  return (
    <>
      <div className="icon-key">
        <Button>Plain</Button>
        <Button kind="turn">Your turn</Button>
        <Button kind="quiet">Quiet</Button>
        <Button kind="bad">Takes away</Button>
        <Button disabled>Not now</Button>
        <Button isPending>Under way</Button>
        <Button icon="sync" endIcon="open">
          With icons
        </Button>
      </div>
      <div className="icon-key">
        <Field label="Field" help="What it is for" defaultValue="as it is" />
        <Field label="Wrong field" help="What it is for" defaultValue="1500" wrong="1,500 is too long." />
      </div>
      <Gauge label="Empty" percent={0} text="0%" tone="work" />
      <Gauge label="Not known" percent={null} text="not known yet" tone="work" />
      <Gauge label="Half" percent={50} text="50%" tone="work" />
      <Gauge label="Waiting" percent={99} text="99%" tone="wait" />
      <Gauge label="Full" percent={100} text="100%" tone="ok" />
      <ProblemNote problem={problem} />
      <SignInNote progress={{ state: 'beginning' }} finish={nothing} leave={nothing} />
      <SignInNote progress={{ state: 'under_way', signIn, wrong: null }} finish={nothing} leave={nothing} />
      <SignInNote progress={{ state: 'failed', problem }} finish={nothing} leave={nothing} />
    </>
  )
}
