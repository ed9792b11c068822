import { useEffect, useRef } from 'react'
import { LogLevel, logLevels } from '../../../shared/log-entry.ts'
import { Icon } from '../../components/Icon.tsx'
import { words } from '../../words/words.ts'
import type { Chosen } from './use-log-filter.ts'

const say = words.logs

export interface LogToolsProps {
  readonly chosen: Chosen
  readonly total: number
  readonly emails: readonly string[]
  readonly onChoose: (change: Partial<Chosen>) => void
}

/** Which lines to show. */
export function LogTools({ chosen, total, emails, onChoose }: LogToolsProps) {
  const search = useRef<HTMLInputElement>(null)
  useEffect(() => {
    // The browser's own search would find only the lines that are on the screen.
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'f' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return
      event.preventDefault()
      search.current?.focus()
      search.current?.select()
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
  // An account that was removed still has its lines.
  const known = chosen.account === '' || emails.includes(chosen.account) ? emails : [...emails, chosen.account]
  return (
    <search className="toolbar" aria-label={say.tools}>
      <span className="search">
        <Icon name="search" isSmall />
        <input
          ref={search}
          className="field"
          type="search"
          aria-label={say.searchIn(0)}
          placeholder={say.searchIn(total)}
          value={chosen.text}
          onChange={(event) => onChoose({ text: event.target.value })}
        />
      </span>
      <span className="select">
        <select
          aria-label={say.level}
          value={chosen.level}
          onChange={(event) => onChoose({ level: LogLevel.parse(event.target.value) })}
        >
          {logLevels.map((level) => (
            <option key={level} value={level}>
              {say.atLeast[level]}
            </option>
          ))}
        </select>
        <Icon name="down" isSmall />
      </span>
      <span className="select">
        <select
          aria-label={say.account}
          value={chosen.account}
          onChange={(event) => onChoose({ account: event.target.value })}
        >
          <option value="">{say.allAccounts}</option>
          {known.map((email) => (
            <option key={email} value={email}>
              {email}
            </option>
          ))}
        </select>
        <Icon name="down" isSmall />
      </span>
    </search>
  )
}
