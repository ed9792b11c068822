import { Fragment, type ReactNode } from 'react'
import type { Text } from '../words/text.ts'

export interface SaidProps<Part> {
  readonly text: Text<Part>
  /** What stands in the place of a part that is no plain text. */
  readonly part: (part: Exclude<Part, string>) => ReactNode
}

/** A sentence of the catalogue, with what stands in its places. */
export function Said<Part>({ text, part }: SaidProps<Part>) {
  return (
    <>
      {text.map((piece, index) => (
        // The pieces of a sentence keep their places.
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
        <Fragment key={index}>{typeof piece === 'string' ? piece : part(piece as Exclude<Part, string>)}</Fragment>
      ))}
    </>
  )
}
