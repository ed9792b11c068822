import type { Clock } from '../../electron/ports.ts'
import { AppError } from '../../shared/errors.ts'

/** A clock the test holds in its hand. */
export interface FakeClock extends Clock {
  /** Moves time on, waking every sleeper that comes due on the way, in order, and letting it run before time moves further. */
  advance(ms: number): Promise<void>
  /** Moves time to the next sleeper and wakes it. False when nobody sleeps. */
  step(): Promise<boolean>
  /** Sets the wall clock forward or back without any time passing (a person or NTP did it). */
  jumpWall(ms: number): Promise<void>
  /** Milliseconds since the clock was made: what `advance` and the steps added up to. */
  elapsed(): number
  /** Milliseconds until the next sleeper is woken; null when nobody sleeps. */
  nextIn(): number | null
  /** How many sleepers wait. */
  sleepers(): number
  /** Durations asked of `sleep`, in order; `sleepUntil` adds its planned span. */
  readonly sleeps: readonly number[]
  /**
   * From now on time moves by itself whenever the program has nothing left to do but sleep. For programs without real
   * input and output, or whose sleeps may end while a real answer is still on its way.
   */
  autoAdvance(on: boolean): void
}

export interface FakeClockOptions {
  /** Wall-clock time at the start. Default 2026-01-01T00:00:00Z. */
  readonly start?: Date
  readonly autoAdvance?: boolean
  /** Seed of `random()`; the sequence is the same for the same seed. */
  readonly seed?: number
}

interface Sleeper {
  due: number
  readonly wallDue: number | null
  readonly wake: () => void
}

/** Waits until every callback that is ready now, and what it starts without waiting, has run. */
export async function settle(): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve))
}

/** Mulberry32: a small seeded generator, good enough for tests. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** Time and chance in the test's hand: nothing passes unless the test says so, or `autoAdvance` is on. */
export function createFakeClock(options: FakeClockOptions = {}): FakeClock {
  const origin = (options.start ?? new Date('2026-01-01T00:00:00Z')).getTime()
  const random = seededRandom(options.seed ?? 1)
  const sleepers = new Set<Sleeper>()
  const sleeps: number[] = []
  let elapsed = 0
  let wallOffset = 0
  let auto = options.autoAdvance ?? false
  let driving = false

  const wall = (): number => origin + elapsed + wallOffset

  function next(): Sleeper | null {
    let first: Sleeper | null = null
    for (const sleeper of sleepers) if (first === null || sleeper.due < first.due) first = sleeper
    return first
  }

  async function wakeNext(): Promise<boolean> {
    const sleeper = next()
    if (sleeper === null) return false
    elapsed = Math.max(elapsed, sleeper.due)
    sleeper.wake()
    await settle()
    return true
  }

  async function drive(): Promise<void> {
    if (driving) return
    driving = true
    await settle()
    while (auto && (await wakeNext())) {
      // Time moves to the next sleeper until nobody sleeps.
    }
    driving = false
  }

  function sleep(due: number, wallDue: number | null, signal: AbortSignal | undefined): Promise<void> {
    sleeps.push(due - elapsed)
    return new Promise<void>((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(new AppError('aborted', 'Stopped'))
        return
      }
      const onAbort = (): void => {
        sleepers.delete(sleeper)
        reject(new AppError('aborted', 'Stopped'))
      }
      const sleeper: Sleeper = {
        due,
        wallDue,
        wake: () => {
          sleepers.delete(sleeper)
          signal?.removeEventListener('abort', onAbort)
          resolve()
        },
      }
      signal?.addEventListener('abort', onAbort, { once: true })
      sleepers.add(sleeper)
      if (auto) void drive()
    })
  }

  return {
    now: () => new Date(wall()),
    monotonic: () => elapsed,
    random,
    sleep: (ms, signal) => sleep(elapsed + Math.max(0, ms), null, signal),
    // Dates have whole milliseconds: woken by a fraction of one too early, who sleeps would find that it is not yet time, for ever.
    sleepUntil: (at, signal) => sleep(elapsed + Math.max(0, Math.ceil(at.getTime() - wall())), at.getTime(), signal),
    async advance(ms) {
      const target = elapsed + ms
      await settle()
      for (let sleeper = next(); sleeper !== null && sleeper.due <= target; sleeper = next()) await wakeNext()
      elapsed = target
      await settle()
    },
    async step() {
      await settle()
      return wakeNext()
    },
    async jumpWall(ms) {
      wallOffset += ms
      for (const sleeper of [...sleepers]) {
        if (sleeper.wallDue === null) continue
        if (sleeper.wallDue <= wall()) sleeper.wake()
        // As the real clock: the earlier of both times.
        else sleeper.due = Math.min(sleeper.due, elapsed + Math.ceil(sleeper.wallDue - wall()))
      }
      await settle()
    },
    elapsed: () => elapsed,
    nextIn: () => {
      const first = next()
      return first === null ? null : Math.max(0, first.due - elapsed)
    },
    sleepers: () => sleepers.size,
    sleeps,
    autoAdvance(on) {
      auto = on
      if (on) void drive()
    },
  }
}
