import { useMinute, useSecond } from '../use-clock.ts'
import { words } from '../words/words.ts'

/** A moment as people say it; in full where one points at it. */
export function Time({ at }: { readonly at: Date }) {
  const now = useMinute()
  return (
    <time dateTime={at.toISOString()} title={words.times.full(at)}>
      {words.times.when(at, now)}
    </time>
  )
}

/** The one thing that ticks. It is never announced. */
export function Countdown({ to, isDue }: { readonly to: Date; readonly isDue?: string }) {
  const left = (to.getTime() - useSecond()) / 1_000
  return (
    <span className="countdown" role="timer" aria-live="off">
      {left <= 0 && isDue !== undefined ? isDue : words.times.countdown(left)}
    </span>
  )
}
