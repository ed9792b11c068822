import type { ReactElement } from 'react'

/** On a grid of 20, drawn with strokes of 1.5 and round ends, without fill. */
const shapes = {
  down: <path d="m5.5 7.75 4.5 4.5 4.5-4.5" />,
  stop: <rect x="4" y="4" width="12" height="12" rx="2" />,
  ok: (
    <>
      <circle cx="10" cy="10" r="7.25" />
      <path d="m6.9 10.3 2.2 2.2 4.1-4.6" />
    </>
  ),
  wait: (
    <>
      <circle cx="10" cy="10" r="7.25" />
      <path d="M10 6v4.25l2.75 1.6" />
    </>
  ),
  play: <path d="M6.5 4v12l9.5-6Z" />,
  bad: (
    <>
      <path d="M7 2.75h6L17.25 7v6L13 17.25H7L2.75 13V7Z" />
      <path d="M10 6.5v4.25M10 13.6v.02" />
    </>
  ),
  offline: (
    <path d="M2.75 15.25c1.2-1.3 2.42-1.3 3.62 0s2.43 1.3 3.63 0M4 4l12 12M9 5.2a8 8 0 0 1 7.5 4.3M3.5 9.5a8 8 0 0 1 2.4-2.7" />
  ),
  pause: (
    <>
      <circle cx="10" cy="10" r="7.25" />
      <path d="M8.1 7.4v5.2M11.9 7.4v5.2" />
    </>
  ),
  fresh: <circle cx="10" cy="10" r="7.25" strokeDasharray="2.6 3.09" />,
  more: <path d="M4.5 10v.02M10 10v.02M15.5 10v.02" strokeWidth="2.25" />,
  add: <path d="M10 4v12M4 10h12" />,
  fill: (
    <>
      <path d="M10 2.75v8M6.75 7.75 10 11l3.25-3.25" />
      <path d="M2.75 15.25c1.2-1.3 2.42-1.3 3.62 0s2.43 1.3 3.63 0 2.42-1.3 3.62 0 2.43 1.3 3.63 0" />
    </>
  ),
  key: (
    <>
      <circle cx="6.5" cy="13.5" r="3.5" />
      <path d="m9 11 7.25-7.25M13 7l2.5 2.5" />
    </>
  ),
  turn: (
    <>
      <path d="M10 3 17.75 16.5H2.25Z" />
      <path d="M10 8v4M10 14.2v.02" />
    </>
  ),
  overview: (
    <>
      <rect x="2.75" y="3.5" width="14.5" height="5.5" rx="1.5" />
      <rect x="2.75" y="11.5" width="14.5" height="5.5" rx="1.5" />
    </>
  ),
  metrics: <path d="M3.5 16.5v-4.75M7.85 16.5V5M12.15 16.5V9M16.5 16.5V3.5" />,
  logs: <path d="M3.25 4.75v.02M6.75 4.75h10M3.25 10v.02M6.75 10h10M3.25 15.25v.02M6.75 15.25h6" />,
  settings: (
    <>
      <path d="M2.75 6.25h6M13.25 6.25h4M2.75 13.75h3.5M10.75 13.75h6.5" />
      <circle cx="11" cy="6.25" r="2.25" />
      <circle cx="8.5" cy="13.75" r="2.25" />
    </>
  ),
  bars: <path d="M7 4.5v11M13 4.5v11" />,
  right: <path d="m7.75 5.5 4.5 4.5-4.5 4.5" />,
  search: (
    <>
      <circle cx="8.75" cy="8.75" r="5.25" />
      <path d="m12.75 12.75 4 4" />
    </>
  ),
  copy: (
    <>
      <rect x="7" y="7" width="10" height="10" rx="2" />
      <path d="M13 4.5A1.5 1.5 0 0 0 11.5 3h-7A1.5 1.5 0 0 0 3 4.5v7A1.5 1.5 0 0 0 4.5 13" />
    </>
  ),
  folder: (
    <path d="M2.75 5.5A1.5 1.5 0 0 1 4.25 4h3.4l2 2.25h6.1a1.5 1.5 0 0 1 1.5 1.5v6.75a1.5 1.5 0 0 1-1.5 1.5H4.25a1.5 1.5 0 0 1-1.5-1.5Z" />
  ),
  save: <path d="M10 3v9M6.5 8.75 10 12.25l3.5-3.5M3.5 16.5h13" />,
  open: (
    <path d="M11.5 3.5h5v5M16.5 3.5 9 11M14 11.5v3.75A1.25 1.25 0 0 1 12.75 16.5h-8a1.25 1.25 0 0 1-1.25-1.25v-8A1.25 1.25 0 0 1 4.75 6H8.5" />
  ),
  file: (
    <>
      <path d="M5 3h6.5L15.5 7v10H5Z" />
      <path d="M11.25 3v4.25h4.25" />
    </>
  ),
  info: (
    <>
      <circle cx="10" cy="10" r="7.25" />
      <path d="M10 9v4.5M10 6.5v.02" />
    </>
  ),
  eye: (
    <>
      <path d="M2.25 10C4 6.75 6.75 5 10 5s6 1.75 7.75 5c-1.75 3.25-4.5 5-7.75 5s-6-1.75-7.75-5Z" />
      <circle cx="10" cy="10" r="2.25" />
    </>
  ),
  sync: (
    <>
      <path d="M16.6 8.6A6.75 6.75 0 0 0 4.4 6.3M3.4 11.4a6.75 6.75 0 0 0 12.2 2.3" />
      <path d="M4.1 2.9v3.6h3.6M15.9 17.1v-3.6h-3.6" />
    </>
  ),
} as const satisfies Readonly<Record<string, ReactElement>>

export type IconName = keyof typeof shapes
export const iconNames = Object.keys(shapes) as readonly IconName[]

export interface IconProps {
  readonly name: IconName
  /** 16 pixels, as in buttons; 20 otherwise. */
  readonly isSmall?: boolean
}

/** A picture beside a word; it says nothing of its own. */
export function Icon({ name, isSmall = false }: IconProps) {
  return (
    <svg className={isSmall ? 'icon icon-sm' : 'icon'} viewBox="0 0 20 20" aria-hidden="true">
      {name === 'sync' ? <g className="turning">{shapes.sync}</g> : shapes[name]}
    </svg>
  )
}

/** The mark: an envelope whose flap is one tide. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 20 20" aria-hidden="true">
      <g transform="scale(1.25)">
        <rect
          x="1.75"
          y="2.75"
          width="12.5"
          height="10.5"
          rx="2.25"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
        />
        <path
          d="M2.3 4.4c3.1 0 3.5 4.9 5.7 4.9s2.6-4.9 5.7-4.9v7.4a1.2 1.2 0 0 1-1.2 1.2h-9a1.2 1.2 0 0 1-1.2-1.2Z"
          fill="currentColor"
        />
      </g>
    </svg>
  )
}
