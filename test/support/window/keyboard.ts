import type { Page } from 'playwright'
import { expect } from 'vitest'

/** What has the focus: its name as a screen reader says it, nearly, and how one sees that it has it. */
interface Focus {
  readonly name: string
  readonly isInPage: boolean
  readonly ring: boolean
}

const look = (page: Page): Promise<Focus> =>
  page.evaluate(() => {
    const element = document.activeElement
    if (!(element instanceof HTMLElement) || element === document.body)
      return { name: '', isInPage: false, ring: false }
    const labels = (element as HTMLInputElement).labels
    const named = (element.getAttribute('aria-labelledby') ?? '')
      .split(' ')
      .map((id) => document.getElementById(id)?.textContent ?? '')
      .join(' ')
      .trim()
    const name =
      element.getAttribute('aria-label') ??
      (named !== '' ? named : (labels?.[0]?.textContent ?? element.textContent ?? ''))
    // A box that is drawn by what stands beside or around it shows its focus there.
    const shown = [element, element.parentElement, element.nextElementSibling].filter((one) => one !== null)
    const ring = shown.some((one) => {
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one)
      return (outlineStyle !== 'none' && Number.parseFloat(outlineWidth) > 0) || boxShadow !== 'none'
    })
    return { name: name.trim(), isInPage: true, ring }
  })

/** What comes into sight is scrolled to a frame later, and a menu that was opened by then would close. */
const settled = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))))

/** A person with a keyboard and nothing else. */
export function keyboardOf(page: Page) {
  const press = async (...keys: readonly string[]): Promise<void> => {
    for (const key of keys) await page.keyboard.press(key)
  }
  return {
    press,
    type: (text: string) => page.keyboard.type(text),
    focus: () => look(page),
    /** Goes on with Tab (or backwards) until what has the focus has such a name; at every step one sees where it is. */
    to: async (name: RegExp, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> => {
      const passed: string[] = []
      for (let step = 0; step < 90; step++) {
        await press(key)
        const focus = await look(page)
        if (focus.isInPage) expect([focus.name, focus.ring]).toEqual([focus.name, true])
        if (name.test(focus.name)) {
          await settled(page)
          return
        }
        passed.push(focus.name.slice(0, 40))
      }
      throw new Error(`${key} never came to ${name}: ${passed.join(' · ')}`)
    },
    /** The focus is somewhere in the page, on something that still is there. */
    isKept: async (): Promise<void> => {
      await expect.poll(async () => (await look(page)).isInPage, { timeout: 15_000 }).toBe(true)
    },
  }
}
