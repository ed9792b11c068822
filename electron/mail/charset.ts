import { isAscii, isUtf8 } from 'node:buffer'
import { TextDecoder } from 'node:util'
import iconv from 'iconv-lite'
import type { FaultCode } from './faults.ts'
import { fromHz, fromIso2022Kr, fromUtf7 } from './shifted-charsets.ts'

export interface Decoded {
  readonly text: string
  readonly fault: FaultCode | null
}

/**
 * Names that mean another encoding than TextDecoder or iconv-lite think, or that neither knows. '' is "not said".
 * Node's euc-kr lacks the syllables that only the Unified Hangul Code has, so all Korean goes to cp949.
 */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ...['us-ascii', 'ascii', 'ansi_x3.4-1968', 'us', '7bit', '8bit', 'unknown-8bit', 'x-unknown', 'unknown', 'none'].map(
    (name) => [name, ''] as const,
  ),
  ...['default', 'default_charset', 'binary'].map((name) => [name, ''] as const),
  ...['utf8', 'utf_8', 'unicode-1-1-utf-8', 'x-utf-8'].map((name) => [name, 'utf-8'] as const),
  ...['euc-kr', 'euckr', 'ks_c_5601-1987', 'ks_c_5601-1989', 'ks_c_5601', 'ksc5601', 'ksc_5601', 'korean'].map(
    (name) => [name, 'cp949'] as const,
  ),
  ...['ms949', 'uhc', 'windows-949', 'x-windows-949', 'iso-ir-149'].map((name) => [name, 'cp949'] as const),
  ...['cp932', 'ms932', 'x-sjis', 'sjis', 'windows-31j'].map((name) => [name, 'shift_jis'] as const),
  ...['iso-2022-jp-1', 'iso-2022-jp-ms', 'iso-2022-jp-2', 'cp50220', 'cp50221'].map(
    (name) => [name, 'iso-2022-jp'] as const,
  ),
  ...['cp936', 'gb2312-80', 'gb_2312-80', 'x-gbk'].map((name) => [name, 'gbk'] as const),
  ['cp950', 'big5'],
  ['iso-8859-8-e', 'iso-8859-8'],
  ['koi8', 'koi8-r'],
  ['mac', 'macintosh'],
  ['mac-roman', 'macintosh'],
  ['cp-850', 'cp850'],
  ['latin1', 'iso-8859-1'],
  ['l1', 'iso-8859-1'],
  ['unicode-1-1-utf-7', 'utf-7'],
  ['utf7', 'utf-7'],
  ['hz', 'hz-gb-2312'],
  ['csiso2022kr', 'iso-2022-kr'],
])

/** Labels seen so far; a few dozen in any mailbox, and bounded whatever hostile mails say. */
const names = new Map<string, string>()
const MAX_NAMES = 500
const MAX_LABEL = 40

/** A charset label as we look it up: trimmed, unquoted, lower case, aliases resolved; '' when it says nothing. */
export function charsetName(label: string | null | undefined): string {
  if (label === null || label === undefined) return ''
  const known = names.get(label)
  if (known !== undefined) return known
  const name = tidyLabel(label)
  if (names.size < MAX_NAMES && label.length <= MAX_LABEL) names.set(label, name)
  return name
}

function tidyLabel(label: string): string {
  const plain = label
    .slice(0, 100)
    .trim()
    .toLowerCase()
    .replace(/^["']+|["']+$/g, '')
    .replace(/^=?charset=/, '')
    .replace(/^(?:windows|cp|win|x-cp)[-_ ]?(125\d)$/, 'windows-$1')
    .replace(/^iso[-_ ]?8859[-_ ]?(\d{1,2})$/, 'iso-8859-$1')
    .trim()
  return ALIASES.get(plain) ?? plain
}

/** Is this a label worth guessing by: one that says more than "ASCII" or "UTF-8"? */
export function isTelling(label: string | null | undefined): boolean {
  const name = charsetName(label)
  return name !== '' && name !== 'utf-8' && isKnown(name)
}

const decoders = new Map<string, TextDecoder | null>()

/** Only labels that TextDecoder knows are remembered, so that hostile labels cannot fill memory. */
function decoderFor(name: string): TextDecoder | null {
  const cached = decoders.get(name)
  if (cached !== undefined) return cached
  try {
    const decoder = new TextDecoder(name)
    decoders.set(name, decoder)
    return decoder
  } catch {
    // RangeError: TextDecoder does not know the name, or refuses it for safety.
    return null
  }
}

const OWN: ReadonlyMap<string, (bytes: Buffer) => string> = new Map([
  ['utf-7', fromUtf7],
  ['hz-gb-2312', (bytes) => decodeAs('gbk', fromHz(bytes))],
  ['iso-2022-kr', (bytes) => iconv.decode(fromIso2022Kr(bytes), 'cp949')],
])

/** Encodings that no decoder at hand reads. The bytes stay in the original. */
const UNREADABLE = new Set(['johab', 'ptcp154', 'pt154', 'cp154', 'iso-2022-cn', 'iso-2022-cn-ext', 'x-mac-thai'])

function isKnown(name: string): boolean {
  if (OWN.has(name) || UNREADABLE.has(name)) return true
  return name.length <= MAX_LABEL && (decoderFor(name) !== null || iconv.encodingExists(name))
}

function decodeAs(name: string, bytes: Buffer): string {
  const decoder = decoderFor(name)
  return decoder === null ? iconv.decode(bytes, name) : decoder.decode(bytes)
}

function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}

/** ESC $ @, ESC $ B or ESC ( J: Japanese in seven bits, whatever the label says. */
export function looksIso2022Jp(bytes: Buffer): boolean {
  let at = bytes.indexOf(0x1b)
  for (let tries = 0; at >= 0 && tries < 20; tries++) {
    const first = bytes[at + 1]
    const second = bytes[at + 2]
    if (first === 0x24 && (second === 0x40 || second === 0x42)) return true
    at = bytes.indexOf(0x1b, at + 1)
  }
  return false
}

function decodeUtf16(bytes: Buffer): string {
  const big = bytes[0] === 0xfe && bytes[1] === 0xff
  const little = bytes[0] === 0xff && bytes[1] === 0xfe
  return decodeAs(big || (!little && bytes[0] === 0) ? 'utf-16be' : 'utf-16le', bytes)
}

function countOf(text: string, char: string): number {
  let count = 0
  for (let i = text.indexOf(char); i >= 0; i = text.indexOf(char, i + 1)) count++
  return count
}

/** Characters beyond ASCII, replacement characters not counted. */
function countForeign(text: string): number {
  let count = 0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code > 127 && code !== 0xfffd) count++
  }
  return count
}

