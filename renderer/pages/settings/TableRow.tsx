import { useState } from 'react'
import type { Problem } from '../../../shared/errors.ts'
import { envNames, flagName, type SettingName } from '../../../shared/settings.ts'
import { Button } from '../../components/Button.tsx'
import { Icon } from '../../components/Icon.tsx'
import { ProblemNote } from '../../components/ProblemNote.tsx'
import { SettingRow, Switch } from '../../components/SettingRow.tsx'
import { isHeld, settingOf, typedValue } from '../../model/settings.ts'
import type { SettingValue, UsedSettings } from '../../use-settings.ts'
import { words } from '../../words/words.ts'

const say = words.settings

/** A setting of the table: changed as soon as it is right, explained beside its field when it is not. */
export function TableRow({ name, settings }: { readonly name: SettingName; readonly settings: UsedSettings }) {
  const setting = settingOf(name)
  const value = settings.value(name)
  const source = settings.source(name)
  const held = isHeld(source)
  /** What stands in the field while it differs from what is in force. */
  const [typed, setTyped] = useState<string | null>(null)
  const [wrong, setWrong] = useState<string | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)

  const change = async (next: SettingValue | null): Promise<void> => {
    setWrong(null)
    setTyped(null)
    setProblem(next === value ? null : await settings.change(name, next))
  }
  const commit = (): void => {
    if (typed === null) return
    const next = typedValue(setting, typed, say.decimalMark)
    if (next === undefined) setWrong(say.wrong(setting, typed, value))
    else void change(next)
  }
  const help = (
    <>
      {setting.effect} {say.facts(setting)} {say.takesEffect(setting.takesEffect)}
      {held ? (
        <span className="held">
          <Icon name="info" isSmall /> {say.held(source, envNames(name), flagName(name))}
        </span>
      ) : source === 'file' && value !== setting.default ? (
        <>
          {' '}
          <span className="changed">{say.chosen(setting, value)}</span>{' '}
          <button type="button" className="link" onClick={() => void change(null)}>
            {say.useDefault}
          </button>
        </>
      ) : null}
      <ProblemNote problem={problem} onToken={() => setProblem(null)} />
    </>
  )
  return (
    <SettingRow name={say.name(name)} help={help} wrong={wrong}>
      {({ labelledby, describedby }) => {
        switch (setting.type) {
          case 'boolean':
            return (
              <Switch
                isOn={value === true}
                isOff={held}
                labelledby={labelledby}
                describedby={describedby}
                onChange={(on) => void change(on)}
              />
            )
          case 'choice':
            return (
              <span className="select">
                <select
                  value={String(value)}
                  disabled={held}
                  aria-labelledby={labelledby}
                  aria-describedby={describedby}
                  onChange={(event) => void change(event.target.value)}
                >
                  {setting.choices.map((choice) => (
                    <option key={choice} value={choice}>
                      {say.choice(choice)}
                    </option>
                  ))}
                </select>
                <Icon name="down" isSmall />
              </span>
            )
          case 'integer':
            return (
              <form
                className="number"
                onSubmit={(event) => {
                  event.preventDefault()
                  commit()
                }}
              >
                <input
                  className="field field-num"
                  inputMode={setting.unit === 'bytes' ? 'text' : 'numeric'}
                  autoComplete="off"
                  value={typed ?? say.value(setting, value)}
                  disabled={held}
                  aria-labelledby={labelledby}
                  aria-describedby={describedby}
                  aria-invalid={wrong !== null || undefined}
                  onChange={(event) => setTyped(event.target.value)}
                  onBlur={commit}
                  onKeyDown={(event) => {
                    if (event.key !== 'Escape') return
                    setTyped(null)
                    setWrong(null)
                  }}
                />
                <span className="unit">{say.unit(setting)}</span>
              </form>
            )
        }
      }}
    </SettingRow>
  )
}

export interface ConfirmButtonsProps {
  readonly label: string
  readonly isPending: boolean
  readonly onCancel: () => void
}

/** The buttons of a question whose yes takes something away. */
export function ConfirmButtons({ label, isPending, onCancel }: ConfirmButtonsProps) {
  return (
    <>
      <Button onClick={onCancel}>{words.frame.cancel}</Button>
      <Button kind="bad" isSubmit isPending={isPending}>
        {label}
      </Button>
    </>
  )
}
