import { useState } from 'react'
import type { Problem } from '../../shared/errors.ts'
import { type Alert, holdReasons, type Snapshot } from '../../shared/status.ts'
import { useArrival } from '../arrival.ts'
import { type Connection, needsToken } from '../backend/backend.ts'
import { useBackend } from '../backend/context.ts'
import { useSecond } from '../use-clock.ts'
import { useOnline } from '../use-online.ts'
import { useOperation } from '../use-operation.ts'
import { useSnapshot } from '../use-snapshot.ts'
import { sentence } from '../words/text.ts'
import { words } from '../words/words.ts'
import { Banner } from './Banner.tsx'
import { Button } from './Button.tsx'
import { PageLink } from './PageLink.tsx'
import { ProblemNote } from './ProblemNote.tsx'
import { Said } from './Said.tsx'
import { TokenDialog } from './TokenDialog.tsx'

const say = words.frame.banner

/** What is so for the whole window: told at the top of every page. */
export function Banners() {
  const { snapshot, receivedAt, connection } = useSnapshot()
  const isOnline = useOnline()
  const arrival = useArrival()
  const banners = [
    arrival === null ? null : <ArrivalBanner key="arrival" problem={arrival} />,
    connection.state === 'connecting' && connection.doing !== undefined ? (
      <Banner key="starting" tone="wait" icon="wait" title={say.starting}>
        {`${connection.doing.charAt(0).toUpperCase()}${connection.doing.slice(1)}.`}
      </Banner>
    ) : null,
    connection.state === 'lost' ? <LostBanner key="lost" {...{ connection, receivedAt }} /> : null,
    connection.state === 'refused' ? <RefusedBanner key="refused" {...{ connection }} /> : null,
    isOnline ? null : (
      <Banner key="offline" tone="wait" icon="offline" title={say.offline}>
        {say.offlineNext}
      </Banner>
    ),
    snapshot === null ? null : <HeldBanner key="held" {...{ snapshot }} />,
    ...(snapshot === null ? [] : [...snapshot.alerts.filter(isOfService).map(alertBanner), ...notices(snapshot)]),
  ]
  return <div className="banners">{banners}</div>
}

/** The page is there, but the link that opened it brought no token. */
function ArrivalBanner({ problem }: { readonly problem: Problem }) {
  const { giveToken } = useBackend()
  const [isOpen, setOpen] = useState(false)
  const [isGone, setGone] = useState(false)
  if (isGone) return null
  return (
    <Banner
      tone="turn"
      icon="key"
      title={`${problem.title}.`}
      actions={
        giveToken === null ? undefined : <Button onClick={() => setOpen(true)}>{words.frame.token.enter}</Button>
      }
    >
      {problem.remedy === undefined ? words.frame.token.neededNext : `${problem.remedy}.`}
      {isOpen ? <TokenDialog onClose={() => setOpen(false)} onToken={() => setGone(true)} /> : null}
    </Banner>
  )
}

function LostBanner({
  connection,
  receivedAt,
}: {
  readonly connection: Connection & { readonly state: 'lost' }
  readonly receivedAt: Date | null
}) {
  const { retryNow } = useBackend()
  const now = useSecond()
  const { retryAt } = connection
  const left = retryAt === null ? 0 : (retryAt.getTime() - now) / 1_000
  const seconds = <span key="seconds">{words.frame.banner.seconds(left)}</span>
  return (
    <Banner
      tone="wait"
      icon="offline"
      title={say.noConnection}
      actions={retryAt === null ? undefined : <Button onClick={retryNow}>{say.tryNow}</Button>}
    >
      {receivedAt === null ? say.nothingYet : say.shownAsOf(receivedAt)}
      {'; '}
      {left > 0 ? <Said text={say.tryingAgainIn(seconds)} part={(part) => part} /> : say.tryingAgain}
    </Banner>
  )
}

