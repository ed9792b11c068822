import pixelmatch from 'pixelmatch'
import sharp from 'sharp'

/** Of the way from black to white: less is not seen. Between two runs on one computer nothing differs at all. */
const THRESHOLD = 0.01

/** A picture of which every pixel is four bytes. */
export interface Picture {
  readonly data: Buffer
  readonly width: number
  readonly height: number
}

export async function read(file: Buffer): Promise<Picture> {
  const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height }
}

/** As small a file as keeps every pixel. */
export const toWebp = ({ data, width, height }: Picture): Promise<Buffer> =>
  sharp(data, { raw: { width, height, channels: 4 } })
    .webp({ lossless: true, effort: 4 })
    .toBuffer()

/** So many colours stay as they are: those of surfaces and letters. */
const KEPT = 64
/** The others, which are the edges of letters, are rounded to this. */
const STEP = 16

/** The picture with fewer colours, which no eye tells from it and which takes a third less room. Pure. */
export function reduced({ data, width, height }: Picture): Picture {
  const pixels = new Uint32Array(data.buffer, data.byteOffset, data.length / 4)
  const counts = new Map<number, number>()
  // Most pixels are like their neighbour: counted in runs, and looked up once for each.
  for (let from = 0, to = 0; from < pixels.length; from = to) {
    const pixel = pixels[from]!
    while (to < pixels.length && pixels[to] === pixel) to++
    counts.set(pixel, (counts.get(pixel) ?? 0) + to - from)
  }
  const byCount = [...counts].sort(([a, many], [b, more]) => more - many || a - b)
  const becomes = new Map(byCount.map(([pixel], index) => [pixel, index < KEPT ? pixel : rounded(pixel)]))
  const result = new Uint32Array(pixels.length)
  for (let at = 0, last = -1, is = 0; at < pixels.length; at++) {
    const pixel = pixels[at]!
    if (pixel !== last) is = becomes.get(pixel)!
    last = pixel
    result[at] = is
  }
  return { data: Buffer.from(result.buffer), width, height }
}

/** Each of the four bytes of a pixel to the nearest step. */
function rounded(pixel: number): number {
  const near = (shift: number): number => Math.min(255, Math.round(((pixel >>> shift) & 255) / STEP) * STEP) << shift
  return (near(0) | near(8) | near(16) | near(24)) >>> 0
}

/** How many pixels differ to an eye; null for pictures of another size. `marked` gets them in red. */
export function difference(now: Picture, reference: Picture, marked: Buffer | null = null): number | null {
  const { width, height } = now
  if (width !== reference.width || height !== reference.height) return null
  if (marked === null && now.data.equals(reference.data)) return 0
  const options = { threshold: THRESHOLD, includeAA: true }
  return pixelmatch(reference.data, now.data, marked, width, height, options)
}

const GAP = 16

/** Three pictures in one, as PNG: how it was, how it is, what differs. */
export async function sideBySide(now: Picture, reference: Picture): Promise<Buffer> {
  const marked = Buffer.alloc(now.data.length)
  const isSameSize = difference(now, reference, marked) !== null
  const parts = [reference, now, ...(isSameSize ? [{ ...now, data: marked }] : [])]
  const lefts = parts.map((_, index) => parts.slice(0, index).reduce((sum, { width }) => sum + width + GAP, 0))
  return sharp({
    create: {
      width: parts.reduce((sum, { width }) => sum + width + GAP, -GAP),
      height: Math.max(...parts.map(({ height }) => height)),
      channels: 4,
      background: '#808080',
    },
  })
    .composite(
      parts.map(({ data, width, height }, index) => ({
        input: data,
        raw: { width, height, channels: 4 as const },
        left: lefts[index]!,
        top: 0,
      })),
    )
    .png()
    .toBuffer()
}
