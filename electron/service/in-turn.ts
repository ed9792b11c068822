import { AppError } from '../../shared/errors.ts'
import type { createMutex } from '../sync/deps.ts'

/**
 * Work under a mutex that need not wait for its turn once its signal fires: it then rejects with `aborted` at once and never begins. Work that
 * has begun is left to heed the signal itself, since it alone knows what it has stored.
 */
export function inTurn<T>(
  mutex: ReturnType<typeof createMutex>,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  if (signal.aborted) return Promise.reject(new AppError('aborted', 'Stopped'))
  return new Promise<T>((resolve, reject) => {
    const giveUp = (): void => reject(new AppError('aborted', 'Stopped'))
    signal.addEventListener('abort', giveUp, { once: true })
    const begin = (): Promise<T> => {
      signal.removeEventListener('abort', giveUp)
      return signal.aborted ? Promise.reject(new AppError('aborted', 'Stopped')) : work()
    }
    mutex(begin).then(resolve, reject)
  })
}
