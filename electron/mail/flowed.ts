interface FlowedLine {
  readonly depth: number
  readonly text: string
  readonly flows: boolean
}

function readLine(raw: string): FlowedLine {
  let depth = 0
  while (raw[depth] === '>') depth++
  const rest = raw.slice(depth)
  const text = rest.startsWith(' ') ? rest.slice(1) : rest // space-stuffing
  // "-- " before a signature is a fixed line, though it ends in a blank.
  return { depth, text, flows: text.endsWith(' ') && text !== '-- ' }
}

function quoted(depth: number, text: string): string {
  return depth === 0 ? text : `${'>'.repeat(depth)} ${text}`
}

/**
 * Joins the lines of a `format=flowed` text (https://www.rfc-editor.org/rfc/rfc3676) into paragraphs. Lines end in LF.
 * `deleteSpace` is the parameter `delsp=yes`: the blank that marks a flowing line is no part of the text.
 */
export function unflow(text: string, deleteSpace: boolean): string {
  const out: string[] = []
  let pieces: string[] = []
  let depth = 0
  const flush = (): void => {
    if (pieces.length > 0) out.push(quoted(depth, pieces.join('')))
    pieces = []
  }
  for (const raw of text.split('\n')) {
    const line = readLine(raw)
    if (pieces.length > 0 && (line.depth !== depth || line.text === '-- ')) flush()
    depth = line.depth
    pieces.push(line.flows && deleteSpace ? line.text.slice(0, -1) : line.text)
    if (!line.flows) flush()
  }
  flush()
  return out.join('\n')
}
