import { jsonOption } from './program.ts'
import type { OptionDefinition, VerbDefinition } from './verb.ts'
import { parents, verbs } from './verbs.ts'

/** A place on the command line that begins with these words, and what can follow: for shell completion. */
export interface Place {
  /** Empty, `accounts`, `accounts list`. */
  readonly words: string
  readonly commands: readonly { readonly word: string; readonly summary: string }[]
  readonly options: readonly OptionDefinition[]
  /** What the first argument can be; `file` for any file. */
  readonly argument: readonly string[] | 'file'
}

const helpOption: OptionDefinition = { long: '--help', short: '-h', summary: 'Show help.' }
const versionOption: OptionDefinition = { long: '--version', summary: 'Show the version.' }

/** Every place, the bare command first. */
export function places(): readonly Place[] {
  const top: Place = {
    words: '',
    commands: topCommands(),
    options: [jsonOption, helpOption, versionOption],
    argument: [],
  }
  const groups = Object.keys(parents).map(
    (parent): Place => ({
      words: parent,
      commands: verbs
        .filter(({ name }) => name.startsWith(`${parent} `))
        .map(({ name, summary }) => ({ word: name.slice(parent.length + 1), summary })),
      options: [helpOption],
      argument: [],
    }),
  )
  return [top, ...groups, ...verbs.map(placeOf)]
}

function topCommands(): Place['commands'] {
  const found = new Map<string, string>()
  for (const { name, summary } of verbs) {
    const [word = ''] = name.split(' ')
    if (!found.has(word)) found.set(word, name === word ? summary : (parents[word] ?? ''))
  }
  return [...found].map(([word, summary]) => ({ word, summary }))
}

function placeOf(verb: VerbDefinition): Place {
  const [first] = verb.args ?? []
  const words =
    verb.name === 'help' ? topCommands().map(({ word }) => word) : (first?.choices ?? first?.suggestions ?? [])
  return {
    words: verb.name,
    commands: [],
    options: [...(verb.options ?? []), jsonOption, helpOption],
    argument: first?.isFile === true ? 'file' : words,
  }
}

/** The ways to write an option. */
export const spellings = ({ long, short }: OptionDefinition): readonly string[] =>
  short === undefined ? [long] : [long, short]
