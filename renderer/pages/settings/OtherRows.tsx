import { useEffect, useState } from 'react'
import type { DesktopState } from '../../../shared/desktop.ts'
import type { Problem } from '../../../shared/errors.ts'
import type { Snapshot } from '../../../shared/status.ts'
import { describeUpdate, type UpdateAction } from '../../../shared/update-state.ts'
import { problemOf } from '../../backend/backend.ts'
import { useBackend } from '../../backend/context.ts'
import { Button } from '../../components/Button.tsx'
import { CopyButton } from '../../components/CopyButton.tsx'
import { ProblemNote } from '../../components/ProblemNote.tsx'
import { SettingRow, Switch } from '../../components/SettingRow.tsx'
import { useOperation } from '../../use-operation.ts'
import { words } from '../../words/words.ts'

const say = words.settings

/** What only the desktop app can do; nothing in a browser. */
export function DesktopRows() {
  const { desktop } = useBackend()
  const [state, setState] = useState<DesktopState | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  useEffect(() => desktop?.subscribe(setState), [desktop])
  if (desktop === null || state === null) return null
  const startAtLogin = (on: boolean): void => {
    setProblem(null)
    desktop.call('startAtLogin', { on }).then(
      ({ starts_at_login }) => setState((now) => (now === null ? null : { ...now, starts_at_login })),
      (error: unknown) => setProblem(problemOf(error)),
    )
  }
  return (
    <>
      <SettingRow
        name={say.login}
        help={
          <>
            {state.starts_at_login === null ? say.loginUnknown : say.loginHelp}
            <ProblemNote problem={problem} />
          </>
        }
      >
        {(ids) => (
          <Switch
            {...ids}
            isOn={state.starts_at_login === true}
            isOff={state.starts_at_login === null}
            onChange={startAtLogin}
          />
        )}
      </SettingRow>
      <SettingRow name={say.sealing} help={state.sealing_weakness ?? say.sealed}>
        {null}
      </SettingRow>
    </>
  )
}

/** The data folder: what it takes, and what is left. */
export function StorageRows({ folder }: { readonly folder: string }) {
  const { desktop } = useBackend()
  const { run, ...asked } = useOperation('storage')
  const [problem, setProblem] = useState<Problem | null>(null)
  useEffect(() => {
    void run({})
  }, [run])
  const open = (what: 'openDataFolder' | 'openLogs'): void => {
    setProblem(null)
    desktop?.call(what, {}).catch((error: unknown) => setProblem(problemOf(error)))
  }
  const figures = asked.state === 'done' ? asked.output : null
  return (
    <>
      <SettingRow
        name={say.folder}
        help={
          <>
            <span className="id">{folder}</span>
            <ProblemNote
              problem={problem ?? (asked.state === 'failed' ? asked.problem : null)}
              onToken={() => void run({})}
            />
          </>
        }
      >
        <CopyButton text={folder} what={say.folder} />
        {desktop === null ? null : (
          <>
            <Button icon="folder" onClick={() => open('openDataFolder')}>
              {say.openFolder}
            </Button>
            <Button icon="logs" onClick={() => open('openLogs')}>
              {say.openLogs}
            </Button>
          </>
        )}
      </SettingRow>
      {figures === null ? null : (
        <>
          <SettingRow
            name={say.used}
            help={say.usedHelp(
              figures.database_bytes,
              figures.raw_bytes,
              (figures.logs_bytes ?? 0) + (figures.snapshots_bytes ?? 0) + (figures.kept_bytes ?? 0),
            )}
          >
            {null}
          </SettingRow>
          <SettingRow
            name={say.free}
            help={figures.free_bytes === null ? say.unknownSize : say.freeHelp(figures.free_bytes)}
          >
            {null}
          </SettingRow>
        </>
      )}
    </>
  )
}

export function AboutRows({ snapshot: { version, host, store } }: { readonly snapshot: Snapshot }) {
  return (
    <>
      <SettingRow name={say.about(version)} help={`${say.runs(host.kind, host.pid, store.kind)} ${say.licence}`}>
        {null}
      </SettingRow>
      <UpdateRow />
    </>
  )
}

/** Newer versions of the desktop app; nothing in a browser, whose service is updated by whoever installed it. */
function UpdateRow() {
  const { desktop } = useBackend()
  const state = useDesktopState()
  const [problem, setProblem] = useState<Problem | null>(null)
  if (desktop === null || state === null) return null
  const { text, action } = describeUpdate(state.update)
  // While it looks the button stays, and with it the keyboard's place.
  const isLooking = state.update.kind === 'checking'
  const offered = isLooking ? 'check' : action
  const perform = (what: UpdateAction): void => {
    setProblem(null)
    desktop.call('update', { action: what }).catch((error: unknown) => setProblem(problemOf(error)))
  }
  return (
    <SettingRow
      name={say.updates}
      help={
        <>
          <span role="status">{text}.</span>
          <ProblemNote problem={problem} />
        </>
      }
    >
      {offered === null ? null : (
        <Button isPending={isLooking} onClick={() => perform(offered)}>
          {say.update[offered]}
        </Button>
      )}
    </SettingRow>
  )
}

/** What the app tells of itself; null in a browser, and before it has told. */
function useDesktopState(): DesktopState | null {
  const { desktop } = useBackend()
  const [state, setState] = useState<DesktopState | null>(null)
  useEffect(() => desktop?.subscribe(setState), [desktop])
  return state
}
