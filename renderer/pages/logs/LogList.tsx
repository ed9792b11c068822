import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { type LogRow, rowAt } from '../../model/log-rows.ts'
import { words } from '../../words/words.ts'
import { LogRowView } from './LogRowView.tsx'

const say = words.logs

export interface LogListProps {
  readonly rows: readonly LogRow[]
  /** Otherwise the newest line is followed. */
  readonly isPaused: boolean
  /** How many lines before these were let go. */
  readonly letGo: number
  /** What is searched for. */
  readonly mark: string
  /** When the line that is looked for was written; null when none is. */
  readonly at: string | null
  readonly onScrollUp: () => void
  /** Back at the newest line. */
  readonly onScrollDown: () => void
  /** The line that is looked for was found, and must not run away. */
  readonly onJump: () => void
}

/** So near the end counts as at the end, in pixels. */
const END_PX = 4
const LINE_PX = 20
const upKeys: ReadonlySet<string> = new Set(['ArrowUp', 'PageUp', 'Home'])
/** Both edges of a line, time and level, in pixels; and a character of the fixed-width face. */
const BESIDE_PX = 242
const CHARACTER_PX = 7.3

/** The lines: only those near the screen are in the page, however many there are. Follows the newest line unless the view is paused. */
export const LogList = memo((props: LogListProps) => {
  const { rows, isPaused, letGo, mark, at, onScrollUp, onScrollDown, onJump } = props
  const box = useRef<HTMLDivElement>(null)
  const last = useRef({ top: 0, height: 0 })
  /** The person last asked for what is further up: the list that moves down by itself, as lines are measured, is not them. */
  const wantsUp = useRef(false)
  const wasPaused = useRef(isPaused)
  const columns = useRef(100)
  // Always the same for the same rows: else the places of all of them are reckoned anew in each frame.
  const estimateSize = useCallback((index: number) => heightOf(rows[index], columns.current), [rows])
  const getItemKey = useCallback((index: number) => rows[index]?.key ?? index, [rows])
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize,
    getItemKey,
    overscan: 8,
    // Rendering within a frame that is being laid out is refused by React; the next one is soon enough.
    useFlushSync: false,
  })
  columns.current = Math.max(20, Math.floor(((virtual.scrollRect?.width ?? 970) - BESIDE_PX) / CHARACTER_PX))
  const height = virtual.getTotalSize()

  // biome-ignore lint/correctness/useExhaustiveDependencies: more or higher lines move the end
  useLayoutEffect(() => {
    const { current } = box
    if (wasPaused.current && !isPaused) wantsUp.current = false
    wasPaused.current = isPaused
    // A wish is known before the view is drawn as paused.
    if (current === null || isPaused || wantsUp.current) return
    current.scrollTop = current.scrollHeight
    // So that it is not taken for a person's doing when the browser tells of it.
    last.current = { top: current.scrollTop, height: current.scrollHeight }
  }, [rows, height, isPaused])

  const target = useTarget(rows, at, (index) => {
    onJump()
    virtual.scrollToIndex(index, { align: 'center' })
  })

  const onScroll = (): void => {
    const { current } = box
    if (current === null) return
    const before = last.current
    last.current = { top: current.scrollTop, height: current.scrollHeight }
    const left = current.scrollHeight - current.clientHeight - current.scrollTop
    const moved = current.scrollTop - before.top
    if (moved > 0 && left <= END_PX && !wantsUp.current) onScrollDown()
    // Only a person moves up while the list gets no shorter.
    if (moved < -1 && left > END_PX && current.scrollHeight >= before.height) onScrollUp()
  }
  /** Who asks for what is further up must not be taken back to the end by a line that comes, or is measured, meanwhile. */
  const onWish = (isUp: boolean): void => {
    wantsUp.current = isUp && (box.current?.scrollTop ?? 0) > 0
    if (wantsUp.current) onScrollUp()
  }

  const items = virtual.getVirtualItems()
  return (
    <div
      className="log"
      ref={box}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
      tabIndex={0}
      role="log"
      aria-live="off"
      aria-label={say.list}
      onScroll={onScroll}
      onWheel={({ deltaY }) => onWish(deltaY < 0)}
      onKeyDown={({ key }) => onWish(upKeys.has(key))}
      // The bar, or a finger, goes either way.
      onPointerDown={() => onWish(false)}
    >
      {letGo > 0 ? <p className="log-gone">{say.letGo(letGo)}</p> : null}
      <div style={{ height }}>
        <ol dir="ltr" style={{ transform: `translateY(${items[0]?.start ?? 0}px)` }}>
          {items.map((item) => {
            const row = rows[item.index]
            return row === undefined ? null : (
              <LogRowView
                key={row.key}
                ref={virtual.measureElement}
                row={row}
                index={item.index}
                count={rows.length}
                mark={mark}
                isTarget={row.key === target}
              />
            )
          })}
        </ol>
      </div>
    </div>
  )
})

/** The line that was written at that moment: shown once, as soon as it is there; it stays marked. */
function useTarget(rows: readonly LogRow[], at: string | null, show: (index: number) => void): LogRow['key'] | null {
  const [target, setTarget] = useState<{ readonly at: string; readonly key: LogRow['key'] } | null>(null)
  useEffect(() => {
    if (at === null || target?.at === at) return
    const index = rowAt(rows, new Date(at))
    const key = rows[index]?.key
    if (key === undefined) return
    setTarget({ at, key })
    show(index)
  })
  return target !== null && target.at === at ? target.key : null
}

/** About how high a row is: what it says, in lines of so many characters. It is measured when it is shown. */
function heightOf(row: LogRow | undefined, columns: number): number {
  if (row?.kind !== 'line') return LINE_PX + 12
  return Math.max(1, Math.ceil(row.text.length / columns)) * LINE_PX + 2
}
