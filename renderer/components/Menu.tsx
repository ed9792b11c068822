import { type KeyboardEvent, type ReactNode, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { Icon } from './Icon.tsx'

export interface MenuItem {
  readonly key: string
  readonly label: string
  readonly onChoose: () => void
  /** Takes something away: stands apart and is marked. */
  readonly isDanger?: boolean
}

export interface MenuProps {
  /** What it is for, for people who do not see where it stands. */
  readonly label: string
  readonly items: readonly MenuItem[]
  /** Facts above the items. */
  readonly details?: ReactNode
}

/** The button ⋯ with its menu: arrows, Home, End and first letters move, Escape and a click elsewhere close. */
export function Menu({ label, items, details }: MenuProps) {
  const id = useId()
  const [isOpen, setOpen] = useState(false)
  const button = useRef<HTMLButtonElement>(null)
  const popup = useRef<HTMLDivElement>(null)

  const close = (givesFocusBack: boolean): void => {
    setOpen(false)
    if (givesFocusBack) button.current?.focus()
  }
  useLayoutEffect(() => {
    if (!isOpen || popup.current === null || button.current === null) return
    place(popup.current, button.current)
    popup.current.querySelector<HTMLElement>('[role=menuitem]')?.focus()
  }, [isOpen])
  useEffect(() => {
    if (!isOpen) return undefined
    const leave = (event: Event): void => {
      const inside = event.target instanceof Node && popup.current?.contains(event.target) === true
      const onButton = event.target instanceof Node && button.current?.contains(event.target) === true
      if (!inside && !onButton) setOpen(false)
    }
    const events = ['pointerdown', 'focusin', 'scroll', 'resize'] as const
    for (const name of events) window.addEventListener(name, leave, true)
    return () => {
      for (const name of events) window.removeEventListener(name, leave, true)
    }
  }, [isOpen])

  const onKeyDown = (event: KeyboardEvent): void => {
    const all = [...(popup.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
    const at = all.indexOf(document.activeElement as HTMLElement)
    const to = nextItem(event.key, at, items)
    if (event.key === 'Escape' || event.key === 'Tab') {
      if (event.key === 'Escape') event.preventDefault()
      close(true)
    } else if (to !== null) {
      event.preventDefault()
      all[to]?.focus()
    }
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        className="btn btn-quiet btn-icon"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        aria-label={label}
        onClick={() => setOpen(!isOpen)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown') return
          event.preventDefault()
          setOpen(true)
        }}
      >
        <Icon name="more" isSmall />
      </button>
      {isOpen ? (
        <div ref={popup} className="menu" popover="manual">
          {details}
          <div role="menu" id={id} aria-label={label} onKeyDown={onKeyDown} tabIndex={-1}>
            {items.map((item) => (
              <button
                key={item.key}
                type="button"
                role="menuitem"
                tabIndex={-1}
                data-danger={item.isDanger || undefined}
                onClick={() => {
                  close(true)
                  item.onChoose()
                }}
              >
                {item.label}
              </button>
            ))}
          </div>
        </div>
      ) : null}
    </>
  )
}

/** Where a key leads; null when it leads nowhere. */
function nextItem(key: string, at: number, items: readonly MenuItem[]): number | null {
  const { length } = items
  if (key === 'ArrowDown') return (at + 1) % length
  if (key === 'ArrowUp') return (at + length - 1) % length
  if (key === 'Home') return 0
  if (key === 'End') return length - 1
  if (key.length !== 1) return null
  const begins = (item: MenuItem): boolean => item.label.toLowerCase().startsWith(key.toLowerCase())
  const after = items.findIndex((item, index) => index > at && begins(item))
  const found = after === -1 ? items.findIndex(begins) : after
  return found === -1 ? null : found
}

/** Below the button with their ends flush, above it where there is no room; in the top layer, so that no card covers it. */
function place(popup: HTMLElement, button: HTMLElement): void {
  popup.showPopover()
  const at = button.getBoundingClientRect()
  const { offsetWidth, offsetHeight } = popup
  const isMirrored = getComputedStyle(button).direction === 'rtl'
  const left = isMirrored ? at.left : at.right - offsetWidth
  const below = at.bottom + 4
  const top = below + offsetHeight > window.innerHeight - 8 ? at.top - 4 - offsetHeight : below
  popup.style.setProperty('left', `${Math.max(8, Math.min(left, window.innerWidth - offsetWidth - 8))}px`)
  popup.style.setProperty('top', `${Math.max(8, top)}px`)
}
