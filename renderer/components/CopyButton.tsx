import { useState } from 'react'
import { useBackend } from '../backend/context.ts'
import { words } from '../words/words.ts'
import { Button } from './Button.tsx'

export interface CopyButtonProps {
  readonly text: string
  /** What is copied, for people who do not see what stands beside the button. */
  readonly what: string
}

/** Puts a text on the clipboard, and says so where one pressed. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const { shell } = useBackend()
  const [copied, setCopied] = useState<string | null>(null)
  const isCopied = copied === text
  return (
    <Button
      icon={isCopied ? 'ok' : 'copy'}
      aria-label={isCopied ? words.welcome.copied : words.welcome.guide.copy(what)}
      onClick={async () => {
        if (await shell.copyText(text).catch(() => false)) setCopied(text)
      }}
    >
      {isCopied ? words.welcome.copied : words.welcome.copy}
    </Button>
  )
}
