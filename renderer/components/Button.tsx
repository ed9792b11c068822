import type { ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { Icon, type IconName } from './Icon.tsx'

export interface ButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type' | 'className'> {
  /** `turn`: filled, it is the person's turn; at most one in a card. `quiet`: without an edge. */
  readonly kind?: 'plain' | 'turn' | 'quiet' | 'bad'
  readonly icon?: IconName
  /** What it does can be seen at its end: an address that opens elsewhere. */
  readonly endIcon?: IconName
  /** Its work is under way: it keeps its place and its focus, and does nothing more. */
  readonly isPending?: boolean
  readonly isSubmit?: boolean
  readonly children: ReactNode
  readonly ref?: Ref<HTMLButtonElement>
}

export function Button({
  kind = 'plain',
  icon,
  endIcon,
  isPending = false,
  isSubmit = false,
  onClick,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      {...rest}
      type={isSubmit ? 'submit' : 'button'}
      className={`btn${kind === 'plain' ? '' : ` btn-${kind}`}`}
      aria-disabled={isPending || undefined}
      data-pending={isPending || undefined}
      onClick={isPending ? (event) => event.preventDefault() : onClick}
    >
      {icon === undefined ? null : <Icon name={icon} isSmall />}
      {children}
      {endIcon === undefined ? null : <Icon name={endIcon} isSmall />}
    </button>
  )
}

/** A button that reads as a part of its sentence. */
export function LinkButton({ onClick, children }: { readonly onClick: () => void; readonly children: ReactNode }) {
  return (
    <button type="button" className="link" onClick={onClick}>
      {children}
    </button>
  )
}
