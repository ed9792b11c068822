/**
 * A sentence with places for what is no plain text (a time, a countdown, an emphasis): strings and parts in the order of the language.
 * Catalogues are generic over what a part is, so they know nothing of React.
 */
export type Text<Part> = readonly (string | Part)[]

/** The sentence as plain text, for labels and tests. */
export const plain = (text: Text<string>): string => text.join('')
