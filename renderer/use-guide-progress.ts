import { useCallback, useState } from 'react'

const KEY = 'mailtide-guide'

/** The steps that the person said are done. Kept in this browser: names of steps, and nothing that they typed or brought. */
export function useGuideProgress(): { readonly ticked: ReadonlySet<string>; readonly tick: (step: string) => void } {
  const [ticked, setTicked] = useState<ReadonlySet<string>>(read)
  const tick = useCallback((step: string) => {
    setTicked((before) => {
      const after = new Set([...before, step])
      write(after)
      return after
    })
  }, [])
  return { ticked, tick }
}

/** Whatever is there: another version, or somebody's own hand, may have written it. */
function read(): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(window.localStorage.getItem(KEY) ?? '[]')
    return new Set(Array.isArray(kept) ? kept.filter((step) => typeof step === 'string').slice(0, 100) : [])
  } catch {
    return new Set()
  }
}

function write(steps: ReadonlySet<string>): void {
  try {
    window.localStorage.setItem(KEY, JSON.stringify([...steps]))
  } catch {
    // A browser that keeps nothing: the guide works all the same, from its beginning.
  }
}
