import { Argument, Command, InvalidArgumentError, Option } from 'commander'
import type { Given, OptionDefinition, VerbDefinition } from './verb.ts'
import { parents, verbs } from './verbs.ts'

/** What the program has to say of itself and of exit codes. */
export const tagline = 'A live, complete, searchable copy of your Gmail accounts in Postgres on your own machine.'
export const jsonOption: OptionDefinition = { long: '--json', summary: 'Print JSON for scripts, errors included.' }
export const environment: readonly (readonly [name: string, meaning: string])[] = [
  ['MAILTIDE_HOME', 'The data folder.'],
  ['MAILTIDE_PORT', 'The port of the HTTP API.'],
  ['MAILTIDE_<SETTING>', 'Any setting, such as MAILTIDE_INTERVAL_MINUTES.'],
  ['MAILTIDE_PASSPHRASE_FILE', 'A file with the passphrase that encrypts credentials.'],
  ['MAILTIDE_EXPORT_PASSPHRASE', 'The passphrase for files of exported credentials.'],
  ['DATABASE_URL', 'Your own PostgreSQL to store everything in.'],
  ['NO_COLOR, FORCE_COLOR', 'Turn colours off; force them in a pipe.'],
]
export const exits: readonly (readonly [code: number, meaning: string])[] = [
  [0, 'Done.'],
  [1, 'Failed; the cause and the remedy are on standard error.'],
  [2, 'Wrong usage; nothing was done.'],
  [3, 'Mailtide is not running.'],
]

export interface ProgramOptions {
  readonly version: string
  readonly perform: (verb: VerbDefinition, given: Given) => Promise<void>
  readonly writeOut: (text: string) => void
  readonly writeErr: (text: string) => void
}

/** The commander program of the table of verbs. Every parse error throws `CommanderError`. */
export function buildProgram(options: ProgramOptions): Command {
  const program = new Command('mailtide')
  program
    .description(tagline)
    .version(options.version, '--version', 'Show the version.')
    .helpOption('-h, --help', 'Show help.')
    .addOption(optionOf(jsonOption))
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: options.writeOut, writeErr: options.writeErr })
    .configureHelp({ helpWidth: 80, sortOptions: false, subcommandTerm: termOf })
    .showHelpAfterError('Run mailtide help for a list of commands.')
    .addHelpText('after', `\n${list('Environment', environment)}\n\n${list('Exit codes', exits)}`)
  const homes = new Map<string, Command>([['', program]])
  for (const verb of verbs) {
    const words = verb.name.split(' ')
    const home = words.slice(0, -1).join(' ')
    const parent =
      homes.get(home) ??
      program
        .command(home)
        .description(parents[home] ?? '')
        .helpGroup(heading(verb))
    parent.helpCommand(false)
    homes.set(home, parent)
    addVerb(parent, words.at(-1) ?? '', verb, options)
  }
  return program
}

/** A command and its arguments; that it has options goes without saying. */
const termOf = (command: Command): string =>
  [command.name(), ...command.registeredArguments.map((each) => argumentTerm(each))].join(' ')

function argumentTerm(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name()
  return argument.required ? `<${name}>` : `[${name}]`
}

const heading = ({ group }: VerbDefinition): string => `${group}:`

function addVerb(parent: Command, word: string, verb: VerbDefinition, { perform }: ProgramOptions): void {
  const command = parent.command(word).description(verb.summary)
  if (parent.parent === null) command.helpGroup(heading(verb))
  for (const { name, summary, required, variadic, choices } of verb.args ?? []) {
    const shown = variadic === true ? `${name}...` : name
    const argument = new Argument(required ? `<${shown}>` : `[${shown}]`, summary)
    command.addArgument(choices === undefined ? argument : argument.choices([...choices]))
  }
  for (const option of verb.options ?? []) command.addOption(optionOf(option))
  command.addOption(optionOf(jsonOption))
  const notes = verb.notes?.map((note) => `\n${fold(note, '')}`) ?? []
  const codes = verb.exits === undefined ? [] : [`\n${list('Exit codes', verb.exits)}`]
  if (notes.length + codes.length > 0) command.addHelpText('after', [...notes, ...codes].join('\n'))
  command.action(() => perform(verb, { args: command.args, options: given(command, verb) }))
}

function optionOf(definition: OptionDefinition): Option {
  const { long, short, value, valueIsOptional, choices, sameAs, refuse, summary } = definition
  const flags = short === undefined ? long : `${short}, ${long}`
  const shown = value === undefined ? '' : valueIsOptional === true ? ` [${value}]` : ` <${value}>`
  const option = new Option(`${flags}${shown}`, summary)
  if (valueIsOptional === true) option.preset('true')
  if (sameAs !== undefined) option.conflicts(new Option(sameAs).attributeName())
  if (refuse !== undefined) option.argParser(checked(refuse))
  else if (choices !== undefined) option.choices([...choices])
  return option
}

function checked(refuse: (text: string) => string | null): (text: string) => string {
  return (text) => {
    const objection = refuse(text)
    if (objection !== null) throw new InvalidArgumentError(objection)
    return text
  }
}

/** The options of a verb as they were given, by their long names as they are written. */
function given(command: Command, verb: VerbDefinition): Given['options'] {
  const values = command.optsWithGlobals<Record<string, unknown>>()
  const found: Record<string, string | boolean | undefined> = {}
  for (const { long } of [...(verb.options ?? []), jsonOption]) {
    const option = new Option(long)
    const value = values[option.attributeName()]
    // Of `--no-browser` commander makes `browser`, which is true unless it was given.
    if (option.negate) found[long.slice(2)] = value === false
    else if (typeof value === 'string' || typeof value === 'boolean') found[long.slice(2)] = value
  }
  return found
}

function list(title: string, rows: readonly (readonly [string | number, string])[]): string {
  const width = Math.max(...rows.map(([term]) => String(term).length))
  const indent = ' '.repeat(width + 4)
  const items = rows.map(([term, meaning]) => {
    const text = fold(meaning, indent)
    return `  ${String(term).padEnd(width)}  ${text.slice(indent.length)}`
  })
  return [`${title}:`, ...items].join('\n')
}

/** Breaks a paragraph at 80 columns. */
function fold(text: string, indent: string): string {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > 80) {
      lines.push(line)
      line = word
    } else {
      line = line === '' ? word : `${line} ${word}`
    }
  }
  return [...lines, line].map((each) => `${indent}${each}`).join('\n')
}

/** The command of these words, or the nearest above it and the first word that it does not know. */
export function findCommand(program: Command, words: readonly string[]): { command: Command; unknown: string | null } {
  let command = program
  for (const word of words) {
    const next = command.commands.find((each) => each.name() === word)
    if (next === undefined) return { command, unknown: word }
    command = next
  }
  return { command, unknown: null }
}
