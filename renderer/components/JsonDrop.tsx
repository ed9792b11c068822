import { type DragEvent, useEffect, useRef, useState } from 'react'
import type { Problem } from '../../shared/errors.ts'
import { type Json, type ReadJson, readDropped, readJsonFile, readJsonText } from '../read-json.ts'
import { words } from '../words/words.ts'
import { Button } from './Button.tsx'
import { Icon } from './Icon.tsx'
import { ProblemNote } from './ProblemNote.tsx'

const say = words.welcome.bring

export interface JsonDropProps {
  readonly title: string
  /** How such a file is called. */
  readonly fileName: string
  readonly isPending: boolean
  /** Why what was brought is not taken. */
  readonly problem: Problem | null
  /** It is the person's turn: its button is filled. */
  readonly isTurn?: boolean
  readonly onJson: (json: Json) => void
}

/** Takes a JSON file by drop, by choice or as text, and says at once when it is none. */
export function JsonDrop({ title, fileName, isPending, problem, isTurn = true, onJson }: JsonDropProps) {
  const input = useRef<HTMLInputElement>(null)
  const [isOver, setOver] = useState(false)
  const [isPasting, setPasting] = useState(false)
  const [text, setText] = useState('')
  const [wrong, setWrong] = useState<Problem | null>(null)
  useNoStrayDrops()

  const take = (read: ReadJson): void => {
    setWrong('problem' in read ? read.problem : null)
    if ('json' in read && !isPending) {
      // A secret stays in no field longer than it must.
      setText('')
      setPasting(false)
      onJson(read.json)
    }
  }
  const onDrop = (event: DragEvent): void => {
    event.preventDefault()
    setOver(false)
    void readDropped([...event.dataTransfer.files]).then(take)
  }
  return (
    <div className="bring">
      <section
        className="drop"
        aria-label={title}
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault()
          setOver(true)
        }}
        onDragLeave={() => setOver(false)}
        onDrop={onDrop}
      >
        <Icon name="file" />
        <p>
          <b>{isOver ? say.drop : title}</b>
          {fileName}
        </p>
        <div className="controls">
          <Button aria-expanded={isPasting} onClick={() => setPasting(!isPasting)}>
            {say.paste}
          </Button>
          <input
            ref={input}
            type="file"
            accept="application/json,.json"
            hidden
            onChange={(event) => {
              const file = event.target.files?.[0]
              event.target.value = ''
              if (file !== undefined) void readJsonFile(file).then(take)
            }}
          />
          <Button kind={isTurn ? 'turn' : 'plain'} isPending={isPending} onClick={() => input.current?.click()}>
            {say.choose}
          </Button>
        </div>
      </section>
      {isPasting ? (
        <form
          className="paste"
          onSubmit={(event) => {
            event.preventDefault()
            take(readJsonText(text))
          }}
        >
          <label>
            {say.pasteLabel}
            <textarea
              className="field mono"
              rows={5}
              value={text}
              spellCheck={false}
              autoComplete="off"
              onChange={(event) => setText(event.target.value)}
            />
          </label>
          <Button isSubmit isPending={isPending}>
            {say.pasteUse}
          </Button>
        </form>
      ) : null}
      <ProblemNote problem={wrong ?? problem} />
    </div>
  )
}

/** A file that misses its place must not take the page away: a browser would open it instead. */
function useNoStrayDrops(): void {
  useEffect(() => {
    const stay = (event: Event): void => event.preventDefault()
    window.addEventListener('dragover', stay)
    window.addEventListener('drop', stay)
    return () => {
      window.removeEventListener('dragover', stay)
      window.removeEventListener('drop', stay)
    }
  }, [])
}