/** The service answers, but not to us: it wants its token, or something is wrong. */
export function RefusedBanner({ connection }: { readonly connection: Connection & { readonly state: 'refused' } }) {
  const { giveToken } = useBackend()
  const [isOpen, setOpen] = useState(false)
  const { problem } = connection
  if (!needsToken(problem) || giveToken === null) {
    return (
      <Banner tone="bad" icon="bad" title={`${problem.title}.`}>
        {problem.remedy === undefined ? null : sentence(words.told(problem.remedy))}
      </Banner>
    )
  }
  return (
    <>
      <Banner
        tone="turn"
        icon="key"
        title={words.frame.token.needed}
        actions={
          <Button kind="turn" onClick={() => setOpen(true)}>
            {words.frame.token.enter}
          </Button>
        }
      >
        {words.frame.token.hint}
      </Banner>
      {isOpen ? <TokenDialog onClose={() => setOpen(false)} /> : null}
    </>
  )
}

/** First downloads wait because of where the computer is, as the person once chose. */
function HeldBanner({ snapshot }: { readonly snapshot: Snapshot }) {
  const settings = useOperation('settingsChange')
  const reason = holdReasons.find((held) =>
    snapshot.accounts.some((account) => account.state === 'waiting' && account.reason === held),
  )
  if (reason === undefined) return null
  const anyway = reason === 'battery' ? { backfill_on_battery: true } : { backfill_on_metered: true }
  return (
    <>
      <Banner
        tone="rest"
        icon="pause"
        title={say[reason]}
        actions={
          <Button isPending={settings.state === 'pending'} onClick={() => void settings.run(anyway)}>
            {say.copyAnyway}
          </Button>
        }
      >
        {`${say.heldNext}.`}
      </Banner>
      <ProblemNote problem={settings.state === 'failed' ? settings.problem : null} />
    </>
  )
}

/** What concerns one account stands in its card, and what stopped the service in the head of the Overview. */
const isOfService = ({ account, kind }: Alert): boolean => account === null && kind !== 'store'

/** What mends itself, or only wants to be known, is never warm. */
const looks = {
  disk: { tone: 'turn', icon: 'turn' },
  originals: { tone: 'turn', icon: 'turn' },
  unreadable: { tone: 'turn', icon: 'turn' },
  clock: { tone: 'turn', icon: 'turn' },
  api: { tone: 'turn', icon: 'turn' },
  error_rate: { tone: 'rest', icon: 'info' },
  slow_cycle: { tone: 'rest', icon: 'info' },
  unexpected_restart: { tone: 'rest', icon: 'info' },
  sync_failure: { tone: 'turn', icon: 'turn' },
  needs_reauth: { tone: 'turn', icon: 'key' },
  sign_in_ends: { tone: 'turn', icon: 'key' },
  incomplete: { tone: 'turn', icon: 'turn' },
  store: { tone: 'bad', icon: 'bad' },
} as const satisfies Readonly<Record<Alert['kind'], { tone: string; icon: string }>>

function alertBanner({ key, kind, message, remedy, since }: Alert) {
  const leadsTo =
    kind === 'api' ? (
      <PageLink className="btn" page="settings" part="api">
        {say.changePort}
      </PageLink>
    ) : kind === 'error_rate' || kind === 'unexpected_restart' ? (
      <PageLink className="btn" page="logs" params={kind === 'error_rate' ? { level: 'warning' } : { at: since }}>
        {say.showLog}
      </PageLink>
    ) : kind === 'disk' || kind === 'slow_cycle' ? (
      <PageLink className="btn" page="settings" part={kind === 'disk' ? 'storage' : 'syncing'}>
        {say.settings}
      </PageLink>
    ) : undefined
  return (
    <Banner key={key} {...looks[kind]} title={sentence(words.told(message))} actions={leadsTo}>
      {sentence(words.told(remedy))}
    </Banner>
  )
}

/** What is in force and would surprise somebody who does not know. */
function notices({ overrides, store, host }: Snapshot) {
  // A demo is meant to be no real Gmail, and says so by its address.
  const address = host.kind === 'demo' ? null : overrides.gmail_root_url
  return [
    address === null ? null : (
      <Banner key="not-google" tone="rest" icon="info" title={say.notGoogle}>
        {`${say.notGoogleNext(address)}.`}
      </Banner>
    ),
    store.durable ? null : (
      <Banner key="not-durable" tone="turn" icon="turn" title={say.notDurable}>
        {`${say.notDurableNext}.`}
      </Banner>
    ),
  ]
}
