/** The top of an axis: the smallest round number that holds the value, whose half is round too. Of counts, a whole one. Pure. */
export function roundTop(value: number, isCount = false): number {
  if (!(value > 0)) return isCount ? 2 : 1
  const power = 10 ** Math.floor(Math.log10(value))
  const isHalved = (top: number): boolean => !isCount || top % 2 === 0
  const step = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].find((round) => round * power >= value && isHalved(round * power))
  return (step ?? 10) * power
}

const seconds = [2, 10, 20, 60, 120, 240, 360, 600, 1_200, 3_600, 7_200, 14_400, 28_800]

/** As `roundTop`, in seconds: halves of it are whole seconds, minutes or hours. */
export function roundSeconds(value: number): number {
  const known = seconds.find((round) => round >= value)
  return known ?? roundTop(value / 3_600, true) * 3_600
}

/**
 * A line through the values that are known, as an SVG path; broken where nothing was known for more than `joins` steps. A value alone, as
 * in the first hour of a store, is a line across its step. Pure.
 */
export function linePath(values: readonly (number | null)[], top: number, joins: number): string {
  const known = values.flatMap((value, index) => (value === null ? [] : [{ value, index }]))
  return known
    .map(({ value, index }, place) => {
      const [x, y] = [index * STEP_WIDTH + STEP_WIDTH / 2, heightOf(value, top)]
      const isJoined = (other: number | undefined) => other !== undefined && Math.abs(index - other) <= joins
      if (isJoined(known[place - 1]?.index)) return `L${x} ${y}`
      return isJoined(known[place + 1]?.index) ? `M${x} ${y}` : `M${x - STEP_WIDTH / 2} ${y}h${STEP_WIDTH}`
    })
    .join('')
}

/** A step of a chart is so wide, and the whole chart so high, in the units of its drawing. */
export const STEP_WIDTH = 10
export const CHART_HEIGHT = 100

/** How far below the top of the chart a value is drawn. */
export const heightOf = (value: number, top: number): number =>
  Math.round((CHART_HEIGHT - (value / top) * CHART_HEIGHT) * 100) / 100
