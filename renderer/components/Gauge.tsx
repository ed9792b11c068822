import type { Tone } from '../model/tones.ts'

export interface GaugeProps {
  /** What is measured. */
  readonly label: string
  /** From 0 to 100; null while it is not known. */
  readonly percent: number | null
  /** The whole truth in words, for people who listen. */
  readonly text: string
  readonly tone: Tone
}

/** How far something is. Its width is an attribute of the drawing, for the policy allows no inline style. */
export function Gauge({ label, percent, text, tone }: GaugeProps) {
  return (
    <div
      className="gauge"
      role="progressbar"
      data-tone={tone}
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? undefined}
      aria-valuetext={text}
    >
      <svg aria-hidden="true">
        <rect width={`${percent ?? 0}%`} height="100%" />
      </svg>
    </div>
  )
}
