import { globSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

/**
 * Who may import whom. A new arrow is a reviewed line here. Rooms are the folders of the tree; `ports` is `electron/ports.ts`, types
 * alone, open to every room under `electron/`.
 */
const root = resolve(import.meta.dirname, '..')

const rooms: Readonly<Record<string, readonly string[]>> = {
  shared: [],
  'electron/ports.ts': ['shared'],
  'electron/platform': ['shared', 'electron/ports.ts'],
  'electron/store': ['shared', 'electron/ports.ts'],
  'electron/gmail': ['shared', 'electron/ports.ts'],
  'electron/mail': ['shared', 'electron/ports.ts'],
  'electron/sync': ['shared', 'electron/ports.ts', 'electron/store', 'electron/gmail', 'electron/mail'],
  'electron/service': [
    'shared',
    'electron/ports.ts',
    'electron/store',
    'electron/gmail',
    'electron/mail',
    'electron/platform',
    'electron/sync',
  ],
  'electron/api': ['shared', 'electron/ports.ts', 'electron/store', 'electron/service/types.ts'],
  'electron/demo': ['shared', 'electron/ports.ts', 'electron/mail'],
  'electron/remote': ['shared', 'electron/ports.ts', 'electron/platform'],
  'electron/cli': ['shared', 'electron/ports.ts', 'electron/platform', 'electron/remote'],
  'electron/desktop': ['shared', 'electron/ports.ts', 'electron/platform', 'electron/remote'],
  renderer: ['shared'],
}

/** Files that only wire rooms together, and what they may reach beyond their room. */
const wiring: Readonly<Record<string, readonly string[]>> = {
  'electron/open-host.ts': [
    'shared',
    'electron/ports.ts',
    'electron/platform',
    'electron/service',
    'electron/demo/demo-client.ts',
    'electron/version.ts',
  ],
  'electron/late-service.ts': ['shared', 'electron/service/types.ts'],
  'electron/faces.ts': [
    'shared',
    'electron/platform',
    'electron/service/types.ts',
    'electron/api',
    'electron/open-host.ts',
    'electron/version.ts',
  ],
  'electron/headless.ts': [
    'shared',
    'electron/ports.ts',
    'electron/platform',
    'electron/service',
    'electron/api',
    'electron/open-host.ts',
    'electron/late-service.ts',
    'electron/faces.ts',
  ],
  'electron/desktop-host.ts': [
    'shared',
    'electron/ports.ts',
    'electron/platform',
    'electron/service',
    'electron/api',
    'electron/desktop',
    'electron/open-host.ts',
    'electron/late-service.ts',
    'electron/faces.ts',
  ],
  // One file in the end, which a sandbox lets require `electron` alone.
  'electron/preload.ts': ['shared/bridge.ts', 'electron/desktop/channels.ts'],
  'electron/headless-offline.ts': ['shared', 'electron'],
  'electron/lean-heap.ts': [],
  'electron/version.ts': [],
  'electron/cli/bin.ts': ['electron/headless-offline.ts', 'electron/lean-heap.ts', 'electron/version.ts'],
  // Both hosts begin there: they wire and nothing else.
  'electron/main.ts': ['shared', 'electron'],
  'electron/demo/main.ts': [
    'electron/headless.ts',
    'electron/lean-heap.ts',
    'electron/platform',
    'electron/service/types.ts',
  ],
}

/** Packages only one room may know. */
const packagesOf: Readonly<Record<string, readonly string[]>> = {
  googleapis: ['electron/gmail'],
  '@electric-sql/pglite': ['electron/store'],
  pg: ['electron/store'],
  hono: ['electron/api', 'electron/faces.ts'],
  '@hono/node-server': ['electron/api'],
  'electron-log': ['electron/platform'],
  conf: ['electron/platform'],
  electron: ['electron/desktop', 'electron/main.ts', 'electron/preload.ts'],
  'electron-store': ['electron/desktop'],
  'electron-updater': ['electron/desktop'],
  commander: ['electron/cli'],
  'prom-client': ['electron/api'],
  'iconv-lite': ['electron/mail', 'electron/demo'],
  htmlparser2: ['electron/mail'],
  react: ['renderer'],
  'react-dom': ['renderer'],
  '@tanstack/react-virtual': ['renderer'],
}

interface Arrow {
  readonly from: string
  readonly to: string
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)\s*import\s*['"]([^'"]+)['"]/g

/** Every import of a source text: relative ones as paths from the root, others as package names. */
function importsOf(file: string, text: string): Arrow[] {
  return [...text.matchAll(importPattern)].map((match) => {
    const specifier = match[1] ?? match[2] ?? match[3] ?? ''
    if (!specifier.startsWith('.')) return { from: file, to: specifier }
    return {
      from: file,
      to: relative(root, resolve(root, dirname(file), specifier))
        .split(sep)
        .join('/'),
    }
  })
}

const inside = (file: string, place: string): boolean => file === place || file.startsWith(`${place}/`)
const roomOf = (file: string): string | undefined => Object.keys(rooms).find((room) => inside(file, room))
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

/** What is wrong with an import, or null. */
function objection({ from, to }: Arrow): string | null {
  const isRelative =
    to.startsWith('shared/') || to.startsWith('electron/') || to.startsWith('test/') || to.startsWith('renderer/')
  if (!isRelative) {
    const owners = packagesOf[packageOf(to)]
    if (owners !== undefined && !owners.some((owner) => inside(from, owner)))
      return `${from} imports ${to}, which belongs to ${owners}`
    if (inside(from, 'shared') && to !== 'zod') return `${from} imports ${to}; shared knows nothing but zod`
    return null
  }
  const extra = wiring[from] ?? []
  if (extra.some((place) => inside(to, place))) return null
  const room = roomOf(from)
  if (room === undefined && wiring[from] !== undefined) return `${from} must not import ${to}`
  if (room === undefined) return `${from} is in no room`
  if (inside(to, room) || (rooms[room] ?? []).some((place) => inside(to, place))) return null
  return `${from} must not import ${to}`
}

const sources = globSync(['shared/**/*.ts', 'electron/**/*.ts', 'renderer/**/*.{ts,tsx}'], { cwd: root }).map((file) =>
  file.split(sep).join('/'),
)

describe('the walls between rooms', () => {
  it('hold for every import of the product', () => {
    const wrong = sources.flatMap((file) =>
      importsOf(file, readFileSync(resolve(root, file), 'utf8')).flatMap((arrow) => objection(arrow) ?? []),
    )
    expect(sources.length).toBeGreaterThan(50)
    expect(wrong).toEqual([])
  })

  it.each([
    ['electron/mail/parse.ts', `import { x } from '../store/db.ts'`],
    ['electron/store/db.ts', `import type { Gmail } from '../gmail/types.ts'`],
    ['electron/api/server.ts', `import { turn } from '../sync/turn.ts'`],
    ['electron/cli/main.ts', `export { x } from '../store/db.ts'`],
    ['electron/service/service.ts', `import { Hono } from 'hono'`],
    ['electron/sync/turn.ts', `const { x } = await import('../service/service.ts')`],
    ['shared/status.ts', `import { readFile } from 'node:fs/promises'`],
    ['electron/sync/turn.ts', `import {\n  gmail,\n} from 'googleapis/build/src/apis/gmail/index.js'`],
    ['electron/service/service.ts', `import { app } from 'electron'`],
    ['electron/preload.ts', `import { x } from '../shared/contract.ts'`],
    ['electron/nowhere/new.ts', `import { x } from '../store/db.ts'`],
    ['renderer/App.tsx', `import { x } from '../electron/remote/client.ts'`],
    ['electron/cli/main.ts', `import { useState } from 'react'`],
  ])('bite when %s says: %s', (file, text) => {
    expect(importsOf(file, text).map(objection)).not.toContain(null)
  })

  it.each([
    ['electron/sync/turn.ts', `import { x } from '../store/db.ts'`],
    ['electron/store/pglite/client.ts', `import { PGlite } from '@electric-sql/pglite'`],
    ['shared/status.ts', `import { z } from 'zod'`],
    ['electron/platform/log.ts', `import log from 'electron-log/node'`],
    ['electron/desktop/window.ts', `import { BrowserWindow } from 'electron'`],
  ])('leave %s alone when it says: %s', (file, text) => {
    expect(importsOf(file, text).map(objection)).toEqual([null])
  })
})

describe('the house', () => {
  it('keeps SQL in the store', () => {
    const sql = /\b(insert into|delete from|update \w+\.\w+ set|select .+ from mail(tide)?\.)/i
    const elsewhere = sources.filter(
      (file) => !inside(file, 'electron/store') && sql.test(readFileSync(resolve(root, file), 'utf8')),
    )
    expect(elsewhere).toEqual([])
  })

  it('gives no page of the desktop more than its bridge, and runs no text as code in one', () => {
    // https://www.electronjs.org/docs/latest/tutorial/security
    const powers =
      /executeJavaScript|executeInMainWorld|@electron\/remote|openDevTools|sendSync|webviewTag|nodeIntegrationIn|allowRunningInsecureContent|webSecurity|experimentalFeatures|enableBlinkFeatures|bypassCSP|loadFile\(|powerSaveBlocker/
    const found = sources.filter(
      (file) => inside(file, 'electron') && powers.test(readFileSync(resolve(root, file), 'utf8')),
    )
    expect(found).toEqual([])
  })

  it('shows nobody’s HTML in the window: mail is text there', () => {
    const html =
      /dangerouslySetInnerHTML|\b(inner|outer)HTML\b|insertAdjacentHTML|document\.write|srcDoc|<(iframe|webview|object|embed)\b/i
    const found = sources.filter(
      (file) => inside(file, 'renderer') && html.test(readFileSync(resolve(root, file), 'utf8')),
    )
    expect(found).toEqual([])
  })

  it('keeps the gallery out of the window', () => {
    const shown = sources.filter((file) => inside(file, 'renderer') && !inside(file, 'renderer/gallery'))
    const reaching = shown.filter((file) =>
      importsOf(file, readFileSync(resolve(root, file), 'utf8')).some(({ to }) => inside(to, 'renderer/gallery')),
    )
    expect(reaching).toEqual(['renderer/gallery.tsx'])
  })

  it('keeps every source file short enough to read in one sitting', () => {
    const tests = globSync('test/**/*.ts', { cwd: root })
    const long = [...sources, ...tests].filter(
      (file) => readFileSync(resolve(root, file), 'utf8').split('\n').length > 401,
    )
    expect(long).toEqual([])
  })
})
