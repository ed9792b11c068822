import { environment, exits, jsonOption, tagline } from './program.ts'
import type { ArgumentDefinition, OptionDefinition, VerbDefinition } from './verb.ts'
import { verbs } from './verbs.ts'

const groups: readonly VerbDefinition['group'][] = ['Service', 'Mail', 'Settings', 'Other']

/** The manual page of the table of commands, in man(7): https://man7.org/linux/man-pages/man7/man.7.html */
export function manualPage(version: string): string {
  const lines = [
    `.TH MAILTIDE 1 "" "Mailtide ${version}" "User Commands"`,
    '.SH NAME',
    `mailtide \\- ${roff(lowered(tagline))}`,
    '.SH SYNOPSIS',
    '.B mailtide',
    '.I command',
    '.RI [ option " ...]"',
    '.SH DESCRIPTION',
    roff(
      'Mailtide keeps a live, complete copy of Gmail accounts in Postgres on this computer. This command starts, stops and watches its service, and does on the data folder what needs no service. Every command takes',
    ),
    '.BR \\-\\-json .',
    ...groups.flatMap((group) => [
      `.SH ${group.toUpperCase()} COMMANDS`,
      ...verbs.filter((verb) => verb.group === group).flatMap(verbLines),
    ]),
    '.SH OPTIONS OF ALL COMMANDS',
    ...optionLines(jsonOption),
    ...optionLines({ long: '--help', short: '-h', summary: 'Show help.' }),
    '.SH EXIT STATUS',
    ...exits.flatMap(([code, meaning]) => ['.TP', `.B ${code}`, roff(meaning)]),
    '.SH ENVIRONMENT',
    ...environment.flatMap(([name, meaning]) => ['.TP', `.B ${roff(name)}`, roff(meaning)]),
    '.SH FILES',
    ...files.flatMap(([name, meaning]) => ['.TP', `.I ${roff(name)}`, roff(meaning)]),
  ]
  return `.\\" Made by build/manual.ts from electron/cli/verbs.ts: change that.\n${lines.join('\n')}\n`
}

const files: readonly (readonly [name: string, meaning: string])[] = [
  ['~/.config/mailtide', 'The data folder on Linux: settings, database, original mails, logs.'],
  ['~/Library/Application Support/mailtide', 'The same on macOS.'],
  ['%APPDATA%\\mailtide', 'The same on Windows.'],
]

function verbLines(verb: VerbDefinition): readonly string[] {
  const words = ['mailtide', verb.name, ...(verb.args ?? []).map(argumentText)].join(' ')
  return [
    `.SS ${roff(words)}`,
    roff(verb.summary),
    ...(verb.notes ?? []).flatMap((note) => ['.PP', roff(note)]),
    ...(verb.args ?? []).flatMap(({ name, summary }) => ['.TP', `.I ${roff(name)}`, roff(summary)]),
    ...(isLikeRun(verb) ? [] : (verb.options ?? [])).flatMap(optionLines),
    ...(isLikeRun(verb) ? settingLines(verb) : []),
    ...(verb.exits ?? []).flatMap(([code, meaning]) => ['.TP', `Exit status ${code}`, roff(meaning)]),
  ]
}

/** The settings are options of three commands: they are told once, at `run`. */
const isLikeRun = ({ name }: VerbDefinition): boolean => name === 'start' || name === 'restart'

function settingLines(verb: VerbDefinition): readonly string[] {
  const ofRun = new Set(verbs.find(({ name }) => name === 'run')?.options?.map(({ long }) => long))
  const own = (verb.options ?? []).filter(({ long }) => !ofRun.has(long))
  return [...own.flatMap(optionLines), '.PP', 'Also the options of', '.BR "mailtide run" .']
}

const argumentText = ({ name, required, variadic }: ArgumentDefinition): string => {
  const word = variadic === true ? `${name}...` : name
  return required ? word : `[${word}]`
}

function optionLines({ long, short, value, valueIsOptional, choices, summary }: OptionDefinition): readonly string[] {
  const names = [...(short === undefined ? [] : [short]), long].map((name) => `\\fB${roff(name)}\\fR`).join(', ')
  const shown = value === undefined ? '' : valueIsOptional === true ? ` [\\fI${value}\\fR]` : ` \\fI${value}\\fR`
  const oneOf = choices === undefined ? '' : ` One of: ${choices.join(', ')}.`
  return ['.TP', `${names}${shown}`, roff(`${summary}${oneOf}`)]
}

/** Backslashes, hyphens and tildes as they are; a line must not begin with a dot or a quote, which would make it a request. */
function roff(text: string): string {
  const clean = text.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('~', '\\(ti').replaceAll('’', "'")
  return /^[.']/.test(clean) ? `\\&${clean}` : clean
}

const lowered = (text: string): string => `${text.charAt(0).toLowerCase()}${text.slice(1)}`.replace(/\.$/, '')
