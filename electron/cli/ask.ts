import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { AppError } from '../../shared/errors.ts'

/** Asks for one line: null when nobody can answer any more. Throws `aborted` when the signal fires. */
export type Ask = (prompt: string, signal: AbortSignal) => Promise<string | null>

/** Asks on the terminal, or reads the next line of a pipe, where no prompt is shown. */
export function createAsk(input: Readable & { readonly isTTY?: boolean }, output: Writable): Ask {
  return async (prompt, signal) => {
    if (signal.aborted) throw new AppError('aborted', 'Stopped')
    const isTerminal = input.isTTY === true
    const lines = createInterface({ input, output, terminal: isTerminal })
    try {
      return await new Promise<string | null>((resolve, reject) => {
        lines.once('line', resolve)
        lines.once('close', () => resolve(null))
        // The terminal is in raw mode: Ctrl-C comes as a key.
        lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
        signal.addEventListener('abort', () => reject(new AppError('aborted', 'Stopped')), { once: true })
        if (isTerminal) {
          lines.setPrompt(prompt)
          lines.prompt()
        }
      })
    } catch (error) {
      if (isTerminal) output.write('\n')
      throw error
    } finally {
      lines.close()
      // Whoever waits for a line keeps the program alive.
      input.pause()
      if ('unref' in input && typeof input.unref === 'function') input.unref()
    }
  }
}
