import { oneLine } from '../platform/log-format.ts'
import { displayWidth } from './width.ts'

/** What every terminal has. */
export const WIDTH = 80

/** Breaks a text into lines of at most 80 cells at its spaces; what has none stays whole. Later lines are indented more. */
export function wrap(text: string, indent = '', paint: (text: string) => string = (same) => same): readonly string[] {
  const lines: string[] = []
  let line = ''
  let cells = 0
  for (const word of oneLine(text).split(' ')) {
    const width = displayWidth(word)
    if (line === '' && lines.length === 0) {
      line = `${indent}${word}`
      cells = indent.length + width
    } else if (cells + 1 + width <= WIDTH) {
      line += ` ${word}`
      cells += 1 + width
    } else {
      lines.push(line)
      line = `${indent}  ${word}`
      cells = indent.length + 2 + width
    }
  }
  return [...lines, line].map((each) => paint(each))
}
