import type { VerbDefinition } from './verb.ts'

export const shells = ['bash', 'zsh', 'fish'] as const

/** Commands on the command itself. */
export const otherVerbs: readonly VerbDefinition[] = [
  {
    name: 'completion',
    group: 'Other',
    summary: 'Print a completion script for your shell.',
    notes: [
      'bash: add eval "$(mailtide completion bash)" to ~/.bashrc. zsh: add the same with zsh to ~/.zshrc. fish: run mailtide completion fish > ~/.config/fish/completions/mailtide.fish',
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
    summary: 'Show help for all commands, or for one.',
    args: [{ name: 'command', summary: 'Such as start, or accounts list.', required: false, variadic: true }],
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
