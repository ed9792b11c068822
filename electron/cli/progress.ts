import type { Stream } from './command.ts'
import { forTerminal } from './for-terminal.ts'
import { cutTo } from './width.ts'

/** Says what one waits for while work goes on. */
export type Progress = <T>(what: string, work: (say: (now: string) => void) => Promise<T>) => Promise<T>

const REDRAW_MS = 250
/** A wait shorter than this is not worth a word. */
const SILENT_MS = 700

/**
 * On a terminal one line that is drawn again and again, with the seconds passed, and wiped at the end. Elsewhere nothing:
 * the result is told anyway, and logs of scripts stay short.
 */
export function createProgress(stream: Stream, isShown: boolean): Progress {
  return async (what, work) => {
    if (!isShown) return work(() => undefined)
    const began = performance.now()
    let text = what
    let isDrawn = false
    const draw = () => {
      const seconds = Math.floor((performance.now() - began) / 1_000)
      stream.write(`\r\u001b[K${cutTo(forTerminal(seconds === 0 ? text : `${text} (${seconds} s)`), 79)}`)
      isDrawn = true
    }
    let redraw: NodeJS.Timeout | undefined
    const first = setTimeout(() => {
      draw()
      redraw = setInterval(draw, REDRAW_MS)
    }, SILENT_MS)
    try {
      return await work((now) => {
        text = now
      })
    } finally {
      clearTimeout(first)
      clearInterval(redraw)
      if (isDrawn) stream.write('\r\u001b[K')
    }
  }
}
