import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import pngToIco from 'png-to-ico'
import { iconStates } from '../electron/desktop/words.ts'

/** Every icon that packages and the tray need, by path below `build/`, drawn anew from the SVG sources beside them. */
export async function drawIcons(build: string): Promise<ReadonlyMap<string, Buffer>> {
  const source = (name: string): string => readFileSync(join(build, name), 'utf8')
  const icons = new Map<string, Buffer>()

  for (const state of iconStates) {
    const drawn = (size: number, colour: Colour): Buffer => {
      const { grid, viewBox } = traySource(size)
      return render(trayColours[colour](withViewBox(source(`tray/${state}-${grid}.svg`), viewBox)), size)
    }
    icons.set(`tray/${state}Template.png`, drawn(16, 'black'))
    icons.set(`tray/${state}Template@2x.png`, drawn(32, 'black'))
    for (const [panel, ink] of [
      ['dark', 'white'],
      ['light', 'black'],
    ] as const) {
      icons.set(`tray/${state}-on-${panel}.ico`, await ico([16, 20, 24, 32, 48].map((size) => drawn(size, ink))))
      for (const size of [22, 24]) {
        icons.set(`tray/${state}-${size}-on-${panel}.png`, drawn(size, `${ink}, ringed`))
        icons.set(`tray/${state}-${size}-on-${panel}@2x.png`, drawn(2 * size, `${ink}, ringed`))
      }
    }
  }

  const app = (size: number): Buffer => render(source(`app-icon/app-icon${size < 64 ? '-small' : ''}.svg`), size)
  icons.set('icon.png', app(1024))
  for (const size of [16, 24, 32, 48, 64, 128, 256, 512]) icons.set(`icons/${size}x${size}.png`, app(size))
  icons.set('icon.ico', await ico([16, 20, 24, 32, 40, 48, 64, 256].map(app)))
  icons.set(
    'icon.icns',
    icns((size) => render(onMacGrid(source('app-icon/app-icon.svg')), size)),
  )
  return icons
}

/**
 * The drawing that is sharp at this size, and what of it is seen: panels of 20, 22 and 24 pixels share one, with more or less air around it.
 */
function traySource(size: number): { readonly grid: 16 | 22 | 32; readonly viewBox: string } {
  switch (size) {
    case 16:
      return { grid: 16, viewBox: '0 0 16 16' }
    case 20:
      return { grid: 22, viewBox: '1 1 20 20' }
    case 22:
    case 44:
      return { grid: 22, viewBox: '0 0 22 22' }
    case 24:
      return { grid: 22, viewBox: '-1 -1 24 24' }
    default:
      return { grid: 32, viewBox: '0 0 32 32' }
  }
}

type Ink = 'black' | 'white'
type Colour = Ink | `${Ink}, ringed`

const inked = (svg: string, ink: Ink): string =>
  svg.replace('color="#000"', `color="${ink === 'black' ? '#000' : '#fff'}"`)

/**
 * Linux does not say what colour its panel has, so a faint ring in the other colour keeps the icon readable where the guess is wrong. On the
 * panel that it was made for nobody sees it.
 */
function ringed(svg: string, ink: Ink): string {
  const other = ink === 'black' ? '#fff' : '#000'
  const [, open, body] = /^(<svg[^>]*>)(.*)<\/svg>\s*$/s.exec(inked(svg, ink)) ?? []
  if (open === undefined || body === undefined) throw new Error('The source is no SVG')
  const area = 'x="-2" y="-2" width="40" height="40" filterUnits="userSpaceOnUse" color-interpolation-filters="sRGB"'
  const ring = `<filter id="ring" ${area}>
    <feMorphology in="SourceAlpha" operator="dilate" radius="1" result="wide"/>
    <feFlood flood-color="${other}" flood-opacity="0.5"/><feComposite in2="wide" operator="in" result="ring"/>
    <feMerge><feMergeNode in="ring"/><feMergeNode in="SourceGraphic"/></feMerge></filter>`
  return `${open}${ring}<g filter="url(#ring)">${body}</g></svg>`
}

const trayColours: Readonly<Record<Colour, (svg: string) => string>> = {
  black: (svg) => inked(svg, 'black'),
  white: (svg) => inked(svg, 'white'),
  'black, ringed': (svg) => ringed(svg, 'black'),
  'white, ringed': (svg) => ringed(svg, 'white'),
}

const withViewBox = (svg: string, viewBox: string): string => svg.replace(/viewBox="[^"]*"/, `viewBox="${viewBox}"`)

/** macOS gives icons more air: 824 of 1024 pixels (https://developer.apple.com/design/human-interface-guidelines/app-icons). */
const onMacGrid = (svg: string): string => withViewBox(svg, '-32 -32 576 576')

const render = (svg: string, size: number): Buffer =>
  new Resvg(svg, { fitTo: { mode: 'width', value: size }, font: { loadSystemFonts: false } }).render().asPng()

const ico = async (images: readonly Buffer[]): Promise<Buffer> => await pngToIco([...images])

/** PNGs by the types that macOS reads: https://en.wikipedia.org/wiki/Apple_Icon_Image_format */
const icnsTypes = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
] as const

/** Each image behind its type and length; the whole behind the same. */
function icns(draw: (size: number) => Buffer): Buffer {
  const chunk = (type: string, content: Buffer): Buffer => {
    const head = Buffer.alloc(8)
    head.write(type, 'latin1')
    head.writeUInt32BE(8 + content.length, 4)
    return Buffer.concat([head, content])
  }
  return chunk('icns', Buffer.concat(icnsTypes.map(([type, size]) => chunk(type, draw(size)))))
}
