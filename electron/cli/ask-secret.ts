import { createInterface } from 'node:readline'
import { type Readable, Writable } from 'node:stream'
import { AppError } from '../../shared/errors.ts'

/** Asks for a secret, which is not shown; `again` asks for it a second time. Null when nobody can be asked. Throws `bad_input` when both differ. */
export type AskSecret = (
  prompt: string,
  options: { readonly signal: AbortSignal; readonly again?: string },
) => Promise<string | null>

/** Asks on the terminal alone: what comes by a pipe would stay in the history of a shell. */
export function createAskSecret(
  input: Readable & { readonly isTTY?: boolean; readonly ref?: () => unknown; readonly unref?: () => unknown },
  output: { write(text: string): unknown },
): AskSecret {
  const askOnce = async (prompt: string, signal: AbortSignal): Promise<string | null> => {
    if (signal.aborted) throw new AppError('aborted', 'Stopped')
    input.ref?.()
    const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
    const lines = createInterface({ input, output: nowhere, terminal: true, historySize: 0 })
    // Only now does the terminal show nothing of what is typed.
    output.write(prompt)
    try {
      return await new Promise<string | null>((resolve, reject) => {
        lines.once('line', resolve)
        lines.once('close', () => resolve(null))
        // The terminal is in raw mode: Ctrl-C comes as a key.
        lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'))
        signal.addEventListener('abort', () => reject(new AppError('aborted', 'Stopped')), { once: true })
      })
    } finally {
      output.write('\n')
      lines.close()
      input.pause()
      input.unref?.()
    }
  }
  return async (prompt, { signal, again }) => {
    if (input.isTTY !== true) return null
    const secret = await askOnce(prompt, signal)
    if (again === undefined || secret === null || secret === '') return secret
    if ((await askOnce(again, signal)) === secret) return secret
    throw new AppError('bad_input', 'The two passphrases differ', { remedy: 'Try again' })
  }
}
