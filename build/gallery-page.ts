import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plugin } from 'vite'

const renderer = join(import.meta.dirname, '../renderer')
const file = join(renderer, 'gallery.html')

/** The page of the window with the gallery in it: everything else in its head is the same. */
export function galleryHtml(): string {
  const html = readFileSync(join(renderer, 'index.html'), 'utf8')
  return html
    .replace('<title>', '<title>Gallery · ')
    .replace('    <script', '    <link rel="stylesheet" href="./gallery/gallery.css" />\n    <script')
    .replace('./main.tsx', './gallery.tsx')
}

/** Serves and builds `gallery.html`, which is no file of its own. */
export const galleryPage = (): Plugin => ({
  name: 'gallery-page',
  resolveId: (id) => (id === file ? id : null),
  load: (id) => (id === file ? galleryHtml() : null),
  configureServer: (server) => {
    server.middlewares.use('/gallery.html', (_request, response, next) => {
      server.transformIndexHtml('/gallery.html', galleryHtml()).then((html) => {
        response.setHeader('content-type', 'text/html')
        response.end(html)
      }, next)
    })
  },
})
