import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CDPSession, Page } from 'playwright'
import { difference, read, reduced, sideBySide, toWebp } from './pictures.ts'

const folder = join(import.meta.dirname, 'references')
const factsFile = join(folder, 'made-with.json')
/** Where one sees what differs. */
const differences = join(import.meta.dirname, '../../coverage/screenshots')

/** Whether pictures are to be made anew instead of compared: `npm run screenshots`. */
export const isRenewing = process.env['MODE'] === 'screenshots'

/** So many pixels may differ: a part of a letter. */
const TOLERANCE = 4

/** With which program and which letters pictures were made: with others every one of them would differ, and nothing be said by it. */
export interface MadeWith {
  readonly chromium: string
  /** A hash of what letters look like. */
  readonly letters: string
}

/** What this computer makes pictures with. */
export async function madeWithHere(page: Page): Promise<MadeWith> {
  const letters = await page.evaluate(async () => {
    const context = new OffscreenCanvas(600, 200).getContext('2d', { willReadFrequently: true })
    if (context === null) return ''
    const style = getComputedStyle(document.documentElement)
    for (const [index, family] of ['--font-ui', '--font-mono'].entries()) {
      for (const [line, weight] of [400, 500, 600].entries()) {
        context.font = `${weight} 13px ${style.getPropertyValue(family)}`
        context.fillText('Gmail 48,212 · “stored” 48,209 → Hamburgefonstiv Łódź', 4, 20 + index * 90 + line * 24)
      }
    }
    const digest = await crypto.subtle.digest('SHA-256', context.getImageData(0, 0, 600, 200).data)
    return [...new Uint8Array(digest).slice(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  })
  return { chromium: (page.context().browser()?.version() ?? '').split('.')[0] ?? '', letters }
}

/** Why the references mean nothing here, in words; null when they do. */
export async function whyNotComparable(here: MadeWith): Promise<string | null> {
  const made = JSON.parse(await readFile(factsFile, 'utf8')) as MadeWith
  if (made.chromium !== here.chromium) {
    return `The references were made with Chromium ${made.chromium}, this is ${here.chromium}: pictures are not compared`
  }
  if (made.letters !== here.letters)
    return 'This computer has other fonts than the references: pictures are not compared'
  return null
}

/** Takes pictures of a page as quickly as the browser can. */
export async function cameraOf(page: Page): Promise<Camera> {
  const session: CDPSession = await page.context().newCDPSession(page)
  return async () => {
    await page.evaluate(
      () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
    )
    const { data } = await session.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true })
    return Buffer.from(data, 'base64')
  }
}

/** The page as it is now, as PNG. */
export type Camera = () => Promise<Buffer>

/**
 * What differs between the page and the picture of it that somebody has looked at, in words; null when nothing does. What is still settling
 * is looked at again for a while. While references are renewed those that differ are written, and the others left untouched.
 */
export async function objection(name: string, take: Camera): Promise<string | null> {
  const file = join(folder, `${name}.webp`)
  const reference = existsSync(file) ? await read(await readFile(file)) : null
  let shot = await take()
  let count: number | null = null
  for (let attempt = 0; attempt < 10; attempt++) {
    count = reference === null ? null : difference(reduced(await read(shot)), reference)
    if (count !== null && count <= TOLERANCE) return null
    const next = await take()
    if ((attempt > 0 || reference === null) && next.equals(shot)) break
    shot = next
  }
  const now = reduced(await read(shot))
  if (isRenewing) {
    await mkdir(folder, { recursive: true })
    await writeFile(file, await toWebp(now))
    return null
  }
  if (reference === null) return `${name}: there is no reference`
  await mkdir(differences, { recursive: true })
  const seen = join(differences, `${name}.png`)
  await writeFile(seen, await sideBySide(now, reference))
  return `${name}: ${count === null ? 'it has another size' : `${count} pixels differ`}; see ${seen}`
}

/** References that none of these names has. */
export async function strangers(names: ReadonlySet<string>): Promise<readonly string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.webp'))
  return files.filter((file) => !names.has(file.slice(0, -'.webp'.length)))
}

/** After all pictures were made anew: says what with, and takes away those that none of these names has. */
export async function finish(here: MadeWith, names: ReadonlySet<string>): Promise<void> {
  await writeFile(factsFile, `${JSON.stringify(here, null, 2)}\n`)
  for (const file of await strangers(names)) await rm(join(folder, file))
}
