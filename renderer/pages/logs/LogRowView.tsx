import { memo, type ReactNode, type Ref } from 'react'
import type { LogEntry, LogLevel } from '../../../shared/log-entry.ts'
import { Icon, type IconName } from '../../components/Icon.tsx'
import type { LogRow } from '../../model/log-rows.ts'
import { words } from '../../words/words.ts'

const say = words.logs
const icons: Partial<Readonly<Record<LogLevel, IconName>>> = { warning: 'turn', error: 'bad' }

export interface LogRowProps {
  readonly row: LogRow
  readonly index: number
  readonly count: number
  readonly mark: string
  readonly isTarget: boolean
  readonly ref: Ref<HTMLLIElement>
}

/** A line, a new day, or that lines are missing. */
export const LogRowView = memo(({ row, index, count, mark, isTarget, ref }: LogRowProps) => {
  const place = { ref, 'data-index': index, 'aria-setsize': count, 'aria-posinset': index + 1 }
  switch (row.kind) {
    case 'day':
      return (
        <li {...place} className="day">
          {say.day(row.at)}
        </li>
      )
    case 'gap':
      return (
        <li {...place} className="gap">
          <Icon name="info" isSmall />
          <span>{say.gap(row.notice)}</span>
        </li>
      )
    case 'line':
      return (
        <li {...place} data-level={row.entry.level} data-target={isTarget || undefined}>
          <Line entry={row.entry} mark={mark} />
        </li>
      )
  }
})

function Line({ entry, mark }: { readonly entry: LogEntry; readonly mark: string }) {
  const at = new Date(entry.at)
  const icon = icons[entry.level]
  const fields = Object.entries(entry.fields ?? {}).map(([name, value]) => `${name}=${value}`)
  return (
    <>
      <time dateTime={entry.at} title={say.full(at)}>
        {say.time(at)}
      </time>
      <span className="level">
        {icon === undefined ? null : <Icon name={icon} isSmall />}
        {say.levels[entry.level]}
      </span>
      <p>
        <span className="from">{marked(entry.name, mark)}</span> {marked(entry.message, mark)}
        {fields.length === 0 ? null : <span className="fields"> {marked(fields.join(' '), mark)}</span>}
        {entry.repeated === undefined ? null : <span className="fold">{say.repeated(entry.repeated)}</span>}
      </p>
    </>
  )
}

/** The text, with what is searched for made visible in it. */
function marked(text: string, mark: string): ReactNode {
  const wanted = mark.trim().toLowerCase()
  if (wanted === '') return text
  const lower = text.toLowerCase()
  // Where lower case has another length, places in the one are none in the other.
  if (lower.length !== text.length) return text
  const parts: ReactNode[] = []
  let end = 0
  for (let at = lower.indexOf(wanted); at !== -1; at = lower.indexOf(wanted, end)) {
    parts.push(text.slice(end, at), <mark key={at}>{text.slice(at, at + wanted.length)}</mark>)
    end = at + wanted.length
  }
  return parts.length === 0 ? text : [...parts, text.slice(end)]
}
