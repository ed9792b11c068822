import { startTransition, useEffect, useState } from 'react'

/**
 * Counts from 1 to `last`, a frame at a time: what is long is built in parts, so that the window answers between them. What stands in sight
 * comes first.
 */
export function useSteps(last: number): number {
  const [step, setStep] = useState(1)
  useEffect(() => {
    if (step >= last) return
    const next = (): void => startTransition(() => setStep(step + 1))
    // A page that nobody sees gets no frames.
    if (document.hidden) {
      const timer = setTimeout(next)
      return () => clearTimeout(timer)
    }
    const frame = requestAnimationFrame(next)
    return () => cancelAnimationFrame(frame)
  }, [step, last])
  return step
}
