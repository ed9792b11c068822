import { useCallback, useEffect, useState } from 'react'
import type { Problem } from '../../shared/errors.ts'
import { formatText } from '../../shared/log-text.ts'
import type { AccountSnapshot } from '../../shared/status.ts'
import { problemOf } from '../backend/backend.ts'
import { useBackend } from '../backend/context.ts'
import { Banners, RefusedBanner } from '../components/Banners.tsx'
import { Button } from '../components/Button.tsx'
import { Page } from '../components/Page.tsx'
import { ProblemNote } from '../components/ProblemNote.tsx'
import type { LogView } from '../model/log-store.ts'
import { useLog } from '../use-log.ts'
import { useSnapshot } from '../use-snapshot.ts'
import { words } from '../words/words.ts'
import { LogFoot } from './logs/LogFoot.tsx'
import { LogList } from './logs/LogList.tsx'
import { LogTools } from './logs/LogTools.tsx'
import { useLogFilter, usualChoice } from './logs/use-log-filter.ts'

const say = words.logs

export interface LogsProps {
  readonly accounts: readonly AccountSnapshot[]
  /** `level`, `account` and `text` to begin with; `at` for the line that was written then. */
  readonly params: URLSearchParams
}

/** What Mailtide says of its work, as it says it. */
export function Logs({ accounts, params }: LogsProps) {
  const { store, view, connection } = useLog()
  const { connection: known } = useSnapshot()
  const { chosen, choose, filter } = useLogFilter(params, accounts)
  const [said, setSaid] = useState('')
  useEffect(() => store.setFilter(filter), [store, filter])
  // Always the same, so that the list is left alone while lines are only counted.
  const onScrollUp = useCallback(() => store.pause('scroll'), [store])
  const onJump = useCallback(() => store.pause('button'), [store])
  const onScrollDown = useCallback(() => {
    if (store.get().paused?.by === 'scroll') store.resume()
  }, [store])
  return (
    <Page title={say.title} layout="fill" controls={<Actions view={view} onSaid={setSaid} />}>
      <div className="logs">
        <div className="logs-banners">
          <Banners />
          {connection.state === 'refused' && known.state !== 'refused' ? (
            <RefusedBanner connection={connection} />
          ) : null}
        </div>
        <LogTools
          chosen={chosen}
          total={view.total}
          emails={accounts.map(({ email }) => email)}
          onChoose={(change) => {
            setSaid('')
            choose(change)
          }}
        />
        <LogList
          rows={view.rows}
          isPaused={view.paused !== null}
          letGo={view.letGo}
          mark={filter.text}
          at={params.get('at')}
          onScrollUp={onScrollUp}
          onScrollDown={onScrollDown}
          onJump={onJump}
        />
        {view.shown > 0 ? null : (
          <Nothing
            total={view.total}
            isConnected={connection.state === 'connected'}
            onShowAll={() => choose({ ...usualChoice, level: 'debug' })}
          />
        )}
        <LogFoot
          view={view}
          connection={connection}
          said={said}
          onPause={() => {
            setSaid('')
            store.pause('button')
          }}
          onResume={() => {
            setSaid('')
            store.resume()
          }}
        />
      </div>
    </Page>
  )
}

interface ActionsProps {
  readonly view: LogView
  readonly onSaid: (text: string) => void
}

/** What one can take along: the lines that are shown, as they stand in the log file. */
function Actions({ view, onSaid }: ActionsProps) {
  const { shell, desktop } = useBackend()
  const [problem, setProblem] = useState<Problem | null>(null)
  const lines = (): string => view.rows.map((row) => (row.kind === 'line' ? `${formatText(row.entry)}\n` : '')).join('')
  const copy = async (): Promise<void> => {
    const selected = selectionInLog()
    const isCopied = await shell.copyText(selected ?? lines()).catch(() => false)
    onSaid(isCopied ? (selected === null ? say.copied(view.shown) : say.selectionCopied) : say.notCopied)
  }
  const save = async (): Promise<void> => {
    const name = `mailtide-log-${new Date().toISOString().slice(0, 10)}.txt`
    setProblem(null)
    try {
      if (await shell.saveText(name, lines())) onSaid(say.saved(view.shown))
    } catch (error) {
      setProblem(problemOf(error))
    }
  }
  return (
    <>
      <Button icon="copy" disabled={view.shown === 0} onClick={() => void copy()}>
        {say.copy}
      </Button>
      <Button icon="save" disabled={view.shown === 0} onClick={() => void save()}>
        {say.download}
      </Button>
      {desktop === null ? null : (
        <Button icon="folder" onClick={() => void desktop.call('openLogs', {}).catch(() => undefined)}>
          {say.openFolder}
        </Button>
      )}
      <ProblemNote problem={problem} />
    </>
  )
}

/** What the person has selected among the lines; null when nothing. */
function selectionInLog(): string | null {
  const selection = window.getSelection()
  const isInLog = selection?.anchorNode?.parentElement?.closest('.log') ?? null
  const text = selection?.toString() ?? ''
  return isInLog === null || text.trim() === '' ? null : text
}

interface NothingProps {
  readonly total: number
  readonly isConnected: boolean
  readonly onShowAll: () => void
}

function Nothing({ total, isConnected, onShowAll }: NothingProps) {
  if (total === 0) {
    return (
      <div className="empty">
        <b>{isConnected ? say.none : say.looking}</b>
        {isConnected ? <span>{say.noneNext}</span> : null}
      </div>
    )
  }
  return (
    <div className="empty">
      <b>{say.noMatch}</b>
      <span>{say.noMatchNext(total)}</span>
      <Button onClick={onShowAll}>{say.showAll}</Button>
    </div>
  )
}
