import { subscribe } from 'node:diagnostics_channel'
import { parseLogLine } from '../../electron/platform/log-parse.ts'
import { redact } from '../../electron/platform/redact.ts'

/**
 * What the logs of a test file hold that no log may hold. Every log of the process is heard (`watch-logs.ts` begins it
 * for each test file), child processes are added by whoever started them, and what must not be there is planted or known by
 * its shape.
 */
interface Leak {
  /** What it is, never the text itself alone: two mails may share it. */
  readonly what: string
  readonly line: string
}

/** Shorter texts ("Re: Hello") are in too many sentences to tell whose they are. */
const SHORTEST = 12

const logLines = new Set<string>()
const otherOutput = new Set<string>()
const privateTexts = new Map<string, string>()
const secrets = new Map<string, string>()

/** People whose mailboxes the tests sync, numbered where there are many (`ada7`); every other address is somebody's mail. */
const accounts: ReadonlySet<string> = new Set([
  'ada',
  'adalovelace',
  'ada.lovelace',
  'bob',
  'charles',
  'eve',
  'grace',
  'zoe',
  'testuser',
])

/** Begins to hear every log of this process. */
export function watchLogs(): void {
  subscribe('mailtide.log', (line) => logLines.add(String(line)))
}

/** Adds what a child process said: its log lines, and whatever else it showed (which may show mail, but no secrets). */
export function watchOutput(text: string): void {
  for (const line of text.split('\n')) (parseLogLine(line) === null ? otherOutput : logLines).add(line)
}

/** Adds the text of a log file, all of whose lines are log. */
export function watchLogFile(text: string): void {
  for (const line of text.split('\n')) logLines.add(line)
}

/** From now on this text, in no log nor output. */
export function plantSecret(what: string, text: string): void {
  if (text.length >= 8) secrets.set(text, what)
}

/** From now on this text, in no log: what mails say, and what only commands may show. */
export function plantPrivate(what: string, text: string): void {
  const line = text.trim()
  if (line.length >= SHORTEST) privateTexts.set(line, what)
}

/** Everything heard so far that must not be there. */
export function leaks(): readonly Leak[] {
  const planted = indexed(new Map([...privateTexts, ...secrets]))
  const plantedSecrets = indexed(secrets)
  return [
    ...[...logLines].flatMap((line) => [...found(line, planted), ...shaped(line), ...strangers(line)]),
    ...[...otherOutput].flatMap((line) => found(line, plantedSecrets)),
  ]
}

/** For the test of this file: what was heard and planted is forgotten. */
export function forgetLogs(): void {
  for (const heard of [logLines, otherOutput, privateTexts, secrets]) heard.clear()
}

const KEY = 8

/** Texts by their beginnings, so that a line is looked through once, however many texts there are. */
function indexed(texts: ReadonlyMap<string, string>): ReadonlyMap<string, readonly (readonly [string, string])[]> {
  const byKey = new Map<string, (readonly [string, string])[]>()
  for (const entry of texts) {
    const key = entry[0].slice(0, KEY)
    const known = byKey.get(key)
    if (known === undefined) byKey.set(key, [entry])
    else known.push(entry)
  }
  return byKey
}

function found(line: string, planted: ReturnType<typeof indexed>): readonly Leak[] {
  if (planted.size === 0) return []
  return Array.from({ length: Math.max(0, line.length - KEY + 1) }, (_, at) => at).flatMap((at) =>
    (planted.get(line.slice(at, at + KEY)) ?? [])
      .filter(([text]) => line.startsWith(text, at))
      .map(([, what]): Leak => ({ what, line })),
  )
}

const shaped = (line: string): readonly Leak[] =>
  redact(line) === line ? [] : [{ what: 'something that looks like a secret', line }]

/** Addresses of people who are no accounts. Packages with their versions (`x@1.2.3`) in stacks are none. */
function strangers(line: string): readonly Leak[] {
  return [...line.matchAll(/([\w.+-]+)@(?:[\w-]+\.)+[a-z]{2,}/gi)]
    .filter((match) => !accounts.has((match[1] ?? '').toLowerCase().replace(/\d+$/, '')))
    .map(([address]): Leak => ({ what: `the address ${address}`, line }))
}
