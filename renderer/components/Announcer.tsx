import { useEffect, useRef, useState } from 'react'
import type { Snapshot } from '../../shared/status.ts'
import { announcements } from '../model/announce.ts'
import { words } from '../words/words.ts'

/** The one live region: tells changes of state to people who listen. */
export function Announcer({ snapshot }: { readonly snapshot: Snapshot | null }) {
  const before = useRef<Snapshot | null>(null)
  const [said, setSaid] = useState('')
  useEffect(() => {
    const last = before.current
    before.current = snapshot
    if (last === null || snapshot === null) return
    const told = announcements(last, snapshot, words)
    if (told.length > 0) setSaid(`${told.join('. ')}.`)
  }, [snapshot])
  return (
    <p className="sr" role="status" aria-live="polite">
      {said}
    </p>
  )
}
