import { invisible, oneLine } from '../platform/log-format.ts'

/** The colours of `paint.ts`, which pass. */
const ours = String.raw`\u001b\[(?:0|1|2|31)m`
const oursOrHarmful = new RegExp(`(${ours})|${invisible}`, 'gu')
const harmful = new RegExp(invisible, 'gu')

/**
 * A text as a terminal may have it. Addresses, labels and what servers answer were written by others: a sequence in them could move the cursor,
 * change the title or write to the clipboard, and a bidirectional mark could show a name from behind. They become visible escapes; line ends and
 * tabs stay, and nothing but a colour can be forged.
 */
export const forTerminal = (text: string): string =>
  text.replaceAll(oursOrHarmful, (char, colour: string | undefined) =>
    colour !== undefined || char === '\n' || char === '\t' ? char : oneLine(char),
  )

/** JSON with everything escaped that JSON leaves as it is and a terminal obeys: to programs the same value. */
export const jsonForTerminal = (json: string): string =>
  json.replaceAll(harmful, (char) => (char === '\n' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`))
