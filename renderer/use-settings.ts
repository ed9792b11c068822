import { useCallback, useEffect, useState } from 'react'
import type { Problem } from '../shared/errors.ts'
import { type SettingName, type toWire, type WireSettingsPatch, wireName } from '../shared/settings.ts'
import { type Output, problemOf } from './backend/backend.ts'
import { useBackend } from './backend/context.ts'
import type { SettingSource } from './model/settings.ts'

export type SettingValue = number | boolean | string

export interface UsedSettings {
  /** Null before they are known. */
  readonly known: Output<'settings'> | null
  /** Why they are not known. */
  readonly problem: Problem | null
  readonly ask: () => void
  readonly value: (name: SettingName) => SettingValue
  readonly source: (name: SettingName) => SettingSource
  /** Null takes the setting back to its default. Why that did not go, or null. */
  readonly change: (name: SettingName, value: SettingValue | null) => Promise<Problem | null>
}

/** The settings in force. They are asked for again when the person comes back: a command may have changed them. */
export function useSettings(): UsedSettings {
  const backend = useBackend()
  const [known, setKnown] = useState<Output<'settings'> | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const ask = useCallback(() => {
    backend.call('settings', {}).then(
      (answer) => {
        setKnown(answer)
        setProblem(null)
      },
      (error: unknown) => setProblem(problemOf(error)),
    )
  }, [backend])
  useEffect(() => {
    ask()
    window.addEventListener('focus', ask)
    return () => window.removeEventListener('focus', ask)
  }, [ask])
  return {
    known,
    problem,
    ask,
    value: (name) => known!.settings[wireName(name) as keyof ReturnType<typeof toWire>],
    source: (name) => known!.sources[wireName(name)] ?? 'default',
    change: async (name, value) => {
      try {
        // The contract checks it, here and in the service.
        const { settings, sources } = await backend.call('settingsChange', {
          [wireName(name)]: value,
        } as WireSettingsPatch)
        setKnown({ settings, sources })
        return null
      } catch (error) {
        return problemOf(error)
      }
    },
  }
}
