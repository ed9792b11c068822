import type { MetricsSeries } from '../../../shared/figures.ts'
import { Time } from '../../components/Time.tsx'
import { columnsOf } from '../../model/series-table.ts'
import { words } from '../../words/words.ts'

const say = words.metrics

/** The same figures as the charts, newest first. */
export function SeriesTable({ series }: { readonly series: MetricsSeries }) {
  const columns = columnsOf(series, words)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section className="table-card" tabIndex={0} aria-label={say.table(series.span)}>
      <table>
        <thead>
          <tr>
            <th scope="col">{say.time}</th>
            {columns.map(({ key, title }) => (
              <th key={key} scope="col" className="num">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {series.points.toReversed().map((point) => (
            <tr key={point.at}>
              <th scope="row">
                <Time at={new Date(point.at)} />
              </th>
              {columns.map(({ key, shown }) => (
                <td key={key} className="num">
                  {shown(point)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
