import { type InputHTMLAttributes, type ReactNode, useId } from 'react'
import { Icon } from './Icon.tsx'

export interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'id' | 'className'> {
  readonly label: string
  readonly help?: string
  /** Why the value is not taken; stands beside the field. */
  readonly wrong?: string | null
}

/** A field of a form, with its label above and what is wrong with it below. */
export function Field({ label, help, wrong = null, ...input }: FieldProps) {
  const id = useId()
  return (
    <div className="form-field">
      <label htmlFor={id}>{label}</label>
      {help === undefined ? null : (
        <p className="help" id={`${id}-help`}>
          {help}
        </p>
      )}
      <input
        {...input}
        id={id}
        className="field"
        aria-invalid={wrong !== null || undefined}
        aria-describedby={`${id}-help ${id}-wrong`}
      />
      <p className="wrong" id={`${id}-wrong`} role="alert">
        {wrong === null ? null : <Wrong>{wrong}</Wrong>}
      </p>
    </div>
  )
}

/** What is not right, with the sign for it. */
export function Wrong({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <Icon name="bad" isSmall />
      <span>{children}</span>
    </>
  )
}
