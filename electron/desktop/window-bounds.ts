import type { Bounds } from './state-file.ts'

/** What a screen has left for windows. */
export interface ScreenArea {
  readonly workArea: Bounds
}

const USUAL = { width: 1_120, height: 760 }
/** Smaller the window is of no use. */
export const LEAST = { width: 480, height: 400 }

/**
 * Where the window goes: where it was, wholly on the screen that shows most of it; in the middle of the main screen (the first) when it never
 * was anywhere, or its screen is gone.
 */
export function fitBounds(wanted: Bounds | null, screens: readonly [ScreenArea, ...ScreenArea[]]): Bounds {
  const [main] = screens
  if (wanted === null) return centred(USUAL, main.workArea)
  const best = screens.reduce((most, each) => (shared(each, wanted) > shared(most, wanted) ? each : most), main)
  if (shared(best, wanted) === 0) return centred(wanted, main.workArea)
  const { workArea } = best
  const width = within(LEAST.width, wanted.width, workArea.width)
  const height = within(LEAST.height, wanted.height, workArea.height)
  return {
    x: within(workArea.x, wanted.x, workArea.x + workArea.width - width),
    y: within(workArea.y, wanted.y, workArea.y + workArea.height - height),
    width,
    height,
  }
}

/** The value, but at least `least` where there is room, and never more than `most`. */
const within = (least: number, value: number, most: number): number => Math.min(most, Math.max(least, value))

function centred(size: { readonly width: number; readonly height: number }, area: Bounds): Bounds {
  const width = within(LEAST.width, size.width, area.width)
  const height = within(LEAST.height, size.height, area.height)
  const x = area.x + Math.floor((area.width - width) / 2)
  const y = area.y + Math.floor((area.height - height) / 2)
  return { x, y, width, height }
}

/** How many pixels of the window the screen shows. */
function shared({ workArea: area }: ScreenArea, window: Bounds): number {
  const width = Math.min(area.x + area.width, window.x + window.width) - Math.max(area.x, window.x)
  const height = Math.min(area.y + area.height, window.y + window.height) - Math.max(area.y, window.y)
  return width > 0 && height > 0 ? width * height : 0
}
