import { type CommandContext, UsageError } from '../command.ts'
import { nearest } from '../nearest.ts'
import { buildProgram, findCommand } from '../program.ts'
import { verbs } from '../verbs.ts'

/** `mailtide help [COMMAND]`. */
export async function help({ version, print }: CommandContext, words: readonly string[]): Promise<void> {
  const ignore = () => undefined
  const program = buildProgram({ version, perform: async () => undefined, writeOut: ignore, writeErr: ignore })
  const { command, unknown } = findCommand(program, words)
  if (unknown !== null) {
    const known = command.commands.map((each) => each.name())
    const meant = nearest(unknown, known)
    throw new UsageError(
      `There is no command ${JSON.stringify(words.join(' ').slice(0, 60))}`,
      meant === null ? 'See: mailtide help' : `Did you mean ${meant}? See: mailtide help`,
    )
  }
  let text = ''
  // Only this shows the texts that stand below commander's own.
  command.configureOutput({
    writeOut: (part) => {
      text += part
    },
  })
  command.outputHelp()
  const asked = words.join(' ')
  const shown = asked === '' ? verbs : verbs.filter(({ name }) => name === asked || name.startsWith(`${asked} `))
  print(text, { commands: shown.map(({ name, summary }) => ({ name, summary })) })
}