/**
 * UTF-8 with some bytes spoiled, those replaced by U+FFFD; null when the bytes are rather something else: when there are not more than
 * `least` characters beyond ASCII to each spoiled place.
 */
export function nearlyUtf8(bytes: Buffer, least: number): string | null {
  const text = withoutMark(bytes.toString('utf8'))
  return countForeign(text) > least * countOf(text, '\ufffd') ? text : null
}

/** No label, or one that is used for anything: UTF-8 if it fits, else the hint, else what most old Western mail is. */
function decodeUnsaid(bytes: Buffer, hint: string): string {
  if (looksIso2022Jp(bytes)) return decodeAs('iso-2022-jp', bytes)
  if (isUtf8(bytes)) return withoutMark(bytes.toString('utf8'))
  if (bytes.length >= 2 && ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))) {
    return decodeUtf16(bytes)
  }
  return hint === '' ? decodeAs('windows-1252', bytes) : decodeCharset(bytes, hint).text
}

/** A label has some weight: badly damaged UTF-8 stays UTF-8. Two-byte charsets give a valid sequence by chance, one in ten at most. */
const LABELLED = 0.25

/** Seven-bit encodings in which ASCII bytes do not mean ASCII characters. */
const NOT_ASCII = /^(utf-7|utf-16|utf-32|iso-2022|hz-|cp037|ibm037|utf-16le|utf-16be)/

/**
 * Bytes to text by a charset label, as mails mean their labels (`iso-8859-1` is windows-1252, `euc-kr` is cp949).
 * `hint` is another label of the same mail, for bytes that have none. Never throws.
 */
export function decodeCharset(bytes: Buffer, label: string | null | undefined, hint?: string | null): Decoded {
  const name = charsetName(label)
  if (isAscii(bytes) && !NOT_ASCII.test(name) && bytes.indexOf(0x1b) < 0) {
    return {
      text: bytes.toString('latin1'),
      fault: UNREADABLE.has(name) ? 'charset_unsupported' : null,
    }
  }
  if (name === 'utf-8') {
    if (isUtf8(bytes)) return { text: withoutMark(bytes.toString('utf8')), fault: null }
    const usable = isTelling(hint) ? charsetName(hint) : ''
    return { text: nearlyUtf8(bytes, LABELLED) ?? decodeUnsaid(bytes, usable), fault: 'charset_mismatch' }
  }
  if (name === '' || name === 'iso-8859-1') {
    const usable = name === '' && isTelling(hint) ? charsetName(hint) : ''
    return { text: decodeUnsaid(bytes, usable), fault: null }
  }
  const own = OWN.get(name)
  if (own !== undefined) return { text: own(bytes), fault: null }
  if (name === 'utf-16' || name === 'utf16') return { text: decodeUtf16(bytes), fault: null }
  if (UNREADABLE.has(name)) return { text: decodeAs('windows-1252', bytes), fault: 'charset_unsupported' }
  if (isKnown(name)) return { text: withoutMark(decodeAs(name, bytes)), fault: null }
  return { text: decodeUnsaid(bytes, isTelling(hint) ? charsetName(hint) : ''), fault: 'charset_unknown' }
}

/** Do bytes of this charset keep CR and LF for themselves, so that line ends can be mended before decoding? */
export function keepsLineEnds(label: string | null | undefined, bytes: Buffer): boolean {
  const name = charsetName(label)
  if (/^(utf-16|utf16|utf-32|utf32|ucs)/.test(name)) return false
  return !(bytes.length >= 2 && bytes[0]! >= 0xfe && bytes[1]! >= 0xfe)
}
