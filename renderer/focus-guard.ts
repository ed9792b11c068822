import { HEADING_ID } from './components/Page.tsx'

const FOCUSABLE = 'a[href], button:enabled, input:enabled, select:enabled, textarea:enabled, summary, [tabindex="0"]'

/**
 * Keeps the focus in the page when what had it goes away or is switched off (an account that was removed, a button whose work is done):
 * otherwise whoever uses the keyboard begins at the top again. It goes to what is nearest, and at last to the heading. Returns the way to stop.
 */
export function guardFocus(root: HTMLElement): () => void {
  /** What had the focus last, and all around it, from the inside out. */
  let path: readonly Element[] = []
  const remember = ({ target }: FocusEvent): void => {
    path = target instanceof Element ? ancestorsOf(target) : []
  }
  /** A person with a pointer leaves the focus where they like. */
  const forget = (): void => {
    path = []
  }
  const mend = (): void => {
    const [last, ...around] = path
    if (last === undefined || isHeld() || (last.isConnected && !last.matches(':disabled'))) return
    placeIn(around)?.focus()
  }
  const watch = new MutationObserver(mend)
  watch.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter: ['disabled'] })
  document.addEventListener('focusin', remember)
  document.addEventListener('pointerdown', forget, true)
  return () => {
    watch.disconnect()
    document.removeEventListener('focusin', remember)
    document.removeEventListener('pointerdown', forget, true)
  }
}

/** Whether something has the focus. What is switched off still seems to, until the browser looks. */
function isHeld(): boolean {
  const { activeElement } = document
  return activeElement !== null && activeElement !== document.body && !activeElement.matches(':disabled')
}

function ancestorsOf(element: Element): readonly Element[] {
  const found: Element[] = []
  for (let next: Element | null = element; next !== null; next = next.parentElement) found.push(next)
  return found
}

function placeIn(around: readonly Element[]): HTMLElement | null {
  for (const element of around) {
    if (element.id === 'main') break
    const place = element.isConnected ? element.querySelector<HTMLElement>(FOCUSABLE) : null
    if (place !== null) return place
  }
  return document.getElementById(HEADING_ID)
}
