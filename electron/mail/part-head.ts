import type { FaultCode } from './faults.ts'
import type { Field, Head } from './head.ts'
import { createHeadReader, type HeadReader } from './header-text.ts'
import { readableParam, readStructured, type Structured } from './params.ts'
import { encodingName } from './transfer.ts'
import { decodeWords } from './words.ts'

/** What a part's head says about its content. */
export interface PartHead {
  /** Lower case, always `type/subtype`. */
  readonly mimeType: string
  /** The charset parameter as it stands. */
  readonly charset: string | undefined
  readonly boundary: string | undefined
  readonly flowed: boolean
  readonly deleteSpace: boolean
  /** 'attachment', 'inline', another word, or null when not said. */
  readonly disposition: string | null
  readonly encoding: string
  readonly faults: readonly FaultCode[]
  /** Decodes the file name, late, when the charsets of the whole mail are known. */
  filename(hint: string | null): string | null
  contentId(): string | null
}

/** Fields of one name that are looked at. */
const MAX_FIELDS = 5

const TYPE = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,150}/

function tidyType(value: string, otherwise: string): { mimeType: string; bad: boolean } {
  if (value === '') return { mimeType: otherwise, bad: false }
  const match = TYPE.exec(value)
  if (match !== null) return { mimeType: match[0], bad: match[0].length !== value.length }
  if (value.startsWith('text')) return { mimeType: 'text/plain', bad: true }
  if (value.startsWith('multipart')) return { mimeType: 'multipart/mixed', bad: true }
  return { mimeType: otherwise, bad: true }
}

function fieldsNamed(head: Head, name: string): Field[] {
  return head.fields.filter((field) => field.name === name && field.to > field.from)
}

interface TypeField {
  readonly field: Field
  readonly structured: Structured
}

/**
 * With two Content-Types, the multipart one counts if its boundary delimits something, else the first other one.
 */
function chooseType(types: readonly TypeField[], delimits: (boundary: string) => boolean): TypeField | undefined {
  const said = types.filter(({ structured }) => structured.value !== '')
  if (said.length < 2) return said[0] ?? types[0]
  const isMultipart = ({ structured }: TypeField): boolean => structured.value.startsWith('multipart')
  const real = said.find((type) => {
    const boundary = type.structured.params.get('boundary')
    return isMultipart(type) && boundary !== undefined && delimits(boundary)
  })
  return real ?? said.find((type) => !isMultipart(type)) ?? said[0]
}

/** A name from a header, read again as text when it holds raw bytes; '' counts as none. */
function readName(reader: HeadReader, from: TypeField | undefined, param: string, hint: string | null): string | null {
  if (from === undefined) return null
  const raw = from.structured.params.get(param)
  if (raw === undefined) return null
  const text = reader.text(from.field, hint)
  const structured = text === reader.binary(from.field) ? from.structured : readStructured(text)
  const name = readableParam(structured, param)?.trim() ?? ''
  return name === '' ? null : name
}

/** Reads what the head of a part says. `otherwise` is the type of a part that names none. */
export function readPartHead(
  reader: HeadReader,
  head: Head,
  otherwise: string,
  delimits: (boundary: string) => boolean,
): PartHead {
  const faults: FaultCode[] = []
  const structuredFields = (name: string): TypeField[] =>
    fieldsNamed(head, name)
      .slice(0, MAX_FIELDS)
      .map((field) => ({ field, structured: readStructured(reader.binary(field)) }))
  const types = structuredFields('content-type')
  if (types.length > 1) faults.push('several_types')
  const type = chooseType(types, delimits)
  const { mimeType, bad } = tidyType(type?.structured.value ?? '', otherwise)
  if (bad) faults.push('type_unreadable')
  const disposition = structuredFields('content-disposition')[0]
  const encodingField = fieldsNamed(head, 'content-transfer-encoding')[0]
  const encoding = encodingField === undefined ? '7bit' : encodingName(reader.binary(encodingField))
  if (encoding === null) faults.push('encoding_unknown')
  const params = type?.structured.params
  return {
    mimeType,
    charset: params?.get('charset'),
    boundary: params?.get('boundary'),
    flowed: params?.get('format')?.toLowerCase() === 'flowed',
    deleteSpace: params?.get('delsp')?.toLowerCase() === 'yes',
    disposition: disposition === undefined || disposition.structured.value === '' ? null : disposition.structured.value,
    encoding: encoding ?? 'binary',
    faults,
    filename: (hint) => readName(reader, disposition, 'filename', hint) ?? readName(reader, type, 'name', hint),
    contentId() {
      const field = fieldsNamed(head, 'content-id')[0]
      if (field === undefined) return null
      const id = decodeWords(reader.text(field, null)).trim()
      const bare = id.startsWith('<') && id.endsWith('>') ? id.slice(1, -1).trim() : id
      return bare === '' ? null : bare
    },
  }
}

/** A head that says nothing: for ranges that are no proper part. */
export function bareHead(mimeType: string, encoding: string): PartHead {
  const none: Head = { fields: [], body: 0, noise: false, open: false, full: false }
  return { ...readPartHead(createHeadReader(Buffer.alloc(0), none), none, mimeType, () => false), encoding }
}
