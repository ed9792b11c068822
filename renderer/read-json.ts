import type { Problem } from '../shared/errors.ts'
import { ownProblem } from './backend/backend.ts'
import { words } from './words/words.ts'

const say = words.welcome.bring

export type Json = Readonly<Record<string, unknown>>
export type ReadJson = { readonly json: Json } | { readonly problem: Problem }

/** Clients, tokens and keys have less than a few kilobytes; exported credentials of many accounts a few dozen. */
const LONGEST = 100_000

const wrong = (message: string, remedy: string): ReadJson => ({
  problem: ownProblem('bad_token_file', message, remedy).problem,
})

/** A text as the JSON object that it is, or why it is none. What it holds, the service judges. */
export function readJsonText(text: string): ReadJson {
  if (text.length > LONGEST) return wrong(say.tooLong, say.tooLongRemedy)
  if (text.trim() === '') return wrong(say.empty, say.emptyRemedy)
  try {
    // Windows editors put a mark before the text.
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { json: { ...value } }
  } catch {
    // Told below.
  }
  return wrong(say.notJson, say.notJsonRemedy)
}

/** The same of a file. */
export async function readJsonFile(file: File): Promise<ReadJson> {
  if (file.size > LONGEST) return wrong(say.tooLong, say.tooLongRemedy)
  try {
    return readJsonText(await file.text())
  } catch {
    // A folder, or a file that has gone meanwhile.
    return wrong(say.notJson, say.notJsonRemedy)
  }
}

/** Those that were dropped: exactly one is meant. */
export async function readDropped(files: readonly File[]): Promise<ReadJson> {
  const [file] = files
  if (file === undefined || files.length > 1) return wrong(say.several, say.severalRemedy)
  return await readJsonFile(file)
}
