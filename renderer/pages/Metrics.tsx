import { useEffect, useMemo, useState } from 'react'
import type { Problem } from '../../shared/errors.ts'
import { type MetricsSeries, type SeriesSpan, seriesSpans } from '../../shared/figures.ts'
import type { Snapshot } from '../../shared/status.ts'
import { needsToken, problemOf } from '../backend/backend.ts'
import { useBackend } from '../backend/context.ts'
import { RefusedBanner } from '../components/Banners.tsx'
import { Button } from '../components/Button.tsx'
import { Page } from '../components/Page.tsx'
import { ProblemNote } from '../components/ProblemNote.tsx'
import { Said } from '../components/Said.tsx'
import { Segments } from '../components/Segments.tsx'
import { type ChartView, chartsOf } from '../model/charts.ts'
import { csvOf } from '../model/series-table.ts'
import { hrefOf } from '../navigation.ts'
import { useMinute } from '../use-clock.ts'
import { useSeries } from '../use-series.ts'
import { useSteps } from '../use-steps.ts'
import { words } from '../words/words.ts'
import { Chart } from './metrics/Chart.tsx'
import { SeriesTable } from './metrics/SeriesTable.tsx'

const say = words.metrics
const views = ['charts', 'table'] as const
type View = (typeof views)[number]

export interface MetricsProps {
  readonly snapshot: Snapshot
  /** `span` and `view` to begin with. */
  readonly params: URLSearchParams
}

/** What was done, and what it took, over time. */
export function Metrics({ snapshot, params }: MetricsProps) {
  const { span, view, choose } = useChoice(params)
  const minute = useMinute()
  // With each cycle that ended, and otherwise as time goes by.
  const { series, problem } = useSeries(span, `${snapshot.total_cycles} ${minute.getTime()}`)
  const charts = useMemo(
    () => (series === null ? [] : chartsOf(series, snapshot.interval_minutes, words)),
    [series, snapshot.interval_minutes],
  )
  return (
    <Page
      title={say.title}
      controls={
        <>
          <Segments
            legend={say.span}
            options={seriesSpans.map((name) => [name, say.spans[name]] as const)}
            value={span}
            onChoose={(next) => choose({ span: next })}
          />
          <Segments
            legend={say.view}
            options={views.map((name) => [name, say.views[name]] as const)}
            value={view}
            onChoose={(next) => choose({ view: next })}
          />
          <Export series={series} />
        </>
      }
    >
      {problem === null ? null : needsToken(problem) ? (
        <RefusedBanner connection={{ state: 'refused', problem }} />
      ) : (
        <ProblemNote problem={problem} />
      )}
      {series === null ? (
        <p className="summary">{problem === null ? say.loading : ''}</p>
      ) : (
        <>
          <Summary series={series} />
          {view === 'table' ? <SeriesTable series={series} /> : <Charts charts={charts} series={series} />}
        </>
      )}
    </Page>
  )
}

/** The large one first, the small ones after it. */
function Charts({ charts, series }: { readonly charts: readonly ChartView[]; readonly series: MetricsSeries }) {
  const step = useSteps(charts.length)
  return (
    <div className="charts" aria-busy={step < charts.length}>
      {charts.slice(0, step).map((chart) => (
        <Chart key={chart.key} chart={chart} series={series} isWide={chart.key === 'emails'} />
      ))}
    </div>
  )
}

function Export({ series }: { readonly series: MetricsSeries | null }) {
  const { shell } = useBackend()
  const [problem, setProblem] = useState<Problem | null>(null)
  const save = async (): Promise<void> => {
    if (series === null) return
    const name = `mailtide-metrics-${series.span}-${new Date().toISOString().slice(0, 10)}.csv`
    setProblem(null)
    await shell.saveText(name, csvOf(series, words)).catch((error: unknown) => setProblem(problemOf(error)))
  }
  return (
    <>
      <Button icon="save" disabled={series === null} onClick={() => void save()}>
        {say.exportCsv}
      </Button>
      <ProblemNote problem={problem} />
    </>
  )
}

function Summary({ series: { span, points } }: { readonly series: MetricsSeries }) {
  const sum = (of: (point: MetricsSeries['points'][number]) => number): number =>
    points.reduce((all, point) => all + of(point), 0)
  const done = {
    emails: sum(({ emails }) => emails),
    cycles: sum(({ cycles }) => cycles),
    errors: sum(({ errors }) => errors),
    longest: points.reduce<number | null>(
      (longest, { duration_seconds_max: max }) => (max === null ? longest : Math.max(longest ?? 0, max)),
      null,
    ),
  }
  const isIdle = done.emails + done.cycles + done.errors === 0
  return (
    <p className="summary">
      {isIdle ? (
        say.summaryNone(span)
      ) : (
        <Said text={say.summary(span, done, (text) => <b>{text}</b>)} part={(part) => part} />
      )}
    </p>
  )
}

interface Choice {
  readonly span: SeriesSpan
  readonly view: View
}

/** Begun by the address of the page, which follows it, so that it survives a reload. */
function useChoice(params: URLSearchParams): Choice & { readonly choose: (change: Partial<Choice>) => void } {
  const [chosen, setChosen] = useState(() => choiceBy(params))
  const [asked, setAsked] = useState(params)
  if (asked !== params) {
    setAsked(params)
    setChosen(choiceBy(params))
  }
  const { span, view } = chosen
  useEffect(() => {
    const shown = { ...(span === 'day' ? {} : { span }), ...(view === 'charts' ? {} : { view }) }
    // No new place to go back to: it is the same page.
    window.history.replaceState(null, '', hrefOf('metrics', '', shown))
  }, [span, view])
  return { ...chosen, choose: (change) => setChosen((before) => ({ ...before, ...change })) }
}

const choiceBy = (params: URLSearchParams): Choice => ({
  span: seriesSpans.find((span) => span === params.get('span')) ?? 'day',
  view: views.find((view) => view === params.get('view')) ?? 'charts',
})
