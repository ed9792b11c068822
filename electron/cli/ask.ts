import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { AppError } from '../../shared/errors.ts'

/** Asks for one line: null when nobody can answer any more. Throws `aborted` when the signal fires. */
export type Ask = (prompt: string, signal: AbortSignal) => Promise<string | null>

type Input = Readable & {
  readonly isTTY?: boolean
  /** Streams of the system keep the program alive while somebody waits for a line, and only then. */
  readonly ref?: () => unknown
  readonly unref?: () => unknown
}

/** Asks on the terminal, or reads the next line of a pipe, where no prompt is shown. One per input: lines that came early wait in it. */
export function createAsk(input: Input, output: Writable): Ask {
  const next = input.isTTY === true ? onTerminal(input, output) : fromPipe(input)
  return async (prompt, signal) => {
    if (signal.aborted) throw stopped()
    const unanswered = Promise.withResolvers<never>()
    const onAbort = () => unanswered.reject(stopped())
    signal.addEventListener('abort', onAbort, { once: true })
    input.ref?.()
    const question = next(prompt)
    try {
      return await Promise.race([question.answer, unanswered.promise])
    } finally {
      signal.removeEventListener('abort', onAbort)
      question.end()
      input.pause()
      input.unref?.()
    }
  }
}

interface Question {
  readonly answer: Promise<string | null>
  end(): void
}

function onTerminal(input: Readable, output: Writable): (prompt: string) => Question {
  return (prompt) => {
    const lines = createInterface({ input, output, terminal: true })
    const { promise, resolve } = Promise.withResolvers<string | null>()
    const given: string[] = []
    let isAnswered = false
    lines.on('line', (line) => {
      given.push(line)
      // What was pasted comes at once, and a long address may have been broken into lines: it is one answer.
      setImmediate(() => {
        if (lines.line !== '') return
        isAnswered = true
        resolve(given.join('\n'))
      })
    })
    lines.once('close', () => resolve(null))
    // The terminal is in raw mode: Ctrl-C comes as a key.
    lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
    lines.setPrompt(prompt)
    lines.prompt()
    return {
      answer: promise,
      end: () => {
        if (!isAnswered) output.write('\n')
        lines.close()
      },
    }
  }
}

function fromPipe(input: Readable): (prompt: string) => Question {
  const waiting: string[] = []
  let lines: Interface | null = null
  let isOver = false
  let wake = (): void => undefined
  return () => {
    if (lines === null) {
      lines = createInterface({ input, terminal: false })
      lines.on('line', (line) => {
        waiting.push(line)
        wake()
      })
      lines.once('close', () => {
        isOver = true
        wake()
      })
    }
    const { promise, resolve } = Promise.withResolvers<string | null>()
    wake = () => {
      if (waiting.length === 0 && !isOver) return
      wake = () => undefined
      resolve(waiting.shift() ?? null)
    }
    if (!isOver) input.resume()
    wake()
    return {
      answer: promise,
      end: () => {
        wake = () => undefined
      },
    }
  }
}

const stopped = () => new AppError('aborted', 'Stopped')
