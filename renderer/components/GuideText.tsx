import { type Piece, piecesOf, placeNamed } from '../model/guide.ts'
import { hrefOf } from '../navigation.ts'
import { words } from '../words/words.ts'
import { OutsideLink } from './OutsideLink.tsx'

/** A text of the guide, with its marks as type. */
export function GuideText({ text }: { readonly text: string }) {
  return (
    <>
      {piecesOf(words.told(text)).map((piece, index) => (
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
    case 'code': {
      const place = placeNamed(text)
      return place === null ? <code>{text}</code> : <a href={hrefOf('welcome', place.id)}>{place.title}</a>
    }
    case 'link':
      return <OutsideLink href={text}>{text.replace('https://', '')}</OutsideLink>
    case 'text':
      return <>{text}</>
  }
}
