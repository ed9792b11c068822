import { useDeferredValue, useEffect, useMemo, useState } from 'react'
import { type LogLevel, logLevels } from '../../../shared/log-entry.ts'
import type { AccountSnapshot } from '../../../shared/status.ts'
import type { LogFilter } from '../../model/log-rows.ts'
import { hrefOf } from '../../navigation.ts'

/** What the person chose to see; an account by its address. */
export interface Chosen {
  readonly level: LogLevel
  readonly account: string
  readonly text: string
}

export const usualChoice: Chosen = { level: 'info', account: '', text: '' }

export interface UsedLogFilter {
  readonly chosen: Chosen
  readonly choose: (change: Partial<Chosen>) => void
  readonly filter: LogFilter
}

/** The choice of lines: begun by the address of the page, which follows it, so that it survives a reload. */
export function useLogFilter(params: URLSearchParams, accounts: readonly AccountSnapshot[]): UsedLogFilter {
  const [chosen, setChosen] = useState(() => chosenBy(params))
  const [asked, setAsked] = useState(params)
  if (asked !== params) {
    setAsked(params)
    setChosen(chosenBy(params))
  }
  const text = useDeferredValue(chosen.text)
  const { level, account } = chosen
  const id = accounts.find(({ email }) => email === account)?.id ?? null
  const filter = useMemo<LogFilter>(
    () => ({ level, text, account: account === '' ? null : { id, email: account } }),
    [level, text, account, id],
  )
  useEffect(() => {
    const shown = Object.entries(chosen).filter(([name, value]) => value !== usualChoice[name as keyof Chosen])
    const address = hrefOf('logs', '', Object.fromEntries(shown))
    // No new place to go back to: it is the same page.
    if (params.get('at') === null) window.history.replaceState(null, '', address)
  }, [chosen, params])
  return { chosen, filter, choose: (change) => setChosen((before) => ({ ...before, ...change })) }
}

function chosenBy(params: URLSearchParams): Chosen {
  return {
    level: logLevels.find((level) => level === params.get('level')) ?? usualChoice.level,
    account: params.get('account') ?? '',
    text: params.get('text') ?? '',
  }
}
