/** What must come out of one mail of the corpus. */
export interface RightValues {
  readonly mail: string
  readonly subject: string
  /** `Name <address>`. */
  readonly from: readonly string[]
  readonly to: readonly string[]
  /** How many more are in To. */
  readonly more: number
  /** ISO 8601, or null. */
  readonly date: string | null
  /** Line ends as ⏎, tabs as ⇥; where it ends in …, only the beginning. */
  readonly text: string
  /** Length of the HTML, null when there is none. */
  readonly html: number | null
  /** `part type size sha256… [file name]`. */
  readonly files: readonly string[]
}

function linesOf(block: readonly string[], key: string): string[] {
  const start = `  ${key} `
  return block.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length))
}

/**
 * Reads a table: per mail its name, then indented lines `key value`, then an empty line. What is not named is empty;
 * `to +3` means that three more follow. Hashes are given by their first twelve digits.
 */
export function readValues(table: string): RightValues[] {
  return table
    .trim()
    .split('\n\n')
    .map((text) => {
      const [mail = '', ...block] = text.split('\n')
      const to = linesOf(block, 'to')
      const html = linesOf(block, 'html')[0]
      return {
        mail,
        subject: linesOf(block, 'subject')[0] ?? '',
        from: linesOf(block, 'from'),
        to: to.filter((line) => !line.startsWith('+')),
        more: Number(to.find((line) => line.startsWith('+')) ?? 0),
        date: linesOf(block, 'date')[0] ?? null,
        text: linesOf(block, 'text')[0] ?? '',
        html: html === undefined ? null : Number(html),
        files: linesOf(block, 'file'),
      }
    })
}
