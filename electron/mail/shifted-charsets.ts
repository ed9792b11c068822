/** Seven-bit encodings that neither TextDecoder nor iconv-lite reads as mail uses them. */

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALUES = new Int8Array(128).fill(-1)
for (let i = 0; i < BASE64.length; i++) VALUES[BASE64.charCodeAt(i)] = i

const PLUS = 43
const MINUS = 45

/**
 * UTF-7 (https://www.rfc-editor.org/rfc/rfc2152). For headers and search text only: text from it must never be rendered
 * as HTML, because it hides angle brackets from filters.
 */
export function fromUtf7(bytes: Buffer): string {
  const out = Buffer.allocUnsafe(bytes.length * 2 + 2)
  let length = 0
  const put = (unit: number): void => {
    out[length++] = unit & 0xff
    out[length++] = unit >> 8
  }
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte !== PLUS) {
      put(byte)
      continue
    }
    if (bytes[i + 1] === MINUS) {
      put(PLUS)
      i++
      continue
    }
    let bits = 0
    let held = 0
    let j = i + 1
    for (; j < bytes.length; j++) {
      const value = bytes[j]! < 128 ? VALUES[bytes[j]!]! : -1
      if (value < 0) break
      held = ((held << 6) | value) & 0x3fffff
      bits += 6
      if (bits >= 16) {
        bits -= 16
        put((held >> bits) & 0xffff)
      }
    }
    if (j === i + 1) put(PLUS)
    i = bytes[j] === MINUS && j > i + 1 ? j : j - 1
  }
  return out.toString('utf16le', 0, length)
}

/** HZ (https://www.rfc-editor.org/rfc/rfc1843) as GBK bytes: between `~{` and `~}` each byte gets its eighth bit. */
export function fromHz(bytes: Buffer): Buffer {
  const TILDE = 126
  const out = Buffer.allocUnsafe(bytes.length)
  let length = 0
  let shifted = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    const next = bytes[i + 1]
    if (byte === TILDE && !shifted && next === TILDE) {
      out[length++] = TILDE
      i++
    } else if (byte === TILDE && (next === 123 || next === 125)) {
      shifted = next === 123
      i++
    } else if (byte === TILDE && !shifted && next === 10) i++
    else {
      if (byte === 10) shifted = false
      out[length++] = shifted && byte > 32 ? byte | 0x80 : byte
    }
  }
  return out.subarray(0, length)
}

/** ISO-2022-KR (https://www.rfc-editor.org/rfc/rfc1557) as EUC-KR bytes: between SO and SI bytes get their eighth bit. */
export function fromIso2022Kr(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length)
  let length = 0
  let shifted = false
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i]!
    if (byte === 0x0e) shifted = true
    else if (byte === 0x0f) shifted = false
    else if (byte === 0x1b && bytes[i + 1] === 0x24 && bytes[i + 2] === 0x29 && bytes[i + 3] === 0x43) i += 3
    else {
      if (byte === 10) shifted = false
      out[length++] = shifted && byte > 32 ? byte | 0x80 : byte
    }
  }
  return out.subarray(0, length)
}
