/** A fenced block of a document. */
export interface Block {
  /** Line of the opening fence, from 1. */
  readonly line: number
  readonly language: string
  readonly text: string
}

/** An example: what a person types, and what appears. */
export interface Example {
  /** Line of the command in the document, from 1. */
  readonly line: number
  readonly command: string
  /** What appears; a line `^C` stands for Ctrl+C, pressed when the line before it has appeared, and for what came meanwhile. */
  readonly output: readonly string[]
  /** Written behind the command as `# exit code 3`; 0 where nothing is written. */
  readonly exitCode: number
}

/** The fenced blocks of a Markdown text, also those inside lists. */
export function blocksOf(markdown: string): Block[] {
  const blocks: Block[] = []
  let open: {
    readonly indent: string
    readonly fence: string
    readonly block: Block
    readonly lines: string[]
  } | null = null
  for (const [index, line] of markdown.split('\n').entries()) {
    if (open === null) {
      const [, indent, fence, info] = /^( *)(`{3,})(.*)$/.exec(line) ?? []
      if (indent === undefined || fence === undefined) continue
      const language = (info ?? '').trim()
      open = { indent, fence, block: { line: index + 1, language, text: '' }, lines: [] }
    } else if (line.trim() === open.fence) {
      blocks.push({ ...open.block, text: open.lines.join('\n') })
      open = null
    } else {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line.trimStart())
    }
  }
  if (open !== null) throw new Error(`The block of line ${open.block.line} has no end`)
  return blocks
}

/** The examples of a `console` block: each `$ ` begins one, `> ` continues a command that ends in a backslash. */
export function examplesOf({ line: start, text }: Block): Example[] {
  const examples: { line: number; command: string; output: string[] }[] = []
  for (const [index, line] of text.split('\n').entries()) {
    const last = examples.at(-1)
    if (line.startsWith('$ ')) {
      examples.push({ line: start + 1 + index, command: line.slice(2), output: [] })
    } else if (last === undefined) {
      throw new Error(`Line ${start + 1 + index}: a console block begins with a command`)
    } else if (line.startsWith('> ') && last.output.length === 0 && last.command.endsWith('\\')) {
      last.command += `\n${line.slice(2)}`
    } else {
      last.output.push(line)
    }
  }
  return examples.map((example) => ({
    ...example,
    output: withoutBlankEnd(example.output),
    exitCode: Number(/# exit code (\d+)$/.exec(example.command)?.[1] ?? 0),
  }))
}

/** Blank lines between two examples of a block are for the eye. */
function withoutBlankEnd(lines: readonly string[]): string[] {
  const end = lines.findLastIndex((line) => line.trim() !== '')
  return lines.slice(0, end + 1)
}

/** The document with the outputs of its examples replaced by what appeared, in the order of the examples. */
export function withOutputs(markdown: string, outputs: ReadonlyMap<number, readonly string[]>): string {
  const lines = markdown.split('\n')
  const examples = blocksOf(markdown)
    .filter((block) => block.language === 'console')
    .flatMap(examplesOf)
  for (const example of examples.reverse()) {
    const output = outputs.get(example.line)
    if (output === undefined) continue
    const indent = /^ */.exec(lines[example.line - 1] ?? '')?.[0] ?? ''
    const commandLines = example.command.split('\n').length
    lines.splice(
      example.line - 1 + commandLines,
      example.output.length,
      ...output.map((line) => (line === '' ? '' : indent + line)),
    )
  }
  return lines.join('\n')
}

/** Keys of the status and the like whose numbers differ from run to run. */
const VOLATILE_KEYS = /("?\b\w*(?:pid|revision|seconds|bytes|rate|per_second|units_used)"?\s*[:=]\s*)-?\d+(?:\.\d+)?/g

/** What differs from run to run, made equal. Applied to the document and to what appeared alike. */
const MASKS: readonly (readonly [RegExp, string])[] = [
  // In names of files.
  [/\b\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z|\b\d{8}T\d{9}Z/g, '<time>'],
  [/\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?(?:\.\d+)?Z?/g, '<time>'],
  [/\b\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT/g, '<time>'],
  [/\b\d\d:\d\d(?::\d\d)?\b/g, '<time>'],
  [VOLATILE_KEYS, '$1<n>'],
  [/\bpid \d+/g, 'pid <n>'],
  [/\b\d+(?:\.\d+)? ?(?:ms|s)\b/g, '<span>'],
  [
    /\b(?:in )?(?:less than a second|(?:\d[\d,.]* (?:seconds?|minutes?|hours?|days?))(?: \d+ (?:seconds?|minutes?|hours?))?)(?: ago| left)?/g,
    '<span>',
  ],
  [/\bnow\b/g, '<span>'],
  [/\b\d[\d.,]* (?:a second|\/s|[kMG]?B)\b/g, '<amount>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, '<id>'],
  [/\b[0-9a-f]{12,}\b/g, '<id>'],
  [/\b[\w-]{43}\b/g, '<token>'],
]

/** Text as it is compared. Spaces and line ends are for the eye: a number with a digit more moves columns, and lines break elsewhere. */
export function masked(text: string): string {
  return MASKS.reduce((rest, [pattern, word]) => rest.replaceAll(pattern, word), text.replaceAll(/\s+/g, ' ')).trim()
}

/** Where what appeared first differs from the document; null when it does not. A line `…` or `^C` stands for any lines. */
export function firstDifference(expected: readonly string[], actual: readonly string[]): string | null {
  const seen = words(actual)
  const pieces: string[][] = [[]]
  for (const line of expected) {
    if (line === '…' || line === '^C') pieces.push([])
    else pieces.at(-1)?.push(line)
  }
  let at = 0
  for (const [index, piece] of pieces.entries()) {
    const wanted = words(piece)
    const isLast = index === pieces.length - 1
    if (index === 0) {
      const wrong = differenceAt(wanted, seen, 0)
      if (wrong !== null) return wrong
      at = wanted.length
    } else if (wanted.length > 0) {
      const found = seen.findIndex((_, start) => start >= at && differenceAt(wanted, seen, start) === null)
      if (found === -1) return `after …, this never appeared: ${wanted.join(' ')}`
      at = found + wanted.length
    } else if (isLast) {
      return null
    }
    if (isLast && at < seen.length) return `this is not in the document: ${seen.slice(at, at + 12).join(' ')}`
  }
  return null
}

const words = (lines: readonly string[]): string[] =>
  masked(lines.join('\n'))
    .split(' ')
    .filter((word) => word !== '')

/** How `seen` differs from `wanted` from a word on, with what stands before; null when it does not. */
function differenceAt(wanted: readonly string[], seen: readonly string[], start: number): string | null {
  const wrong = wanted.findIndex((word, index) => seen[start + index] !== word)
  if (wrong === -1) return null
  const around = (list: readonly string[], from: number): string =>
    list.slice(Math.max(0, from - 6), from + 6).join(' ')
  return `expected: ${around(wanted, wrong)}\n     got: ${around(seen, start + wrong) || '(nothing more)'}`
}
