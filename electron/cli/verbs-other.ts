import type { VerbDefinition } from './verb.ts'

export const shells = ['bash', 'zsh', 'fish'] as const

/** Commands on the command itself. */
export const otherVerbs: readonly VerbDefinition[] = [
  {
    name: 'completion',
    group: 'Other',
    summary: 'Print a script that lets your shell complete commands and options.',
    notes: [
      'bash: put eval "$(mailtide completion bash)" into ~/.bashrc. zsh: the same with zsh into ~/.zshrc. fish: mailtide completion fish > ~/.config/fish/completions/mailtide.fish',
    ],
    args: [{ name: 'shell', summary: 'bash, zsh or fish.', required: true, choices: shells }],
    run: async (context, given) => {
      const { completion } = await import('./commands/completion.ts')
      await completion(context, shells.find((shell) => shell === given.args[0]) ?? 'bash')
      return undefined
    },
  },
  {
    name: 'help',
    group: 'Other',
    summary: 'Show what there is, or all about one command.',
    args: [{ name: 'command', summary: 'Such as: start, accounts list.', required: false, variadic: true }],
    run: async (context, given) => {
      const { help } = await import('./commands/help.ts')
      await help(
        context,
        given.args.flatMap((word) => word ?? []),
      )
      return undefined
    },
  },
]
