import { existsSync, readFileSync } from 'node:fs'
import type Electron from 'electron'
import { standInFor } from './strict.ts'

const noSize: Electron.Size = { width: 0, height: 0 }

class NativeImage {
  readonly #size: Electron.Size
  isMacTemplateImage: boolean

  constructor(bytes: Buffer | null, file: string) {
    this.#size = bytes === null ? noSize : sizeOf(bytes)
    this.isMacTemplateImage = /Template(@\d+x)?\.png$/.test(file)
  }
  isEmpty(): boolean {
    return this.#size.width === 0
  }
  getSize(): Electron.Size {
    return { ...this.#size }
  }
  getScaleFactors(): number[] {
    return [1]
  }
  setTemplateImage(option: boolean): void {
    this.isMacTemplateImage = option
  }
  isTemplateImage(): boolean {
    return this.isMacTemplateImage
  }
}

/** Of PNG and ICO; anything else Electron cannot show in a tray. */
function sizeOf(bytes: Buffer): Electron.Size {
  if (bytes.length > 24 && bytes.readUInt32BE(0) === 0x89504e47) {
    return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
  }
  if (bytes.length > 22 && bytes.readUInt32LE(0) === 0x00010000) {
    return { width: bytes.readUInt8(6) || 256, height: bytes.readUInt8(7) || 256 }
  }
  return noSize
}

const files = new WeakMap<Electron.NativeImage, string>()
const create = (bytes: Buffer | null, file: string): Electron.NativeImage => {
  const image = standInFor<Electron.NativeImage>()('nativeImage', new NativeImage(bytes, file))
  files.set(image, file)
  return image
}

const fromPath = (file: string): Electron.NativeImage => create(existsSync(file) ? readFileSync(file) : null, file)

export const nativeImage = standInFor<typeof Electron.nativeImage>()('nativeImage', {
  prototype: NativeImage.prototype as unknown as Electron.NativeImage,
  createFromPath: fromPath,
  createEmpty: () => create(null, ''),
  createFromBuffer: (bytes: Buffer) => create(bytes, '(buffer)'),
  createFromDataURL: (url: string) => create(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'), '(data)'),
})

/** The image that is meant, and the file it came from. An empty one throws: real Electron shows nothing. */
export function imageOf(image: Electron.NativeImage | string, use: string): { readonly file: string } {
  const found = typeof image === 'string' ? fromPath(image) : image
  const file = files.get(found) ?? ''
  if (found.isEmpty()) throw new Error(`stand-in: the image of the ${use} is empty: ${file}`)
  return { file }
}
