import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Bounds } from '../../electron/desktop/state-file.ts'
import { fitBounds, LEAST, type ScreenArea } from '../../electron/desktop/window-bounds.ts'

const area = (x: number, y: number, width: number, height: number): ScreenArea => ({
  workArea: { x, y, width, height },
})
const laptop = area(0, 0, 1280, 680)
const right = area(1280, 0, 1920, 1040)

describe('the window comes back', () => {
  it.each([
    ['where it was', { x: 100, y: 50, width: 900, height: 600 }, [laptop], { x: 100, y: 50, width: 900, height: 600 }],
    [
      'on the second screen',
      { x: 1400, y: 90, width: 900, height: 600 },
      [laptop, right],
      { x: 1400, y: 90, width: 900, height: 600 },
    ],
    ['in the middle, when it never was anywhere', null, [right], { x: 1680, y: 140, width: 1120, height: 760 }],
    [
      'in the middle of the main screen, when its own is gone',
      { x: 1400, y: 90, width: 900, height: 600 },
      [laptop],
      { x: 190, y: 40, width: 900, height: 600 },
    ],
    [
      'wholly, when half of it was outside',
      { x: 1000, y: -100, width: 900, height: 600 },
      [laptop],
      { x: 380, y: 0, width: 900, height: 600 },
    ],
    [
      'smaller, when the screen is',
      { x: 0, y: 0, width: 1900, height: 1000 },
      [laptop],
      { x: 0, y: 0, width: 1280, height: 680 },
    ],
    [
      'of use, when it was next to nothing',
      { x: 10, y: 10, width: 20, height: 1 },
      [laptop],
      { x: 10, y: 10, width: 480, height: 400 },
    ],
  ] as const)('%s', (_, wanted, screens, expected) => {
    expect(fitBounds(wanted, screens as unknown as [ScreenArea])).toEqual(expected)
  })

  it('always wholly within one screen, and unmoved when it was', () => {
    const rectangle = (least: number) =>
      fc.record({
        x: fc.integer({ min: -5_000, max: 5_000 }),
        y: fc.integer({ min: -5_000, max: 5_000 }),
        width: fc.integer({ min: least, max: 5_000 }),
        height: fc.integer({ min: least, max: 5_000 }),
      })
    const contains = (outer: Bounds, inner: Bounds): boolean =>
      inner.x >= outer.x &&
      inner.y >= outer.y &&
      inner.x + inner.width <= outer.x + outer.width &&
      inner.y + inner.height <= outer.y + outer.height
    fc.assert(
      fc.property(
        fc.array(rectangle(100), { minLength: 1, maxLength: 4 }),
        fc.option(rectangle(1)),
        (areas, wanted) => {
          const screens = areas.map((workArea) => ({ workArea })) as unknown as [ScreenArea]
          const fitted = fitBounds(wanted, screens)
          expect(areas.some((each) => contains(each, fitted))).toBe(true)
          const isUseful = wanted !== null && wanted.width >= LEAST.width && wanted.height >= LEAST.height
          // Screens do not overlap; where they do here, any of them will do.
          if (isUseful && areas.length === 1 && contains(areas[0]!, wanted)) expect(fitted).toEqual(wanted)
        },
      ),
    )
  })
})
