/**
 * A sentence with places for what is no plain text (a time, a countdown, an emphasis): strings and parts in the order of the language.
 * Catalogues are generic over what a part is, so they know nothing of React.
 */
export type Text<Part> = readonly (string | Part)[]

/** A space at which no line ends. */
export const NO_BREAK = '\u00A0'

/** The same text, in which no number is parted from its unit. Pure. */
export const unbroken = (text: string): string => text.replaceAll(/(?<=\d) (?=(?:[kMGT]?B|bytes|min|s|h)\b)/g, NO_BREAK)

/** With its full stop, where it has no end yet. */
export const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`)

/** The sentence as plain text, for labels and tests. */
export const plain = (text: Text<string>): string => text.join('')
