import { useEffect } from 'react'
import type { Snapshot } from '../../shared/status.ts'
import { GuideErrorSearch } from '../components/GuideErrors.tsx'
import { Page } from '../components/Page.tsx'
import { ProblemNote } from '../components/ProblemNote.tsx'
import { doneSteps, openStep, spotOf, type Way, ways } from '../model/guide.ts'
import { hrefOf, type Place } from '../navigation.ts'
import { useGuideProgress } from '../use-guide-progress.ts'
import { useOperation } from '../use-operation.ts'
import { useSignIn } from '../use-sign-in.ts'
import { words } from '../words/words.ts'
import { ClientStep } from './welcome/ClientStep.tsx'
import { DemoPanel } from './welcome/DemoPanel.tsx'
import { ImportPanel } from './welcome/ImportPanel.tsx'
import { SignInStep } from './welcome/SignInStep.tsx'
import { StepList } from './welcome/StepList.tsx'
import { StepNow } from './welcome/StepNow.tsx'

const say = words.welcome

export interface WelcomeProps {
  readonly snapshot: Snapshot
  readonly place: Place
}

/** Where one lands without an account, and comes back to for another one: from nothing to mail arriving on the Overview. */
export function Welcome({ snapshot, place }: WelcomeProps) {
  const known = useClients()
  const spot = spotOf(place.part)
  return (
    <Page title={snapshot.accounts.length === 0 ? say.first : say.another} detail={say.readsOnly}>
      <div className="welcome">
        <Ways chosen={spot.way} hasClient={known.names.length > 0} />
        {spot.way === 'gmail' ? <Guide known={known} place={place} /> : null}
        {spot.way === 'token' ? (
          <section className="panel" aria-labelledby="import-title">
            <h2 id="import-title">{say.import.title}</h2>
            <p className="note">{say.import.text}</p>
            <ImportPanel onAdded={toOverview} />
          </section>
        ) : null}
        {spot.way === 'demo' ? (
          <section className="panel">
            <DemoPanel snapshot={snapshot} onAdded={toOverview} />
          </section>
        ) : null}
      </div>
    </Page>
  )
}

const toOverview = (): void => window.location.assign(hrefOf('overview'))

/** The OAuth clients that Mailtide keeps, by name. */
function useClients() {
  const { run, ...asked } = useOperation('clientsList')
  useEffect(() => {
    void run({})
  }, [run])
  return {
    names: asked.state === 'done' ? asked.output.clients.map(({ name }) => name) : [],
    isKnown: asked.state === 'done' || asked.state === 'failed',
    problem: asked.state === 'failed' ? asked.problem : null,
    ask: () => void run({}),
  }
}

const texts: Readonly<Record<Way, string>> = { gmail: say.gmailText, token: say.tokenText, demo: say.demoText }

function Ways({ chosen, hasClient }: { readonly chosen: Way; readonly hasClient: boolean }) {
  return (
    <fieldset className="choices">
      <legend className="sr">{say.choose}</legend>
      {ways.map((way) => (
        <label className="choice" key={way}>
          <input
            type="radio"
            name="way"
            checked={way === chosen}
            onChange={() => window.location.assign(hrefOf('welcome', way))}
          />
          <b>{say[way]}</b>
          <span>{way === 'gmail' && hasClient ? say.gmailAgainText : texts[way]}</span>
        </label>
      ))}
    </fieldset>
  )
}

function Guide({ known, place }: { readonly known: ReturnType<typeof useClients>; readonly place: Place }) {
  const { ticked, tick } = useGuideProgress()
  const signIn = useSignIn()
  const done = doneSteps(ticked, known.names.length > 0)
  const spot = spotOf(place.part)
  const isSignedIn = signIn.progress.state === 'done'
  useEffect(() => {
    if (isSignedIn) toOverview()
  }, [isSignedIn])
  // Which step is open is not known before the clients are: nothing is shown that would change at once.
  if (spot.step === null && !known.isKnown) return null
  const step = spot.step ?? openStep(done)
  return (
    <>
      {known.problem === null ? null : <ProblemNote problem={known.problem} onToken={known.ask} />}
      <div className="guide">
        <StepList current={step} done={done} />
        <StepNow step={step} isDone={done.has(step.id)} openError={spot.error?.id ?? null} onDone={() => tick(step.id)}>
          {step.id === 'add-client' ? (
            <ClientStep
              clients={known.names}
              onAdded={() => {
                tick(step.id)
                known.ask()
              }}
            />
          ) : step.id === 'sign-in' ? (
            <SignInStep clients={known.names} signIn={signIn} />
          ) : step.id === 'import-key' ? (
            <ImportPanel onAdded={toOverview} />
          ) : null}
        </StepNow>
      </div>
      <section className="panel" aria-labelledby="errors-title">
        <h2 id="errors-title">{say.errors.title}</h2>
        <GuideErrorSearch open={null} />
      </section>
    </>
  )
}
