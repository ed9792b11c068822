/** Small words about bytes that every file of this room uses. */

export const TAB = 9
export const LF = 10
export const CR = 13
export const SPACE = 32
export const DASH = 45
export const COLON = 58
export const EQUALS = 61
export const UNDERSCORE = 95

/** A space or a tab. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB
}

/** The same memory as a Buffer, for its native searches. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** Bytes as a string of the code units 0–255, losslessly. */
export function binary(bytes: Buffer, start: number, end: number): string {
  return bytes.toString('latin1', Math.min(start, bytes.length), Math.min(Math.max(start, end), bytes.length))
}

/** The value of each byte as a hexadecimal digit, or -1. */
export const HEX = new Int8Array(256).fill(-1)
for (const [value, digit] of [...'0123456789abcdef'].entries()) {
  HEX[digit.charCodeAt(0)] = value
  HEX[digit.toUpperCase().charCodeAt(0)] = value
}

/** The value of a hexadecimal digit, or -1; undefined stands for "beyond the end". */
export function hexDigit(code: number | undefined): number {
  return code === undefined ? -1 : (HEX[code] ?? -1)
}

/** Line ends as LF: CRLF and a lone CR become LF. Only for encodings in which CR is never part of another character. */
export function withLineFeeds(bytes: Buffer): Buffer {
  const first = bytes.indexOf(CR)
  if (first < 0) return bytes
  const out = Buffer.allocUnsafe(bytes.length)
  bytes.copy(out, 0, 0, first)
  let length = first
  for (let i = first; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte !== CR) out[length++] = byte
    else if (bytes[i + 1] !== LF) out[length++] = LF
  }
  return out.subarray(0, length)
}
