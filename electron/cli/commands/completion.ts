import type { CommandContext } from '../command.ts'
import { bashCompletion } from '../completion-bash.ts'
import { fishCompletion } from '../completion-fish.ts'
import { zshCompletion } from '../completion-zsh.ts'
import type { shells } from '../verbs-other.ts'

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const

/** `mailtide completion SHELL`. */
export async function completion({ print }: CommandContext, shell: (typeof shells)[number]): Promise<void> {
  const script = scripts[shell]()
  print(script, { shell, script })
}
