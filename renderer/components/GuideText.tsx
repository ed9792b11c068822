import { type Piece, piecesOf } from '../model/guide.ts'
import { OutsideLink } from './OutsideLink.tsx'

/** A text of the guide, with its marks as type. */
export function GuideText({ text }: { readonly text: string }) {
  return (
    <>
      {piecesOf(text).map((piece, index) => (
        // The pieces of a text keep their places.
        // biome-ignore lint/suspicious/noArrayIndexKey: they have no other name
        <GuidePiece key={index} piece={piece} />
      ))}
    </>
  )
}

function GuidePiece({ piece: { kind, text } }: { readonly piece: Piece }) {
  switch (kind) {
    case 'page':
      return <b>{text}</b>
    case 'code':
      return <code>{text}</code>
    case 'link':
      return <OutsideLink href={text}>{text.replace('https://', '')}</OutsideLink>
    case 'text':
      return <>{text}</>
  }
}
