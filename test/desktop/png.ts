import { inflateSync } from 'node:zlib'

/** How opaque each pixel is, row by row, and what it is painted with. */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly alpha: readonly number[]
  readonly red: readonly number[]
}

/** Reads a PNG of 8-bit RGBA, which is what the icons are: https://www.w3.org/TR/png-3/ */
export function readPng(png: Buffer): Pixels {
  if (png.readUInt32BE(0) !== 0x89504e47 || png[24] !== 8 || png[25] !== 6) throw new Error('No PNG of 8-bit RGBA')
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)]
  const parts: Buffer[] = []
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at)
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT') parts.push(png.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * 4
  const out = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]
    for (let x = 0; x < stride; x++) {
      const left = x >= 4 ? (out[y * stride + x - 4] ?? 0) : 0
      const up = y > 0 ? (out[(y - 1) * stride + x] ?? 0) : 0
      const corner = x >= 4 && y > 0 ? (out[(y - 1) * stride + x - 4] ?? 0) : 0
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter ?? 0] ?? 0
      out[y * stride + x] = (raw[y * (stride + 1) + 1 + x] ?? 0) + guess
    }
  }
  const channel = (of: number): number[] =>
    Array.from({ length: width * height }, (_, pixel) => out[pixel * 4 + of] ?? 0)
  return { width, height, alpha: channel(3), red: channel(0) }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  if (a <= b && a <= c) return left
  return b <= c ? up : corner
}

/** The widths of the images in a Windows icon: https://learn.microsoft.com/previous-versions/ms997538(v=msdn.10) */
export function icoSizes(ico: Buffer): number[] {
  if (ico.readUInt16LE(0) !== 0 || ico.readUInt16LE(2) !== 1) throw new Error('No icon of Windows')
  return Array.from({ length: ico.readUInt16LE(4) }, (_, at) => {
    const entry = 6 + 16 * at
    const [length, offset] = [ico.readUInt32LE(entry + 8), ico.readUInt32LE(entry + 12)]
    if (length < 40 || offset + length > ico.length) throw new Error('An image of the icon is cut')
    return ico[entry] || 256
  })
}

/** The widths of the images in an icon of macOS. */
export function icnsSizes(icns: Buffer): number[] {
  if (icns.toString('latin1', 0, 4) !== 'icns' || icns.readUInt32BE(4) !== icns.length)
    throw new Error('No icon of macOS')
  const sizes: number[] = []
  for (let at = 8; at < icns.length; ) {
    const length = icns.readUInt32BE(at + 4)
    if (icns.readUInt32BE(at + 8) !== 0x89504e47) throw new Error('An image of the icon is no PNG')
    sizes.push(icns.readUInt32BE(at + 24))
    at += length
  }
  return sizes
}
