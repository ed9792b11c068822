import { type ReactNode, useId } from 'react'
import { Wrong } from './Field.tsx'

export interface SettingRowProps {
  readonly name: string
  readonly help?: ReactNode
  /** Why what was entered is not taken. */
  readonly wrong?: string | null
  /** The control; is given the ids that name and describe it. */
  readonly children: ReactNode | ((ids: { readonly labelledby: string; readonly describedby: string }) => ReactNode)
}

/** One line of Settings: name and help, its control at the end, and what is wrong below. */
export function SettingRow({ name, help, wrong = null, children }: SettingRowProps) {
  const id = useId()
  const ids = { labelledby: `${id}-name`, describedby: `${id}-help ${id}-wrong` }
  return (
    <div className="row">
      <div className="row-text">
        <div className="name" id={ids.labelledby}>
          {name}
        </div>
        <div className="help" id={`${id}-help`}>
          {help}
        </div>
      </div>
      <div className="value">{typeof children === 'function' ? children(ids) : children}</div>
      <p className="wrong" id={`${id}-wrong`} role="alert">
        {wrong === null ? null : <Wrong>{wrong}</Wrong>}
      </p>
    </div>
  )
}

export interface SwitchProps {
  readonly isOn: boolean
  readonly isOff?: boolean
  readonly labelledby: string
  readonly describedby: string
  readonly onChange: (on: boolean) => void
}

/** On or off. `isOff`: it cannot be changed here. */
export function Switch({ isOn, isOff = false, labelledby, describedby, onChange }: SwitchProps) {
  return (
    <span className="switch">
      <input
        type="checkbox"
        role="switch"
        checked={isOn}
        aria-checked={isOn}
        disabled={isOff}
        aria-labelledby={labelledby}
        aria-describedby={describedby}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span />
    </span>
  )
}
